package services

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	types "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

func (s schedulerService) createScheduleGroup(in *scheduler.CreateScheduleGroupInput) (*scheduler.CreateScheduleGroupOutput, error) {
	g, err := s.world.CreateScheduleGroup(aws.ToString(in.Name), aws.ToString(in.ClientToken), schedulerTags(in.Tags))
	return &scheduler.CreateScheduleGroupOutput{ScheduleGroupArn: aws.String(g.ARN)}, withStatus(err)
}

func (s schedulerService) getScheduleGroup(in *scheduler.GetScheduleGroupInput) (*scheduler.GetScheduleGroupOutput, error) {
	all := s.world.ScheduleGroups()
	i := slices.IndexFunc(all, func(g world.ScheduleGroup) bool { return g.Name == aws.ToString(in.Name) })
	if i < 0 {
		return nil, &protocol.Fault{Code: "ResourceNotFoundException", Message: "Schedule group " + aws.ToString(in.Name) + " does not exist.", Status: 404}
	}
	g := all[i]
	return &scheduler.GetScheduleGroupOutput{
		Arn: aws.String(g.ARN), CreationDate: aws.Time(g.Created), LastModificationDate: aws.Time(g.Modified),
		Name: aws.String(g.Name), State: types.ScheduleGroupState(g.State),
	}, nil
}

func (s schedulerService) deleteScheduleGroup(in *scheduler.DeleteScheduleGroupInput) (*scheduler.DeleteScheduleGroupOutput, error) {
	return &scheduler.DeleteScheduleGroupOutput{}, withStatus(s.world.DeleteScheduleGroup(aws.ToString(in.Name), aws.ToString(in.ClientToken)))
}

func (s schedulerService) listScheduleGroups(in *scheduler.ListScheduleGroupsInput) (*scheduler.ListScheduleGroupsOutput, error) {
	wanted := slices.DeleteFunc(s.world.ScheduleGroups(), func(g world.ScheduleGroup) bool { return !strings.HasPrefix(g.Name, aws.ToString(in.NamePrefix)) })
	page, next, err := cut(schedulerPage(in.NextToken, in.MaxResults), wanted, func(g world.ScheduleGroup) string { return g.Name })
	if err != nil {
		return nil, err
	}
	out := &scheduler.ListScheduleGroupsOutput{NextToken: next, ScheduleGroups: []types.ScheduleGroupSummary{}}
	for _, g := range page {
		out.ScheduleGroups = append(out.ScheduleGroups, types.ScheduleGroupSummary{
			Arn: aws.String(g.ARN), CreationDate: aws.Time(g.Created), LastModificationDate: aws.Time(g.Modified),
			Name: aws.String(g.Name), State: types.ScheduleGroupState(g.State),
		})
	}
	return out, nil
}

package services

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	types "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// schedulerService is EventBridge Scheduler: API calls that are made later.
type schedulerService struct {
	world   *world.World
	targets []*Service // whose calls can be scheduled
}

func newScheduler(w *world.World, targets []*Service) *Service {
	s := schedulerService{w, targets}
	rest := protocol.NewRESTJSON(map[string]string{
		"CreateSchedule":      "POST /schedules/{Name}",
		"GetSchedule":         "GET /schedules/{Name}?groupName=GroupName",
		"UpdateSchedule":      "PUT /schedules/{Name}",
		"DeleteSchedule":      "DELETE /schedules/{Name}?groupName=GroupName&clientToken=ClientToken",
		"ListSchedules":       "GET /schedules?ScheduleGroup=GroupName&NamePrefix=NamePrefix&State=State&MaxResults=MaxResults&NextToken=NextToken",
		"CreateScheduleGroup": "POST /schedule-groups/{Name}",
		"GetScheduleGroup":    "GET /schedule-groups/{Name}",
		"DeleteScheduleGroup": "DELETE /schedule-groups/{Name}?clientToken=ClientToken",
		"ListScheduleGroups":  "GET /schedule-groups?NamePrefix=NamePrefix&MaxResults=MaxResults&NextToken=NextToken",
		"TagResource":         "POST /tags/{ResourceArn}",
		"UntagResource":       "DELETE /tags/{ResourceArn}?TagKeys=TagKeys",
		"ListTagsForResource": "GET /tags/{ResourceArn}",
	}, map[string]string{
		"CapacityProviderStrategyItem.Base":             "base",
		"CapacityProviderStrategyItem.CapacityProvider": "capacityProvider",
		"CapacityProviderStrategyItem.Weight":           "weight",
		"NetworkConfiguration.AwsvpcConfiguration":      "awsvpcConfiguration",
		"PlacementConstraint.Expression":                "expression",
		"PlacementConstraint.Type":                      "type",
		"PlacementStrategy.Field":                       "field",
		"PlacementStrategy.Type":                        "type",
	})
	create := write(s.createSchedule, func(in *scheduler.CreateScheduleInput) string { return s.arn(in.GroupName, in.Name) })
	create.Role = func(in any) string { return roleOf(in.(*scheduler.CreateScheduleInput).Target) }
	update := write(s.updateSchedule, func(in *scheduler.UpdateScheduleInput) string { return s.arn(in.GroupName, in.Name) })
	update.Role = func(in any) string { return roleOf(in.(*scheduler.UpdateScheduleInput).Target) }
	return (&Service{Name: "scheduler", Version: "2021-06-30", REST: &rest}).with(
		create,
		read(s.getSchedule),
		update,
		write(s.deleteSchedule, func(in *scheduler.DeleteScheduleInput) string { return s.arn(in.GroupName, in.Name) }),
		read(s.listSchedules),
		write(s.createScheduleGroup),
		read(s.getScheduleGroup),
		write(s.deleteScheduleGroup),
		read(s.listScheduleGroups),
		write(s.tagResource),
		write(s.untagResource),
		read(s.listTagsForResource),
	)
}

// roleOf is the role that a target hands to the scheduler.
func roleOf(t *types.Target) string {
	if t == nil {
		return ""
	}
	return aws.ToString(t.RoleArn)
}

func (s schedulerService) arn(group, name *string) string {
	account := s.world.Account()
	return "arn:aws:scheduler:" + account.Region + ":" + account.ID + ":schedule/" + groupOf(group) + "/" + aws.ToString(name)
}

func groupOf(name *string) string {
	if name == nil {
		return world.DefaultScheduleGroup
	}
	return *name
}

// withStatus gives the scheduler's errors their HTTP statuses.
func withStatus(err error) error {
	var refused *world.Error
	if !errors.As(err, &refused) {
		return err
	}
	status := map[string]int{"ResourceNotFoundException": 404, "ConflictException": 409}
	return &protocol.Fault{Code: refused.Code, Message: refused.Message, Status: status[refused.Code]}
}

func (s schedulerService) createSchedule(in *scheduler.CreateScheduleInput) (*scheduler.CreateScheduleOutput, error) {
	if err := only("ValidationException", in, "Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone",
		"State", "ActionAfterCompletion", "FlexibleTimeWindow", "Target", "ClientToken"); err != nil {
		return nil, err
	}
	v, err := s.described(*in)
	if err != nil {
		return nil, err
	}
	v, err = s.world.CreateSchedule(v, aws.ToString(in.ClientToken))
	return &scheduler.CreateScheduleOutput{ScheduleArn: aws.String(v.ARN)}, withStatus(err)
}

func (s schedulerService) updateSchedule(in *scheduler.UpdateScheduleInput) (*scheduler.UpdateScheduleOutput, error) {
	if err := only("ValidationException", in, "Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone",
		"State", "ActionAfterCompletion", "FlexibleTimeWindow", "Target", "ClientToken"); err != nil {
		return nil, err
	}
	v, err := s.described(scheduler.CreateScheduleInput{
		Name: in.Name, GroupName: in.GroupName, Description: in.Description, ScheduleExpression: in.ScheduleExpression,
		ScheduleExpressionTimezone: in.ScheduleExpressionTimezone, State: in.State, ActionAfterCompletion: in.ActionAfterCompletion,
		FlexibleTimeWindow: in.FlexibleTimeWindow, Target: in.Target,
	})
	if err != nil {
		return nil, err
	}
	v, err = s.world.UpdateSchedule(v)
	return &scheduler.UpdateScheduleOutput{ScheduleArn: aws.String(v.ARN)}, withStatus(err)
}

// described is the schedule that a request asks for. What it leaves out has its default, also in an update.
func (s schedulerService) described(in scheduler.CreateScheduleInput) (world.Schedule, error) {
	target, err := s.target(in.Target)
	if err != nil {
		return world.Schedule{}, err
	}
	v := world.Schedule{
		Name: aws.ToString(in.Name), Group: groupOf(in.GroupName), Description: aws.ToString(in.Description),
		Expression: aws.ToString(in.ScheduleExpression), TimeZone: "UTC", State: world.ScheduleEnabled,
		Deletes: in.ActionAfterCompletion == types.ActionAfterCompletionDelete, Target: target,
	}
	set(&v.TimeZone, in.ScheduleExpressionTimezone)
	switch {
	case in.State == types.ScheduleStateDisabled:
		v.State = world.ScheduleDisabled
	case in.State != "" && in.State != types.ScheduleStateEnabled:
		return v, protocol.Faultf("ValidationException", "The state '%s' is not valid", in.State)
	}
	if in.ActionAfterCompletion != "" && !slices.Contains(in.ActionAfterCompletion.Values(), in.ActionAfterCompletion) {
		return v, protocol.Faultf("ValidationException", "The action after completion '%s' is not valid", in.ActionAfterCompletion)
	}
	if in.FlexibleTimeWindow == nil || in.FlexibleTimeWindow.Mode != types.FlexibleTimeWindowModeOff || in.FlexibleTimeWindow.MaximumWindowInMinutes != nil {
		return v, protocol.Faultf("ValidationException", "The lab simulates a FlexibleTimeWindow with the mode OFF only.")
	}
	return v, nil
}

func (s schedulerService) getSchedule(in *scheduler.GetScheduleInput) (*scheduler.GetScheduleOutput, error) {
	all := s.world.Schedules()
	i := slices.IndexFunc(all, func(v world.Schedule) bool {
		return v.Group == groupOf(in.GroupName) && v.Name == aws.ToString(in.Name)
	})
	if i < 0 {
		return nil, &protocol.Fault{Code: "ResourceNotFoundException", Message: "Schedule " + aws.ToString(in.Name) + " does not exist.", Status: 404}
	}
	v := all[i]
	after := types.ActionAfterCompletionNone
	if v.Deletes {
		after = types.ActionAfterCompletionDelete
	}
	out := &scheduler.GetScheduleOutput{
		ActionAfterCompletion:      after,
		Arn:                        aws.String(v.ARN),
		CreationDate:               aws.Time(v.Created),
		Description:                optional(v.Description),
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		GroupName:                  aws.String(v.Group),
		LastModificationDate:       aws.Time(v.Modified),
		Name:                       aws.String(v.Name),
		ScheduleExpression:         aws.String(v.Expression),
		ScheduleExpressionTimezone: aws.String(v.TimeZone),
		State:                      types.ScheduleState(v.State),
		Target: &types.Target{
			Arn: aws.String(v.Target.ARN), RoleArn: aws.String(v.Target.Role), Input: optional(v.Target.Input),
			RetryPolicy: &types.RetryPolicy{
				MaximumEventAgeInSeconds: aws.Int32(int32(v.Target.MaxAge / time.Second)), MaximumRetryAttempts: aws.Int32(int32(v.Target.Attempts)),
			},
		},
	}
	if v.Target.DeadLetter != "" {
		out.Target.DeadLetterConfig = &types.DeadLetterConfig{Arn: aws.String(v.Target.DeadLetter)}
	}
	return out, nil
}

func (s schedulerService) deleteSchedule(in *scheduler.DeleteScheduleInput) (*scheduler.DeleteScheduleOutput, error) {
	return &scheduler.DeleteScheduleOutput{}, withStatus(s.world.DeleteSchedule(groupOf(in.GroupName), aws.ToString(in.Name), aws.ToString(in.ClientToken)))
}

func (s schedulerService) listSchedules(in *scheduler.ListSchedulesInput) (*scheduler.ListSchedulesOutput, error) {
	wanted := slices.DeleteFunc(s.world.Schedules(), func(v world.Schedule) bool {
		return in.GroupName != nil && *in.GroupName != v.Group || !strings.HasPrefix(v.Name, aws.ToString(in.NamePrefix)) ||
			in.State != "" && string(in.State) != v.State
	})
	page, next, err := cut(schedulerPage(in.NextToken, in.MaxResults), wanted, func(v world.Schedule) string { return v.Group + "/" + v.Name })
	if err != nil {
		return nil, err
	}
	out := &scheduler.ListSchedulesOutput{NextToken: next, Schedules: []types.ScheduleSummary{}}
	for _, v := range page {
		out.Schedules = append(out.Schedules, types.ScheduleSummary{
			Arn: aws.String(v.ARN), CreationDate: aws.Time(v.Created), GroupName: aws.String(v.Group), LastModificationDate: aws.Time(v.Modified),
			Name: aws.String(v.Name), State: types.ScheduleState(v.State), Target: &types.TargetSummary{Arn: aws.String(v.Target.ARN)},
		})
	}
	return out, nil
}

func schedulerPage(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 100, least: 1, most: 100, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("ValidationException", "Invalid NextToken provided.")
		}
		return protocol.Faultf("ValidationException", "MaxResults must be between 1 and 100.")
	}}
}

func (s schedulerService) tagResource(in *scheduler.TagResourceInput) (*scheduler.TagResourceOutput, error) {
	return &scheduler.TagResourceOutput{}, withStatus(s.world.TagScheduleGroup(aws.ToString(in.ResourceArn), func(tags map[string]string) {
		maps.Copy(tags, schedulerTags(in.Tags))
	}))
}

func (s schedulerService) untagResource(in *scheduler.UntagResourceInput) (*scheduler.UntagResourceOutput, error) {
	return &scheduler.UntagResourceOutput{}, withStatus(s.world.TagScheduleGroup(aws.ToString(in.ResourceArn), func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	}))
}

func (s schedulerService) listTagsForResource(in *scheduler.ListTagsForResourceInput) (*scheduler.ListTagsForResourceOutput, error) {
	out := &scheduler.ListTagsForResourceOutput{Tags: []types.Tag{}}
	return out, withStatus(s.world.TagScheduleGroup(aws.ToString(in.ResourceArn), func(tags map[string]string) {
		for _, key := range sortedKeys(tags) {
			out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
		}
	}))
}

func schedulerTags(tags []types.Tag) map[string]string {
	all := make(map[string]string, len(tags))
	for _, t := range tags {
		all[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return all
}

package instancekill

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// tag marks the instance as stopped by this run. Undo starts no instance that lacks it.
func (s *Step) tag(ctx context.Context, client *ec2.Client, run string, dry bool) error {
	_, err := client.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{s.Instance}, Tags: runTag(run), DryRun: aws.Bool(dry)})
	return err
}

// untag removes the mark, if it is still this run's.
func (s *Step) untag(ctx context.Context, client *ec2.Client, run string, dry bool) error {
	_, err := client.DeleteTags(ctx, &ec2.DeleteTagsInput{Resources: []string{s.Instance}, Tags: runTag(run), DryRun: aws.Bool(dry)})
	return err
}

func runTag(run string) []types.Tag {
	return []types.Tag{{Key: aws.String(cloud.RunTag), Value: aws.String(run)}}
}

// groupTag is what Auto Scaling tags its instances with.
const groupTag = "aws:autoscaling:groupName"

// tagged is the value of a tag, "" where there is none.
func tagged(tags []types.Tag, key string) string {
	for _, t := range tags {
		if aws.ToString(t.Key) == key {
			return aws.ToString(t.Value)
		}
	}
	return ""
}

// scan finds the instances that carry our mark. What was terminated meanwhile cannot be started again.
func scan(ctx context.Context, env *cloud.Env) ([]injectors.Found, error) {
	var found []injectors.Found
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(env.AWS), &ec2.DescribeInstancesInput{Filters: []types.Filter{
		{Name: aws.String("tag-key"), Values: []string{cloud.RunTag}},
		{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}},
	}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("find instances that carry the tag %s: %w", cloud.RunTag, err)
		}
		for _, r := range page.Reservations {
			for _, i := range r.Instances {
				step := &Step{Mode: Stop, Region: env.AWS.Region, Instance: aws.ToString(i.InstanceId), Group: tagged(i.Tags, groupTag)}
				if i.Placement != nil {
					step.Zone = aws.ToString(i.Placement.AvailabilityZone)
				}
				found = append(found, injectors.Found{Run: tagged(i.Tags, cloud.RunTag), Step: step})
			}
		}
	}
	return found, nil
}

package services

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// autoScaling is EC2 Auto Scaling: groups that keep a number of instances alive.
type autoScaling struct{ world *world.World }

func newAutoScaling(w *world.World) *Service {
	s := autoScaling{w}
	return (&Service{
		Name:    "autoscaling",
		Version: "2011-01-01",
		Query:   protocol.AWSQuery{Namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/"},
	}).with(
		read(s.describeAutoScalingGroups),
		read(s.describeAutoScalingInstances),
		read(s.describeScalingActivities),
		write(s.updateAutoScalingGroup, func(in *autoscaling.UpdateAutoScalingGroupInput) string { return s.arn(in.AutoScalingGroupName) }),
		write(s.setDesiredCapacity, func(in *autoscaling.SetDesiredCapacityInput) string { return s.arn(in.AutoScalingGroupName) }),
		write(s.setInstanceProtection, func(in *autoscaling.SetInstanceProtectionInput) string { return s.arn(in.AutoScalingGroupName) }),
		write(s.setInstanceHealth),
		write(s.terminateInstance),
		write(s.suspendProcesses, func(in *autoscaling.SuspendProcessesInput) string { return s.arn(in.AutoScalingGroupName) }),
		write(s.resumeProcesses, func(in *autoscaling.ResumeProcessesInput) string { return s.arn(in.AutoScalingGroupName) }),
	)
}

// arn is the group's, as far as a refusal needs it: without the unique part where the group does not exist.
func (s autoScaling) arn(name *string) string {
	for _, g := range s.world.Groups() {
		if g.Name == aws.ToString(name) {
			return g.ARN
		}
	}
	account := s.world.Account()
	return "arn:aws:autoscaling:" + account.Region + ":" + account.ID + ":autoScalingGroup:*:autoScalingGroupName/" + aws.ToString(name)
}

func asPage(token *string, size *int32, most int32) paging {
	return paging{token: token, size: size, usual: min(50, most), least: 1, most: most, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("InvalidNextToken", "The token '%s' is invalid.", aws.ToString(token))
		}
		return protocol.Faultf("ValidationError", "MaxRecords must be between 1 and %d.", most)
	}}
}

var groupFilters = filterable[world.Group]{tags: func(g world.Group) map[string]string { return g.Tags }}

// describeAutoScalingGroups leaves out names that do not exist, as AWS does.
func (s autoScaling) describeAutoScalingGroups(in *autoscaling.DescribeAutoScalingGroupsInput) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
	found := s.world.Groups()
	if len(in.AutoScalingGroupNames) > 0 {
		found = slices.DeleteFunc(found, func(g world.Group) bool { return !slices.Contains(in.AutoScalingGroupNames, g.Name) })
	}
	var filters []ec2types.Filter
	for _, f := range in.Filters {
		filters = append(filters, ec2types.Filter{Name: f.Name, Values: f.Values})
	}
	found, err := groupFilters.apply(filters, found)
	if err != nil {
		return nil, protocol.Faultf("ValidationError", "Filter type is not correct. Allowed Filter types are: tag-key tag-value tag:<key>")
	}
	page, next, err := cut(asPage(in.NextToken, in.MaxRecords, 100), found, func(g world.Group) string { return g.Name })
	if err != nil {
		return nil, err
	}
	out := &autoscaling.DescribeAutoScalingGroupsOutput{NextToken: next, AutoScalingGroups: []astypes.AutoScalingGroup{}}
	for _, g := range page {
		out.AutoScalingGroups = append(out.AutoScalingGroups, asGroup(g))
	}
	return out, nil
}

func asGroup(g world.Group) astypes.AutoScalingGroup {
	out := astypes.AutoScalingGroup{
		AutoScalingGroupName:             aws.String(g.Name),
		AutoScalingGroupARN:              aws.String(g.ARN),
		MinSize:                          number(g.Min),
		MaxSize:                          number(g.Max),
		DesiredCapacity:                  number(g.Desired),
		DefaultCooldown:                  wholeSeconds(g.Cooldown),
		AvailabilityZones:                g.Zones,
		VPCZoneIdentifier:                aws.String(strings.Join(g.SubnetIDs, ",")),
		HealthCheckType:                  aws.String(g.HealthCheckType),
		HealthCheckGracePeriod:           wholeSeconds(g.GracePeriod),
		CreatedTime:                      moment(g.Created),
		LaunchTemplate:                   launchTemplate(g),
		TargetGroupARNs:                  append([]string{}, g.TargetGroupARNs...),
		NewInstancesProtectedFromScaleIn: aws.Bool(g.NewInstancesProtected),
		TerminationPolicies:              []string{"Default"},
		Instances:                        []astypes.Instance{},
		LoadBalancerNames:                []string{},
		SuspendedProcesses:               []astypes.SuspendedProcess{},
		Tags:                             []astypes.TagDescription{},
	}
	for _, m := range g.Members {
		out.Instances = append(out.Instances, astypes.Instance{
			InstanceId:           aws.String(m.InstanceID),
			InstanceType:         aws.String(m.Type),
			AvailabilityZone:     aws.String(m.Zone),
			LifecycleState:       astypes.LifecycleState(m.Lifecycle),
			HealthStatus:         aws.String(m.Health),
			ProtectedFromScaleIn: aws.Bool(m.Protected),
			LaunchTemplate:       launchTemplate(g),
		})
	}
	for _, name := range g.Suspended {
		out.SuspendedProcesses = append(out.SuspendedProcesses, astypes.SuspendedProcess{
			ProcessName: aws.String(name), SuspensionReason: aws.String("User suspended"),
		})
	}
	for _, key := range sortedKeys(g.Tags) {
		out.Tags = append(out.Tags, astypes.TagDescription{
			ResourceId: aws.String(g.Name), ResourceType: aws.String("auto-scaling-group"),
			Key: aws.String(key), Value: aws.String(g.Tags[key]), PropagateAtLaunch: aws.Bool(true),
		})
	}
	return out
}

func launchTemplate(g world.Group) *astypes.LaunchTemplateSpecification {
	return &astypes.LaunchTemplateSpecification{
		LaunchTemplateId: aws.String(g.LaunchTemplateID), LaunchTemplateName: aws.String(g.LaunchTemplate), Version: aws.String("1"),
	}
}

// describeAutoScalingInstances leaves out instances that are in no group, as AWS does.
func (s autoScaling) describeAutoScalingInstances(in *autoscaling.DescribeAutoScalingInstancesInput) (*autoscaling.DescribeAutoScalingInstancesOutput, error) {
	var found []astypes.AutoScalingInstanceDetails
	for _, g := range s.world.Groups() {
		for _, m := range g.Members {
			if len(in.InstanceIds) > 0 && !slices.Contains(in.InstanceIds, m.InstanceID) {
				continue
			}
			found = append(found, astypes.AutoScalingInstanceDetails{
				AutoScalingGroupName: aws.String(g.Name),
				InstanceId:           aws.String(m.InstanceID),
				InstanceType:         aws.String(m.Type),
				AvailabilityZone:     aws.String(m.Zone),
				LifecycleState:       aws.String(m.Lifecycle),
				HealthStatus:         aws.String(strings.ToUpper(m.Health)), // this one call shouts
				ProtectedFromScaleIn: aws.Bool(m.Protected),
				LaunchTemplate:       launchTemplate(g),
			})
		}
	}
	page, next, err := cut(asPage(in.NextToken, in.MaxRecords, 50), found,
		func(d astypes.AutoScalingInstanceDetails) string { return *d.InstanceId })
	if err != nil {
		return nil, err
	}
	return &autoscaling.DescribeAutoScalingInstancesOutput{AutoScalingInstances: page, NextToken: next}, nil
}

// describeScalingActivities shows the newest first.
func (s autoScaling) describeScalingActivities(in *autoscaling.DescribeScalingActivitiesInput) (*autoscaling.DescribeScalingActivitiesOutput, error) {
	groups := []string{aws.ToString(in.AutoScalingGroupName)}
	if in.AutoScalingGroupName == nil {
		groups = nil
		for _, g := range s.world.Groups() {
			groups = append(groups, g.Name)
		}
	}
	var found []world.Activity
	for _, name := range groups {
		activities, err := s.world.Activities(name)
		if err != nil {
			return nil, err
		}
		found = append(found, activities...)
	}
	if len(in.ActivityIds) > 0 {
		found = slices.DeleteFunc(found, func(a world.Activity) bool { return !slices.Contains(in.ActivityIds, a.ID) })
	}
	page := asPage(in.NextToken, in.MaxRecords, 100)
	page.usual, page.down = 100, true
	found, next, err := cut(page, found, func(a world.Activity) string {
		return a.Started.UTC().Format("20060102150405.000000000") + a.ID
	})
	if err != nil {
		return nil, err
	}
	out := &autoscaling.DescribeScalingActivitiesOutput{NextToken: next, Activities: []astypes.Activity{}}
	for _, a := range found {
		out.Activities = append(out.Activities, asActivity(a))
	}
	return out, nil
}

func asActivity(a world.Activity) astypes.Activity {
	return astypes.Activity{
		ActivityId:           aws.String(a.ID),
		AutoScalingGroupName: aws.String(a.Group),
		Cause:                aws.String(a.Cause),
		Description:          aws.String(a.Description),
		Details:              aws.String("{}"),
		StartTime:            moment(a.Started),
		EndTime:              moment(a.Ended),
		StatusCode:           astypes.ScalingActivityStatusCode(a.Status),
		Progress:             number(a.Progress),
	}
}

func (s autoScaling) updateAutoScalingGroup(in *autoscaling.UpdateAutoScalingGroupInput) (*autoscaling.UpdateAutoScalingGroupOutput, error) {
	if err := only("ValidationError", in, "AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity"); err != nil {
		return nil, err
	}
	err := s.world.ResizeGroup(aws.ToString(in.AutoScalingGroupName), count(in.MinSize), count(in.MaxSize), count(in.DesiredCapacity))
	return &autoscaling.UpdateAutoScalingGroupOutput{}, err
}

func (s autoScaling) setDesiredCapacity(in *autoscaling.SetDesiredCapacityInput) (*autoscaling.SetDesiredCapacityOutput, error) {
	err := s.world.SetDesiredCapacity(aws.ToString(in.AutoScalingGroupName), int(aws.ToInt32(in.DesiredCapacity)))
	return &autoscaling.SetDesiredCapacityOutput{}, err
}

func (s autoScaling) setInstanceProtection(in *autoscaling.SetInstanceProtectionInput) (*autoscaling.SetInstanceProtectionOutput, error) {
	err := s.world.ProtectFromScaleIn(aws.ToString(in.AutoScalingGroupName), in.InstanceIds, aws.ToBool(in.ProtectedFromScaleIn))
	return &autoscaling.SetInstanceProtectionOutput{}, err
}

func (s autoScaling) setInstanceHealth(in *autoscaling.SetInstanceHealthInput) (*autoscaling.SetInstanceHealthOutput, error) {
	return &autoscaling.SetInstanceHealthOutput{}, s.world.SetInstanceHealth(aws.ToString(in.InstanceId), aws.ToString(in.HealthStatus))
}

func (s autoScaling) terminateInstance(in *autoscaling.TerminateInstanceInAutoScalingGroupInput) (*autoscaling.TerminateInstanceInAutoScalingGroupOutput, error) {
	if err := only("ValidationError", in, "InstanceId", "ShouldDecrementDesiredCapacity"); err != nil {
		return nil, err
	}
	a, err := s.world.TerminateInGroup(aws.ToString(in.InstanceId), aws.ToBool(in.ShouldDecrementDesiredCapacity))
	if err != nil {
		return nil, err
	}
	activity := asActivity(a)
	return &autoscaling.TerminateInstanceInAutoScalingGroupOutput{Activity: &activity}, nil
}

func (s autoScaling) suspendProcesses(in *autoscaling.SuspendProcessesInput) (*autoscaling.SuspendProcessesOutput, error) {
	return &autoscaling.SuspendProcessesOutput{}, s.world.SuspendProcesses(aws.ToString(in.AutoScalingGroupName), in.ScalingProcesses)
}

func (s autoScaling) resumeProcesses(in *autoscaling.ResumeProcessesInput) (*autoscaling.ResumeProcessesOutput, error) {
	return &autoscaling.ResumeProcessesOutput{}, s.world.ResumeProcesses(aws.ToString(in.AutoScalingGroupName), in.ScalingProcesses)
}

package wire_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"gameday/internal/lab/wire"
)

func TestGroups(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := autoscaling.NewFromConfig(cfg)
	describe := func(in autoscaling.DescribeAutoScalingGroupsInput) []astypes.AutoScalingGroup {
		return must(client.DescribeAutoScalingGroups(t.Context(), &in))(t).AutoScalingGroups
	}
	all := describe(autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"web", "none"}})
	if len(all) != 1 {
		t.Fatalf("got %+v", all)
	}
	g := all[0]
	if *g.MinSize != 1 || *g.MaxSize != 9 || *g.DesiredCapacity != 6 || len(g.Instances) != 6 || len(g.AvailabilityZones) != 3 {
		t.Errorf("got %+v", g)
	}
	if i := g.Instances[0]; i.LifecycleState != "InService" || *i.HealthStatus != "Healthy" || *i.ProtectedFromScaleIn {
		t.Errorf("got %+v", i)
	}
	tagged := func(name, value string) int {
		return len(describe(autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{{Name: &name, Values: []string{value}}}}))
	}
	if tagged("tag:chaos", "allowed") != 1 || tagged("tag:chaos", "no") != 0 || tagged("tag-key", "chaos") != 1 {
		t.Error("filters do not find by tags")
	}
	_, err := client.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{{Name: aws.String("colour")}}})
	wantCode(t, err, "ValidationError")
	_, err = client.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(101)})
	wantCode(t, err, "ValidationError")
}

func TestMembersAndActivities(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := autoscaling.NewFromConfig(cfg)
	members := func(in autoscaling.DescribeAutoScalingInstancesInput) []astypes.AutoScalingInstanceDetails {
		var all []astypes.AutoScalingInstanceDetails
		pages := autoscaling.NewDescribeAutoScalingInstancesPaginator(client, &in)
		for pages.HasMorePages() {
			all = append(all, must(pages.NextPage(t.Context()))(t).AutoScalingInstances...)
		}
		return all
	}
	all := members(autoscaling.DescribeAutoScalingInstancesInput{MaxRecords: aws.Int32(4)})
	if len(all) != 6 || *all[0].HealthStatus != "HEALTHY" || *all[0].AutoScalingGroupName != "web" {
		t.Fatalf("got %+v", all)
	}
	id := *all[2].InstanceId
	must(client.SetInstanceProtection(t.Context(), &autoscaling.SetInstanceProtectionInput{
		AutoScalingGroupName: aws.String("web"), InstanceIds: []string{id}, ProtectedFromScaleIn: aws.Bool(true),
	}))(t)
	if one := members(autoscaling.DescribeAutoScalingInstancesInput{InstanceIds: []string{id}}); len(one) != 1 || !*one[0].ProtectedFromScaleIn {
		t.Errorf("got %+v", one)
	}
	var activities []string // the newest first
	for _, m := range all[:2] {
		terminated := must(client.TerminateInstanceInAutoScalingGroup(t.Context(), &autoscaling.TerminateInstanceInAutoScalingGroupInput{
			InstanceId: m.InstanceId, ShouldDecrementDesiredCapacity: aws.Bool(true),
		}))(t)
		activities = append([]string{*terminated.Activity.ActivityId}, activities...)
	}
	var described []string
	pages := autoscaling.NewDescribeScalingActivitiesPaginator(client, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("web"), MaxRecords: aws.Int32(1)})
	for pages.HasMorePages() {
		for _, a := range must(pages.NextPage(t.Context()))(t).Activities {
			described = append(described, *a.ActivityId)
		}
	}
	if len(described) < 2 || !slices.Equal(described[:2], activities) {
		t.Errorf("want %v first, got %v", activities, described)
	}
	_, err := client.DescribeScalingActivities(t.Context(), &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("none")})
	wantCode(t, err, "ValidationError")
}

func TestGroupsAreResized(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := autoscaling.NewFromConfig(cfg)
	name := aws.String("web")
	group := func() astypes.AutoScalingGroup {
		return must(client.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"web"}}))(t).AutoScalingGroups[0]
	}
	must(client.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, MaxSize: aws.Int32(7)}))(t)
	must(client.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(7)}))(t)
	if g := group(); *g.MaxSize != 7 || *g.DesiredCapacity != 7 || *g.MinSize != 1 {
		t.Errorf("got %+v", g)
	}
	_, err := client.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(8)})
	wantCode(t, err, "ValidationError")
	must(client.SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{AutoScalingGroupName: name, ScalingProcesses: []string{"Launch"}}))(t)
	if g := group(); len(g.SuspendedProcesses) != 1 || *g.SuspendedProcesses[0].ProcessName != "Launch" {
		t.Errorf("got %+v", g.SuspendedProcesses)
	}
	must(client.ResumeProcesses(t.Context(), &autoscaling.ResumeProcessesInput{AutoScalingGroupName: name}))(t)
	if g := group(); len(g.SuspendedProcesses) != 0 {
		t.Errorf("got %+v", g.SuspendedProcesses)
	}
}

package wire_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"gameday/internal/lab/wire"
)

// instances asks for instances by filters and returns them in the order of the answer.
func instances(t *testing.T, client *ec2.Client, filters ...ec2types.Filter) []ec2types.Instance {
	t.Helper()
	var all []ec2types.Instance
	pages := ec2.NewDescribeInstancesPaginator(client, &ec2.DescribeInstancesInput{Filters: filters, MaxResults: aws.Int32(5)})
	for pages.HasMorePages() {
		page := must(pages.NextPage(t.Context()))(t)
		if len(page.Reservations) > 5 {
			t.Errorf("a page of %d", len(page.Reservations))
		}
		for _, r := range page.Reservations {
			all = append(all, r.Instances...)
		}
	}
	return all
}

func filter(name string, values ...string) ec2types.Filter {
	return ec2types.Filter{Name: aws.String(name), Values: values}
}

func running(t *testing.T, client *ec2.Client) []string {
	t.Helper()
	var ids []string
	for _, i := range instances(t, client, filter("instance-state-name", "running")) {
		ids = append(ids, *i.InstanceId)
	}
	return ids
}

func TestInstancesAreFoundByFilters(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	all := instances(t, client)
	if len(all) != 6 {
		t.Fatalf("want 6 instances, got %d", len(all))
	}
	first := all[0]
	if *first.State.Code != 16 || first.State.Name != ec2types.InstanceStateNameRunning || first.PrivateIpAddress == nil || first.SubnetId == nil {
		t.Errorf("got %+v", first)
	}
	for _, c := range []struct {
		filters []ec2types.Filter
		want    int
	}{
		{[]ec2types.Filter{filter("tag:chaos", "allowed")}, 6},
		{[]ec2types.Filter{filter("tag:chaos", "allow*")}, 6},
		{[]ec2types.Filter{filter("tag:chaos", "a??owed", "no")}, 6},
		{[]ec2types.Filter{filter("tag:chaos", "allow?")}, 0},
		{[]ec2types.Filter{filter("tag:chaos", "Allowed")}, 0},
		{[]ec2types.Filter{filter("tag:team.name", "news")}, 6},
		{[]ec2types.Filter{filter("tag-key", "chaos")}, 6},
		{[]ec2types.Filter{filter("tag-key", "order")}, 0},
		{[]ec2types.Filter{filter("tag-value", "n?ws")}, 6},
		{[]ec2types.Filter{filter("availability-zone", "eu-west-1a")}, 2},
		{[]ec2types.Filter{filter("availability-zone", "eu-west-1a", "eu-west-1b")}, 4},
		{[]ec2types.Filter{filter("availability-zone", *first.Placement.AvailabilityZone), filter("instance-id", *first.InstanceId)}, 1},
		{[]ec2types.Filter{filter("instance-state-name", "stopped")}, 0},
		{[]ec2types.Filter{filter("instance-state-code", "16")}, 6},
	} {
		if got := len(instances(t, client, c.filters...)); got != c.want {
			t.Errorf("%s=%v: want %d, got %d", *c.filters[0].Name, c.filters[0].Values, c.want, got)
		}
	}
}

func TestDescribeInstancesRefuses(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	id := running(t, client)[0]
	for _, c := range []struct {
		in   ec2.DescribeInstancesInput
		code string
	}{
		{ec2.DescribeInstancesInput{InstanceIds: []string{"i-00000000000000000"}}, "InvalidInstanceID.NotFound"},
		{ec2.DescribeInstancesInput{InstanceIds: []string{id, "i-xyz"}}, "InvalidInstanceID.Malformed"},
		{ec2.DescribeInstancesInput{Filters: []ec2types.Filter{filter("colour", "red")}}, "InvalidParameterValue"},
		{ec2.DescribeInstancesInput{MaxResults: aws.Int32(4)}, "InvalidParameterValue"},
		{ec2.DescribeInstancesInput{MaxResults: aws.Int32(5), InstanceIds: []string{id}}, "InvalidParameterCombination"},
		{ec2.DescribeInstancesInput{NextToken: aws.String("xyz")}, "InvalidNextToken"},
		{ec2.DescribeInstancesInput{DryRun: aws.Bool(true)}, "DryRunOperation"},
	} {
		_, err := client.DescribeInstances(t.Context(), &c.in)
		wantCode(t, err, c.code)
	}
}

func TestTerminationIsSeenByTheWaiter(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	id := running(t, client)[0]
	answer := must(client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}}))(t)
	change := answer.TerminatingInstances[0]
	if *change.InstanceId != id || change.PreviousState.Name != "running" || change.CurrentState.Name != "shutting-down" || *change.CurrentState.Code != 32 {
		t.Errorf("got %+v", change)
	}
	terminated := ec2.NewInstanceTerminatedWaiter(client, func(o *ec2.InstanceTerminatedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	gone := must(terminated.WaitForOutput(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}}, patience))(t)
	i := gone.Reservations[0].Instances[0]
	if i.StateReason == nil || *i.StateReason.Code != "Client.UserInitiatedShutdown" || i.PrivateIpAddress != nil || len(i.BlockDeviceMappings) != 0 {
		t.Errorf("got %+v", i)
	}
	if slices.Contains(running(t, client), id) {
		t.Errorf("%s is still running", id)
	}
	for all, want := range map[bool]int{false: 0, true: 1} {
		status := must(client.DescribeInstanceStatus(t.Context(), &ec2.DescribeInstanceStatusInput{InstanceIds: []string{id}, IncludeAllInstances: &all}))(t)
		if got := len(status.InstanceStatuses); got != want {
			t.Errorf("all %v: want %d statuses, got %d", all, want, got)
		}
	}
}

func TestStoppedInstancesStartAgain(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	// Or the group would take the stopped instance for lost.
	must(autoscaling.NewFromConfig(cfg).SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{AutoScalingGroupName: aws.String("web")}))(t)
	client := ec2.NewFromConfig(cfg)
	id := running(t, client)[0]
	in := &ec2.DescribeInstancesInput{InstanceIds: []string{id}}
	_, err := client.StartInstances(t.Context(), &ec2.StartInstancesInput{InstanceIds: []string{"i-00000000000000000"}})
	wantCode(t, err, "InvalidInstanceID.NotFound")
	must(client.StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: []string{id}, SkipOsShutdown: aws.Bool(true)}))(t)
	stopped := ec2.NewInstanceStoppedWaiter(client, func(o *ec2.InstanceStoppedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	if err := stopped.Wait(t.Context(), in, patience); err != nil {
		t.Fatal(err)
	}
	change := must(client.StartInstances(t.Context(), &ec2.StartInstancesInput{InstanceIds: []string{id}}))(t).StartingInstances[0]
	if change.PreviousState.Name != "stopped" || change.CurrentState.Name != "pending" {
		t.Errorf("got %+v", change)
	}
	up := ec2.NewInstanceRunningWaiter(client, func(o *ec2.InstanceRunningWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	if err := up.Wait(t.Context(), in, patience); err != nil {
		t.Fatal(err)
	}
	calls := handler.Calls()
	i := slices.IndexFunc(calls, func(c wire.Call) bool { return c.Action == "StopInstances" })
	if in := calls[i].Input.(*ec2.StopInstancesInput); !*in.SkipOsShutdown || !calls[i].Write || calls[i].DryRun {
		t.Errorf("got %+v", calls[i])
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	before := running(t, client)
	ids, dry := before[:1], aws.Bool(true)
	none := []string{"i-00000000000000000"}
	for _, c := range []struct {
		code string
		call func() error
	}{
		{"DryRunOperation", func() error {
			_, err := client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids, DryRun: dry})
			return err
		}},
		{"DryRunOperation", func() error {
			_, err := client.StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: ids, DryRun: dry})
			return err
		}},
		{"DryRunOperation", func() error {
			_, err := client.RebootInstances(t.Context(), &ec2.RebootInstancesInput{InstanceIds: ids, DryRun: dry})
			return err
		}},
		{"DryRunOperation", func() error {
			_, err := client.CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: ids, Tags: []ec2types.Tag{{Key: aws.String("new"), Value: aws.String("")}}, DryRun: dry})
			return err
		}},
		{"DryRunOperation", func() error {
			_, err := client.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: ids, DryRun: dry})
			return err
		}},
		{"DryRunOperation", func() error {
			_, err := client.ModifyInstanceAttribute(t.Context(), &ec2.ModifyInstanceAttributeInput{InstanceId: &ids[0], DryRun: dry,
				DisableApiTermination: &ec2types.AttributeBooleanValue{Value: aws.Bool(true)}})
			return err
		}},
		{"InvalidInstanceID.NotFound", func() error {
			_, err := client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: none, DryRun: dry})
			return err
		}},
		{"InvalidInstanceID.NotFound", func() error {
			_, err := client.StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: none, DryRun: dry})
			return err
		}},
	} {
		wantCode(t, c.call(), c.code)
	}
	var response *smithyhttp.ResponseError
	_, err := client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids, DryRun: dry})
	if !errors.As(err, &response) || response.HTTPStatusCode() != 412 {
		t.Errorf("got %v", err)
	}
	for _, c := range handler.Calls() {
		if c.Write && !c.DryRun {
			t.Errorf("%s was not taken for a rehearsal", c.Action)
		}
	}
	if after := running(t, client); !slices.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
	if tagged := instances(t, client, filter("tag-key", "new")); len(tagged) != 0 {
		t.Errorf("tagged: %v", tagged)
	}
	if tagged := instances(t, client, filter("tag-key", "chaos")); len(tagged) != 6 {
		t.Errorf("tags are gone")
	}
}

func TestTerminationProtection(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	ids := running(t, client)
	must(client.ModifyInstanceAttribute(t.Context(), &ec2.ModifyInstanceAttributeInput{
		InstanceId: &ids[0], DisableApiTermination: &ec2types.AttributeBooleanValue{Value: aws.Bool(true)},
	}))(t)
	attribute := must(client.DescribeInstanceAttribute(t.Context(), &ec2.DescribeInstanceAttributeInput{
		InstanceId: &ids[0], Attribute: ec2types.InstanceAttributeNameDisableApiTermination,
	}))(t)
	if !*attribute.DisableApiTermination.Value {
		t.Error("not protected")
	}
	// All or none: the unprotected one survives, too.
	_, err := client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids[:2]})
	wantCode(t, err, "OperationNotPermitted")
	if after := running(t, client); !slices.Equal(ids, after) {
		t.Errorf("before %v, after %v", ids, after)
	}
}

func TestInstanceStatus(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	id := running(t, client)[0]
	status := must(client.DescribeInstanceStatus(t.Context(), &ec2.DescribeInstanceStatusInput{InstanceIds: []string{id}}))(t)
	if s := status.InstanceStatuses[0]; s.InstanceStatus.Status != "ok" || s.SystemStatus.Status != "ok" || s.InstanceState.Name != "running" {
		t.Errorf("got %+v", s)
	}
}

func TestTags(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	id := running(t, client)[0]
	of := func() map[string]string {
		tags := map[string]string{}
		pages := ec2.NewDescribeTagsPaginator(client, &ec2.DescribeTagsInput{Filters: []ec2types.Filter{filter("resource-id", id)}, MaxResults: aws.Int32(5)})
		for pages.HasMorePages() {
			for _, tag := range must(pages.NextPage(t.Context()))(t).Tags {
				if tag.ResourceType != ec2types.ResourceTypeInstance {
					t.Errorf("got %+v", tag)
				}
				tags[*tag.Key] = *tag.Value
			}
		}
		return tags
	}
	tag := func(key, value string) ec2types.Tag { return ec2types.Tag{Key: &key, Value: &value} }
	must(client.CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{id}, Tags: []ec2types.Tag{tag("gameday:run", "7 <&> ü"), tag("empty", ""), tag("keep", "a")},
	}))(t)
	if got := of(); got["gameday:run"] != "7 <&> ü" || got["keep"] != "a" || got["chaos"] != "allowed" {
		t.Errorf("got %v", got)
	}
	must(client.DeleteTags(t.Context(), &ec2.DeleteTagsInput{
		Resources: []string{id}, Tags: []ec2types.Tag{{Key: aws.String("gameday:run")}, tag("keep", "another value"), tag("empty", "")},
	}))(t)
	got := of()
	if _, still := got["gameday:run"]; still || got["keep"] != "a" {
		t.Errorf("got %v", got)
	}
	if _, still := got["empty"]; still {
		t.Errorf("got %v", got)
	}
	_, err := client.CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: []string{"i-00000000000000000"}, Tags: []ec2types.Tag{tag("a", "b")}})
	if err == nil {
		t.Error("a tag on nothing")
	}
}

func TestNetworks(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	vpcs := must(client.DescribeVpcs(t.Context(), nil))(t).Vpcs
	if len(vpcs) != 1 {
		t.Fatalf("want one VPC, got %d", len(vpcs))
	}
	zones := must(client.DescribeAvailabilityZones(t.Context(), nil))(t).AvailabilityZones
	if len(zones) != 3 || *zones[0].ZoneName != "eu-west-1a" || *zones[0].RegionName != "eu-west-1" || zones[0].State != "available" {
		t.Errorf("got %+v", zones)
	}
	here := []ec2types.Filter{filter("vpc-id", *vpcs[0].VpcId), filter("availability-zone", "eu-west-1a")}
	subnets := must(client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{Filters: here}))(t).Subnets
	if len(subnets) == 0 {
		t.Fatal("no subnets")
	}
	for _, s := range subnets {
		if *s.VpcId != *vpcs[0].VpcId || *s.AvailabilityZone != "eu-west-1a" || *s.AvailabilityZoneId == "" {
			t.Errorf("got %+v", s)
		}
	}
	_, err := client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{SubnetIds: []string{"subnet-0"}})
	wantCode(t, err, "InvalidSubnetID.NotFound")
	id := running(t, client)[0]
	volumes := must(client.DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{Filters: []ec2types.Filter{filter("attachment.instance-id", id)}}))(t).Volumes
	if len(volumes) != 1 || *volumes[0].Attachments[0].InstanceId != id {
		t.Errorf("got %+v", volumes)
	}
}

func TestWhatTheLabCannotDoIsRefused(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	_, err := client.StopInstances(t.Context(), &ec2.StopInstancesInput{InstanceIds: running(t, client)[:1], Hibernate: aws.Bool(true)})
	if got := wantCode(t, err, "UnsupportedOperation"); !strings.Contains(got, "Hibernate") {
		t.Errorf("got %q", got)
	}
}

package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/lab/wire"
)

func TestLoadBalancers(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := elb.NewFromConfig(cfg)
	found := must(client.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{Names: []string{"web"}}))(t).LoadBalancers
	b := found[0]
	if len(found) != 1 || b.State.Code != "active" || b.Type != "application" || len(b.AvailabilityZones) != 3 || *b.DNSName == "" {
		t.Errorf("got %+v", b)
	}
	listeners := must(client.DescribeListeners(t.Context(), &elb.DescribeListenersInput{LoadBalancerArn: b.LoadBalancerArn}))(t).Listeners
	if len(listeners) != 1 || *listeners[0].Port == 0 || listeners[0].Protocol != "HTTP" || len(listeners[0].DefaultActions) != 1 {
		t.Fatalf("got %+v", listeners)
	}
	rules := must(client.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: listeners[0].ListenerArn}))(t).Rules
	if len(rules) != 2 || rules[0].Conditions[0].PathPatternConfig.Values[0] != "/front*" || *rules[0].IsDefault || !*rules[1].IsDefault {
		t.Errorf("got %+v", rules)
	}
	first := must(client.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: listeners[0].ListenerArn, PageSize: aws.Int32(1)}))(t)
	second := must(client.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: listeners[0].ListenerArn, PageSize: aws.Int32(1), Marker: first.NextMarker}))(t)
	if len(first.Rules) != 1 || len(second.Rules) != 1 || *second.Rules[0].RuleArn != *rules[1].RuleArn || second.NextMarker != nil {
		t.Errorf("got %+v, then %+v", first, second)
	}
	tags := must(client.DescribeTags(t.Context(), &elb.DescribeTagsInput{ResourceArns: []string{*b.LoadBalancerArn}}))(t).TagDescriptions
	if len(tags) != 1 || *tags[0].Tags[0].Value != "news" {
		t.Errorf("got %+v", tags)
	}
	attributes := must(client.DescribeLoadBalancerAttributes(t.Context(), &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: b.LoadBalancerArn}))(t)
	if *attributes.Attributes[0].Key != "idle_timeout.timeout_seconds" || *attributes.Attributes[0].Value != "60" {
		t.Errorf("got %+v", attributes.Attributes)
	}
	_, err := client.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{Names: []string{"web", "none"}})
	wantCode(t, err, "LoadBalancerNotFound")
	_, err = client.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{"arn:none"}})
	wantCode(t, err, "LoadBalancerNotFound")
	_, err = client.DescribeListeners(t.Context(), &elb.DescribeListenersInput{ListenerArns: []string{"arn:none"}})
	wantCode(t, err, "ListenerNotFound")
	_, err = client.DescribeListeners(t.Context(), &elb.DescribeListenersInput{})
	wantCode(t, err, "ValidationError")
	_, err = client.DescribeRules(t.Context(), &elb.DescribeRulesInput{})
	wantCode(t, err, "ValidationError")
	_, err = client.DescribeRules(t.Context(), &elb.DescribeRulesInput{RuleArns: []string{"arn:none"}})
	wantCode(t, err, "RuleNotFound")
}

func targetGroup(t *testing.T, client *elb.Client) elbtypes.TargetGroup {
	t.Helper()
	groups := must(client.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{Names: []string{"front"}}))(t).TargetGroups
	if len(groups) != 1 {
		t.Fatalf("got %+v", groups)
	}
	return groups[0]
}

func TestTargetGroups(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := elb.NewFromConfig(cfg)
	g := targetGroup(t, client)
	// What takes a fraction of a second is told as a whole one.
	if g.TargetType != "ip" || *g.HealthCheckIntervalSeconds != 1 || *g.HealthCheckTimeoutSeconds != 5 || *g.HealthyThresholdCount != 2 || len(g.LoadBalancerArns) != 1 {
		t.Errorf("got %+v", g)
	}
	of := must(client.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{LoadBalancerArn: &g.LoadBalancerArns[0]}))(t).TargetGroups
	if len(of) != 1 || *of[0].TargetGroupArn != *g.TargetGroupArn {
		t.Errorf("got %+v", of)
	}
	unused := must(client.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{Names: []string{"unused"}}))(t).LoadBalancers[0]
	if of := must(client.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{LoadBalancerArn: unused.LoadBalancerArn}))(t).TargetGroups; len(of) != 0 {
		t.Errorf("got %+v", of)
	}
	attributes := must(client.DescribeTargetGroupAttributes(t.Context(), &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: g.TargetGroupArn}))(t)
	if *attributes.Attributes[0].Key != "deregistration_delay.timeout_seconds" || *attributes.Attributes[0].Value != "1" {
		t.Errorf("got %+v", attributes.Attributes)
	}
	_, err := client.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{Names: []string{"none"}})
	wantCode(t, err, "TargetGroupNotFound")
	_, err = client.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String("arn:none")})
	wantCode(t, err, "TargetGroupNotFound")
}

func TestTargetHealthIsSeenByTheWaiter(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := elb.NewFromConfig(cfg)
	g := targetGroup(t, client)
	inService := elb.NewTargetInServiceWaiter(client, func(o *elb.TargetInServiceWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	health := must(inService.WaitForOutput(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn}, patience))(t).TargetHealthDescriptions
	if len(health) != 3 || health[0].TargetHealth.State != "healthy" || health[0].TargetHealth.Reason != "" {
		t.Errorf("got %+v", health)
	}
	unknown := must(client.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{
		TargetGroupArn: g.TargetGroupArn, Targets: []elbtypes.TargetDescription{{Id: aws.String("10.9.9.9")}},
	}))(t).TargetHealthDescriptions
	if len(unknown) != 1 || unknown[0].TargetHealth.State != "unused" || unknown[0].TargetHealth.Reason != "Target.NotRegistered" {
		t.Errorf("got %+v", unknown)
	}
	// A stopped task's target leaves, and another one takes its place.
	ecsClient := ecs.NewFromConfig(cfg)
	first := tasksOf(t, ecsClient, ecs.ListTasksInput{ServiceName: aws.String("front")})[0]
	must(ecsClient.StopTask(t.Context(), &ecs.StopTaskInput{Cluster: web, Task: &first}))(t)
	deregistered := elb.NewTargetDeregisteredWaiter(client, func(o *elb.TargetDeregisteredWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	task := must(ecsClient.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Cluster: web, Tasks: []string{first}}))(t).Tasks[0]
	var address string
	for _, d := range task.Attachments[0].Details {
		if *d.Name == "privateIPv4Address" {
			address = *d.Value
		}
	}
	if err := deregistered.Wait(t.Context(), &elb.DescribeTargetHealthInput{
		TargetGroupArn: g.TargetGroupArn, Targets: []elbtypes.TargetDescription{{Id: &address, Port: g.Port}},
	}, patience); err != nil {
		t.Fatal(err)
	}
}

func TestTargetsLeaveAndReturn(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := elb.NewFromConfig(cfg)
	g := targetGroup(t, client)
	states := func() string {
		var all []string
		for _, d := range must(client.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn}))(t).TargetHealthDescriptions {
			all = append(all, string(d.TargetHealth.State))
		}
		return strings.Join(all, " ")
	}
	target := *must(client.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn}))(t).TargetHealthDescriptions[0].Target
	must(client.DeregisterTargets(t.Context(), &elb.DeregisterTargetsInput{TargetGroupArn: g.TargetGroupArn, Targets: []elbtypes.TargetDescription{target}}))(t)
	if got := states(); got == "healthy healthy healthy" {
		t.Errorf("got %s", got)
	}
	must(client.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: g.TargetGroupArn, Targets: []elbtypes.TargetDescription{target}}))(t)
	inService := elb.NewTargetInServiceWaiter(client, func(o *elb.TargetInServiceWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	if err := inService.Wait(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn, Targets: []elbtypes.TargetDescription{target}}, patience); err != nil {
		t.Fatal(err)
	}
	writes := 0
	for _, c := range handler.Calls() {
		if c.Write {
			writes++
		}
	}
	if writes != 2 {
		t.Errorf("%d writes", writes)
	}
}

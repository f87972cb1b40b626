package wire_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/smithy-go"

	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
)

// once is a configuration whose clients take the first answer.
func once(cfg aws.Config) aws.Config {
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return cfg
}

// mark tags an instance: a write whose effect is easily seen.
func mark(ctx context.Context, client *ec2.Client, instance, value string) error {
	_, err := client.CreateTags(ctx, tag(instance, "mark", value))
	return err
}

func tag(instance, key, value string) *ec2.CreateTagsInput {
	return &ec2.CreateTagsInput{Resources: []string{instance}, Tags: []ec2types.Tag{{Key: &key, Value: &value}}}
}

// marked is the value that mark has left on an instance.
func marked(t *testing.T, client *ec2.Client, instance string) string {
	t.Helper()
	out := must(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{instance}}))(t)
	for _, tag := range out.Reservations[0].Instances[0].Tags {
		if *tag.Key == "mark" {
			return *tag.Value
		}
	}
	return ""
}

func anInstance(t *testing.T, client *ec2.Client) string {
	t.Helper()
	return *must(client.DescribeInstances(t.Context(), nil))(t).Reservations[0].Instances[0].InstanceId
}

func TestACallMeetsItsFate(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(once(cfg))
	instance := anInstance(t, client)
	for _, c := range []struct {
		fate    wire.Fate
		code    string // "" where there is no answer
		applied bool
	}{
		{wire.LostBefore, "", false},
		{wire.LostAfter, "", true},
		{wire.HungBefore, "", false},
		{wire.HungAfter, "", true},
		{wire.Refuse(protocol.Throttled), "RequestLimitExceeded", false},
		{wire.Refuse(protocol.Unavailable), "InternalError", false},
		{wire.Refuse(protocol.Denied), "UnauthorizedOperation", false},
		{wire.Refuse(protocol.Expired), "RequestExpired", false},
	} {
		name := c.fate.String()
		t.Run(name, func(t *testing.T) {
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			fate := c.fate
			if name == "hung after" { // the client loses patience once it is too late
				fate = fate.Then(func(wire.Call) { giveUp() })
			}
			handler.Intercept(func(wire.Call) wire.Fate {
				if name == "hung before" {
					giveUp()
				}
				return fate
			})
			err := mark(ctx, client, instance, name)
			handler.Intercept(nil)
			var answer smithy.APIError
			switch {
			case c.code != "":
				wantCode(t, err, c.code)
			case err == nil || errors.As(err, &answer):
				t.Errorf("want no answer, got %v", err)
			}
			if applied := marked(t, client, instance) == name; applied != c.applied {
				t.Errorf("applied is %v", applied)
			}
			calls := slices.DeleteFunc(handler.Calls(), func(k wire.Call) bool { return !k.Write })
			if k := calls[len(calls)-1]; k.Applied != c.applied || k.Code != c.code || k.Lost != (c.code == "") {
				t.Errorf("remembered as %+v", k)
			}
		})
	}
}

func TestEveryServiceRefusesInItsOwnWords(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	cfg = once(cfg)
	calls := map[string]func() error{
		"ec2": func() error { _, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil); return err },
		"ecs": func() error { _, err := ecs.NewFromConfig(cfg).ListClusters(t.Context(), nil); return err },
		"elb": func() error {
			_, err := elb.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), nil)
			return err
		},
		"autoscaling": func() error {
			_, err := autoscaling.NewFromConfig(cfg).DescribeAutoScalingGroups(t.Context(), nil)
			return err
		},
		"cloudwatch": func() error { _, err := cloudwatch.NewFromConfig(cfg).DescribeAlarms(t.Context(), nil); return err },
		"resolver": func() error {
			_, err := route53resolver.NewFromConfig(cfg).ListFirewallRuleGroups(t.Context(), nil)
			return err
		},
		"scheduler": func() error { _, err := scheduler.NewFromConfig(cfg).ListSchedules(t.Context(), nil); return err },
		"tag":       func() error { _, err := tagging.NewFromConfig(cfg).GetResources(t.Context(), nil); return err },
	}
	for refusal, want := range map[protocol.Refusal]map[string]string{
		protocol.Throttled: {"ec2": "RequestLimitExceeded", "ecs": "ThrottlingException", "elb": "Throttling",
			"autoscaling": "Throttling", "cloudwatch": "Throttling",
			"resolver": "ThrottlingException", "scheduler": "ThrottlingException", "tag": "ThrottlingException"},
		protocol.Unavailable: {"ec2": "InternalError", "ecs": "ServerException", "elb": "InternalFailure",
			"autoscaling": "InternalFailure", "cloudwatch": "InternalFailure",
			"resolver": "InternalServiceErrorException", "scheduler": "InternalServerException", "tag": "InternalServiceException"},
		protocol.Denied: {"ec2": "UnauthorizedOperation", "ecs": "AccessDeniedException", "elb": "AccessDenied",
			"autoscaling": "AccessDenied", "cloudwatch": "AccessDenied",
			"resolver": "AccessDeniedException", "scheduler": "AccessDeniedException", "tag": "AccessDeniedException"},
		protocol.Expired: {"ec2": "RequestExpired", "ecs": "ExpiredTokenException", "elb": "ExpiredToken",
			"autoscaling": "ExpiredToken", "cloudwatch": "ExpiredToken",
			"resolver": "ExpiredTokenException", "scheduler": "ExpiredTokenException", "tag": "ExpiredTokenException"},
	} {
		handler.Intercept(func(wire.Call) wire.Fate { return wire.Refuse(refusal) })
		for service, call := range calls {
			t.Run(refusal.Error()+" "+service, func(t *testing.T) { wantCode(t, call(), want[service]) })
		}
	}
}

func TestEveryFailureFailsACall(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(once(cfg))
	instance := anInstance(t, client)
	for _, fate := range wire.Failures() {
		handler.Intercept(wire.Nth(1, wire.Writes, fate))
		if err := mark(t.Context(), client, instance, fate.String()); err == nil {
			t.Errorf("%s: it went well", fate)
		}
		if err := mark(t.Context(), client, instance, "after "+fate.String()); err != nil {
			t.Errorf("after %s: %v", fate, err)
		}
	}
	for _, c := range handler.Calls() {
		if c.Write && c.Key != "AKIAEXAMPLE" {
			t.Errorf("signed by %q", c.Key)
		}
	}
}

func TestNthAndFromCountWhatMatches(t *testing.T) {
	struck := func(i wire.Interceptor) (hit []int) {
		for n := range 6 {
			for _, c := range []wire.Call{{Action: "Read"}, {Action: "Rehearse", Write: true, DryRun: true}, {Action: "Write", Write: true}} {
				if i(c).String() != "pass" {
					hit = append(hit, n+1)
				}
			}
		}
		return hit
	}
	if got := struck(wire.Nth(3, wire.Writes, wire.LostAfter)); !slices.Equal(got, []int{3}) {
		t.Errorf("the third write: %v", got)
	}
	if got := struck(wire.From(4, wire.Writes, wire.LostAfter)); !slices.Equal(got, []int{4, 5, 6}) {
		t.Errorf("from the fourth write on: %v", got)
	}
	if got := struck(wire.Nth(4, wire.Every, wire.LostAfter)); !slices.Equal(got, []int{2}) {
		t.Errorf("the fourth call: %v", got)
	}
}

func TestAnSDKRetriesWhatGotNoAnswer(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	instance := anInstance(t, client)
	handler.Intercept(wire.Nth(1, wire.Writes, wire.LostAfter))
	if err := mark(t.Context(), client, instance, "twice"); err != nil {
		t.Fatal(err)
	}
	writes := slices.DeleteFunc(handler.Calls(), func(c wire.Call) bool { return !c.Write })
	if len(writes) != 2 || !writes[0].Lost || writes[1].Lost || !writes[0].Applied || !writes[1].Applied {
		t.Errorf("got %+v", writes)
	}
}

// A test may meddle at a precise moment: after a change was made, and before the one who made it hears of it.
func TestOtherHandsComeBetweenAChangeAndItsAnswer(t *testing.T) {
	handler, cfg := lab(t, wire.Options{Denied: []string{"ec2:DeleteTags"}})
	client := ec2.NewFromConfig(cfg)
	others := cfg.Copy()
	others.Credentials = credentials.NewStaticCredentialsProvider(wire.OtherKey, "secret", "")
	somebody := ec2.NewFromConfig(others)
	instance := anInstance(t, client)
	var seen wire.Call
	var meddled error
	handler.Intercept(wire.Nth(1, wire.Writes, wire.Pass.Then(func(c wire.Call) {
		seen = c
		_, meddled = somebody.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: []string{instance}})
	})))
	if err := mark(t.Context(), client, instance, "gone"); err != nil || meddled != nil {
		t.Fatal(err, meddled)
	}
	if got := marked(t, client, instance); got != "" {
		t.Errorf("the mark is still there: %q", got)
	}
	if !seen.Applied || seen.Action != "CreateTags" || seen.Code != "" {
		t.Errorf("seen %+v", seen)
	}
	by := map[string]string{}
	for _, c := range handler.Calls() {
		by[c.Action] = c.By
	}
	if by["CreateTags"] != "arn:aws:iam::123456789012:user/gameday" || by["DeleteTags"] != "arn:aws:iam::123456789012:user/somebody-else" {
		t.Errorf("made by %v", by)
	}
}

func TestNoCallIsCountedTwice(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]int{}
	_, cfg := lab(t, wire.Options{Intercept: func(c wire.Call) wire.Fate {
		mu.Lock()
		defer mu.Unlock()
		seen[c.N]++
		return wire.Pass
	}})
	client := ecs.NewFromConfig(cfg)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := client.ListClusters(ctx, nil); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	for n := range 20 {
		if seen[n+1] != 1 {
			t.Errorf("call %d was seen %d times", n+1, seen[n+1])
		}
	}
}

package cloud_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/metrics"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

func of(action string) func(wire.Call) bool {
	return func(c wire.Call) bool { return c.Action == action }
}

func TestOneRetryerServesAllClients(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	if ec2.NewFromConfig(env.AWS).Options().Retryer != ecs.NewFromConfig(env.AWS).Options().Retryer {
		t.Error("every client has a retryer of its own")
	}
}

func TestWhatPassesIsRepeated(t *testing.T) {
	for _, fate := range []wire.Fate{wire.Refuse(protocol.Throttled), wire.Refuse(protocol.Unavailable), wire.LostBefore, wire.LostAfter} {
		t.Run(fate.String(), func(t *testing.T) {
			t.Parallel()
			l, env := labtest.Start(t, lab.Options{})
			l.Intercept(wire.Nth(1, of("DescribeInstances"), fate))
			if _, err := ec2.NewFromConfig(env.AWS).DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}); err != nil {
				t.Fatal(err)
			}
			if calls := slices.DeleteFunc(l.Calls(), func(c wire.Call) bool { return !of("DescribeInstances")(c) }); len(calls) != 2 {
				t.Errorf("%d calls, want 2", len(calls))
			}
		})
	}
}

func TestEveryFailedAttemptIsTold(t *testing.T) {
	l, env := labtest.Start(t, lab.Options{})
	l.Intercept(wire.Nth(1, of("DescribeInstances"), wire.Refuse(protocol.Throttled)))
	var told []string
	env.AWS.APIOptions = append(env.AWS.APIOptions, cloud.TellRetries(func(call string, err error) {
		told = append(told, call+": "+err.Error())
	}))
	client := ec2.NewFromConfig(env.AWS)
	if _, err := client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "ec2:DescribeInstances: ") || !strings.Contains(told[0], "RequestLimitExceeded") {
		t.Errorf("told of %q", told)
	}
	l.Intercept(wire.Nth(1, of("DescribeVpcs"), wire.Refuse(protocol.Denied)))
	if _, err := client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}); err == nil || len(told) != 1 {
		t.Errorf("a refusal that nobody repeats was told: %q, %v", told, err)
	}
}

func TestARefusalIsFinal(t *testing.T) {
	l, env := labtest.Start(t, lab.Options{})
	l.Intercept(wire.From(1, of("DescribeInstances"), wire.Refuse(protocol.Denied)))
	_, err := ec2.NewFromConfig(env.AWS).DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{})
	if !cloud.Declined(err) {
		t.Errorf("not declined: %v", err)
	}
	if calls := slices.DeleteFunc(l.Calls(), func(c wire.Call) bool { return !of("DescribeInstances")(c) }); len(calls) != 1 {
		t.Errorf("%d calls, want 1", len(calls))
	}
}

// A table that is not there any more when its deletion is repeated may have been deleted by the first attempt.
func TestARefusalAfterALostAnswerProvesNothing(t *testing.T) {
	l, env := labtest.Start(t, lab.Options{})
	client := ec2.NewFromConfig(env.AWS)
	vpcs, err := client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateRouteTable(t.Context(), &ec2.CreateRouteTableInput{VpcId: vpcs.Vpcs[0].VpcId})
	if err != nil {
		t.Fatal(err)
	}
	remove := &ec2.DeleteRouteTableInput{RouteTableId: made.RouteTable.RouteTableId}
	l.Intercept(wire.Nth(1, of("DeleteRouteTable"), wire.LostAfter))
	if _, err := client.DeleteRouteTable(t.Context(), remove); err == nil || cloud.Declined(err) {
		t.Errorf("after a lost answer: %v is taken for a refusal", err)
	}
	if _, err := client.DeleteRouteTable(t.Context(), remove); !cloud.Declined(err) {
		t.Errorf("at once: %v is not taken for a refusal", err)
	}
}

func TestThrottlingIsARefusal(t *testing.T) {
	l, env := labtest.Start(t, lab.Options{})
	l.Intercept(wire.From(1, of("DescribeInstances"), wire.Refuse(protocol.Throttled)))
	once := env.AWS.Copy()
	once.RetryMaxAttempts = 1
	if _, err := ec2.NewFromConfig(once).DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}); !cloud.Declined(err) {
		t.Errorf("not declined: %v", err)
	}
}

func TestClientsShareTheirConnections(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(wire.New(new(world.World), metrics.New(metrics.Options{}), wire.Options{}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	env, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1", Endpoint: server.URL, Key: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := cloud.Identify(t.Context(), env); err != nil {
			t.Fatal(err)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("opened %d connections, want 1", n)
	}
}

package ecsservice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/ecsservice"
)

func probe(what string) *ecsservice.Probe {
	p := ecsservice.Kind().New().(*ecsservice.Probe)
	p.Cluster, p.Service, p.What = "web", "conversations", what
	return p
}

func measure(t *testing.T, env *cloud.Env, p *ecsservice.Probe) probes.Reading {
	t.Helper()
	got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{})
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v, want one reading", got, err)
	}
	return got[0]
}

// want sets the number of tasks that the service should run.
func want(t *testing.T, env *cloud.Env, tasks int32, deploy bool) {
	t.Helper()
	_, err := ecs.NewFromConfig(env.AWS).UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: aws.String("web"), Service: aws.String("conversations"), DesiredCount: aws.Int32(tasks), ForceNewDeployment: deploy,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASteadyService(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	before := time.Now()
	for _, what := range []string{"running", "rollout"} {
		if r := measure(t, env, probe(what)); r.Value != 1 || r.Note != "6 of 6 running, rollout COMPLETED" || r.At.Before(before) || r.Span != 0 {
			t.Errorf("%s: got %+v", what, r)
		}
	}
}

func TestAServiceByItsARN(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	p := probe("running")
	p.Cluster, p.Service = "arn:aws:ecs:eu-west-1:123456789012:cluster/web", "arn:aws:ecs:eu-west-1:123456789012:service/web/conversations"
	if r := measure(t, env, p); r.Value != 1 {
		t.Errorf("got %+v", r)
	}
}

// Six instances have room for one task each: the others cannot start.
func TestTasksThatCannotStart(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	want(t, env, 8, false)
	if r := measure(t, env, probe("running")); r.Value != 0.75 || !strings.HasPrefix(r.Note, "6 of 8 running") {
		t.Errorf("got %+v", r)
	}
}

func TestARolloutThatCannotFinish(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	want(t, env, 8, true)
	if r := measure(t, env, probe("rollout")); r.Value != 0 || !strings.Contains(r.Note, "rollout IN_PROGRESS") {
		t.Errorf("got %+v", r)
	}
}

func TestAServiceScaledToZeroHasNoShare(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	want(t, env, 0, false)
	got, err := probe("running").Measure(t.Context(), env, time.Time{}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), `service "conversations" in cluster "web": it is scaled to zero tasks`) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestErrorsSayWhatThereIs(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	service, cluster := probe("running"), probe("running")
	service.Service, cluster.Cluster = "conversation", "wbe"
	for want, p := range map[string]*ecsservice.Probe{
		`cluster "web": there is no service "conversation", did you mean "conversations"? (there are: "articles", "comments", `: service,
		`there is no cluster "wbe", did you mean "web"? (there are: "web")`:                                                     cluster,
	} {
		if got, err := p.Measure(t.Context(), env, time.Time{}, time.Time{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %+v, %v, want an error that says %s", got, err, want)
		}
	}
}

func TestADeniedLookNamesTheAction(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Wire: wire.Options{Denied: []string{"ecs:DescribeServices"}}})
	_, err := probe("running").Measure(t.Context(), env, time.Time{}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), `find service "conversations" in cluster "web"`) || !strings.Contains(cloud.Explain(err), "ecs:DescribeServices") {
		t.Errorf("got %v", err)
	}
}

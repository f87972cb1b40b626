package ecsdeployment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/ecsdeployment"
)

func probe(what, service string) *ecsdeployment.Probe {
	p := ecsdeployment.Kind().New().(*ecsdeployment.Probe)
	p.Cluster, p.Service, p.What = "web", service, what
	return p
}

func measure(t *testing.T, env *cloud.Env, p *ecsdeployment.Probe, from time.Time) []probes.Reading {
	t.Helper()
	got, err := p.Measure(t.Context(), env, from, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func deploy(t *testing.T, env *cloud.Env, service string, desired *int32) {
	t.Helper()
	_, err := ecs.NewFromConfig(env.AWS).UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: aws.String("web"), Service: aws.String(service), DesiredCount: desired, ForceNewDeployment: true,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestARolloutThatCompletes(t *testing.T) {
	t.Parallel()
	_, env := labtest.Start(t, lab.Options{})
	began := time.Now()
	took := probe("duration", "recommendations")
	if got := measure(t, env, took, began); len(got) != 1 || got[0].Value != 0 || got[0].Open {
		t.Fatalf("before it: %+v", got)
	}
	deploy(t, env, "recommendations", nil)
	if got := measure(t, env, took, began); len(got) != 1 || got[0].Value <= 0 || !got[0].Open || !strings.Contains(got[0].Note, "of 2 new tasks run") {
		t.Fatalf("in the middle of it: %+v", got)
	}
	var got []probes.Reading
	labtest.Until(t, "the rollout to complete", func() bool {
		got = measure(t, env, took, began)
		return len(got) == 2
	})
	if end := got[0]; end.Open || end.Failed || end.Value <= 0 || end.Value > time.Since(began).Seconds() || end.At.After(time.Now()) {
		t.Errorf("its end: %+v", end)
	}
	if got[1].Value != 0 || got[1].Open || !got[1].At.After(got[0].At) {
		t.Errorf("after it: %+v", got[1])
	}
	again := measure(t, env, took, began)
	if len(again) != 2 || again[0] != got[0] {
		t.Errorf("its end has changed: %+v, was %+v", again[0], got[0])
	}
	if later := measure(t, env, took, got[1].At); len(later) != 1 || later[0].Value != 0 {
		t.Errorf("long after it: %+v", later)
	}
	if failed := measure(t, env, probe("failed_tasks", "recommendations"), began); failed[0].Value != 0 {
		t.Errorf("failed tasks: %+v", failed)
	}
}

// broken is a service whose tasks cannot start, and that is given up after three of them.
const broken = "testdata/broken.hcl"

func TestARolloutThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	_, env := labtest.Start(t, lab.Options{Topology: broken})
	began := time.Now()
	deploy(t, env, "broken", aws.Int32(2))
	var r probes.Reading
	labtest.Until(t, "the rollout to fail", func() bool {
		got := measure(t, env, probe("duration", "broken"), began)
		r = got[len(got)-1]
		return r.Failed
	})
	for _, part := range []string{"0 of 2 new tasks run", "the rollout failed: ECS deployment circuit breaker: tasks failed to start", "x CannotStartContainerError: start /nonexistent/program", "/broken:1)"} {
		if !strings.Contains(r.Note, part) {
			t.Errorf("does not say %q: %s", part, r.Note)
		}
	}
	if got := measure(t, env, probe("failed_tasks", "broken"), began); got[len(got)-1].Value < 3 {
		t.Errorf("failed tasks: %+v", got)
	}
}

func TestErrorsSayWhatThereIs(t *testing.T) {
	t.Parallel()
	_, env := labtest.Start(t, lab.Options{Topology: broken})
	_, err := probe("duration", "brokn").Measure(t.Context(), env, time.Time{}, time.Time{})
	if err == nil || !strings.Contains(err.Error(), `did you mean "broken"`) {
		t.Errorf("got %v", err)
	}
}

func TestMeasureIsOneOfTwo(t *testing.T) {
	for what, problems := range map[string]int{"duration": 0, "failed_tasks": 0, "time": 1, "": 1} {
		if got := probe(what, "broken").Validate(); len(got) != problems {
			t.Errorf("%q: %+v", what, got)
		}
	}
}

package alblatency_test

import (
	"strings"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/alblatency"
)

func probe(quantile float64, group string) *alblatency.Probe {
	p := alblatency.Kind().New().(*alblatency.Probe)
	p.LoadBalancer, p.TargetGroup, p.Quantile, p.Period = "web", group, quantile, "1s"
	return p
}

func measure(t *testing.T, env *cloud.Env, p *alblatency.Probe, from time.Time) []probes.Reading {
	t.Helper()
	readings, err := p.Measure(t.Context(), env, from, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return readings
}

// Conversations take 20 ms, give or take 10.
func TestItIsTheTimeThatTargetsTake(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	began := time.Now()
	labtest.Visit(t, env, "web", "/conversations", 100)
	last := time.Now()
	labtest.Visit(t, env, "web", "/conversations", 1)
	longest := time.Since(began).Seconds()

	var median, slowest []probes.Reading
	labtest.Until(t, "the last visit", func() bool {
		median, slowest = measure(t, env, probe(0.5, "conversations"), began), measure(t, env, probe(1, ""), began)
		return len(slowest) > 0 && slowest[len(slowest)-1].At.Add(time.Second).After(last) && len(median) == len(slowest)
	})
	for i := range median {
		if m, s := median[i], slowest[i]; m.Value < 0.009 || s.Value > longest || m.Value > s.Value || m.Span != time.Second || m.Of != 0 {
			t.Errorf("got a median of %+v and a maximum of %+v, in %v s altogether", m, s, longest)
		}
	}
}

func TestAnotherGroupsTrafficIsNoReading(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	began := time.Now()
	labtest.Visit(t, env, "web", "/conversations", 5)
	labtest.Until(t, "the traffic to be seen", func() bool { return len(measure(t, env, probe(0.99, ""), began)) > 0 })
	if got := measure(t, env, probe(0.99, "comments"), began.Add(-time.Minute)); len(got) != 0 {
		t.Errorf("got %+v for a group without traffic", got)
	}
}

func TestErrorsSayWhatWasLookedFor(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Wire: wire.Options{Denied: []string{"cloudwatch:*"}}})
	now := time.Now()
	missing := probe(0.99, "conversation")
	for want, p := range map[string]*alblatency.Probe{
		`load balancer "web": there is no target group "conversation", did you mean "conversations"?`: missing,
		`load balancer "web": read metric TargetResponseTime`:                                         probe(0.99, ""),
	} {
		if got, err := p.Measure(t.Context(), env, now.Add(-time.Minute), now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %+v, %v, want an error that says %q", got, err, want)
		}
	}
}

package alb5xx_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/probes"
	"gameday/probes/alb5xx"
)

const topology = "testdata/lab.hcl"

func probe(source, group string) *alb5xx.Probe {
	p := alb5xx.Kind().New().(*alb5xx.Probe)
	p.LoadBalancer, p.TargetGroup, p.Source, p.Period = "web", group, source, "1s"
	return p
}

// total adds up what the probe has measured since began.
func total(t *testing.T, env *cloud.Env, p *alb5xx.Probe, began time.Time) (errors, requests float64, readings []probes.Reading) {
	t.Helper()
	readings, err := p.Measure(t.Context(), env, began, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readings {
		errors += r.Value * r.Of
		requests += r.Of
	}
	return math.Round(errors), requests, readings
}

func TestItCountsWhatUsersCount(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Topology: topology})
	began := time.Now()
	well := labtest.Visit(t, env, "web", "/well", 120)
	failing := labtest.Visit(t, env, "web", "/failing", 120)
	gone := labtest.Visit(t, env, "web", "/gone", 60)
	if well[200] != 120 || failing[500] == 0 || failing[200]+failing[500] != 120 || gone[503] != 60 {
		t.Fatalf("the lab answered %v, %v, %v", well, failing, gone)
	}
	byTargets, byBalancer := float64(failing[500]), 60.0
	for _, c := range []struct {
		name             string
		probe            *alb5xx.Probe
		errors, requests float64
	}{
		{"both", probe("both", ""), byTargets + byBalancer, 300},
		{"elb", probe("elb", ""), byBalancer, 300},
		{"target", probe("target", ""), byTargets, 240},
		{"target of the failing group", probe("target", "failing"), byTargets, 120},
		{"target of the group that is well", probe("target", "well"), 0, 120},
	} {
		var errors, requests float64
		labtest.Until(t, c.name+" to arrive", func() bool {
			errors, requests, _ = total(t, env, c.probe, began)
			return requests >= c.requests
		})
		if errors != c.errors || requests != c.requests {
			t.Errorf("%s: got %v of %v, want %v of %v", c.name, errors, requests, c.errors, c.requests)
		}
	}
}

// A load balancer that has nobody to send requests to counts no requests.
func TestRequestsThatChoseNoTargetDoNotVanish(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Topology: topology})
	began := time.Now()
	labtest.Visit(t, env, "web", "/gone", 20)
	var readings []probes.Reading
	labtest.Until(t, "20 refusals", func() bool {
		var requests float64
		_, requests, readings = total(t, env, probe("both", ""), began)
		return requests == 20
	})
	for _, r := range readings {
		if r.Value != 1 || r.Span != time.Second || !r.At.Equal(r.At.Truncate(time.Second)) {
			t.Errorf("got %+v, want a second in which everything failed", r)
		}
	}
	if _, requests, _ := total(t, env, probe("target", ""), began); requests != 0 {
		t.Errorf("got %v requests that targets answered", requests)
	}
}

func TestNoTrafficIsNoReading(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Topology: topology})
	began := time.Now()
	labtest.Visit(t, env, "web", "/well", 1)
	labtest.Until(t, "the only request", func() bool {
		_, requests, _ := total(t, env, probe("both", ""), began)
		return requests == 1
	})
	if _, _, readings := total(t, env, probe("both", ""), began.Add(-time.Minute)); len(readings) != 1 {
		t.Errorf("got %+v, want one reading for the one second that had a request", readings)
	}
}

func TestErrorsSayWhatWasLookedFor(t *testing.T) {
	denied := func(action string) lab.Options {
		return lab.Options{Topology: topology, Wire: wire.Options{Denied: []string{action}}}
	}
	misspelt := probe("both", "")
	misspelt.LoadBalancer = "wbe"
	for _, c := range []struct {
		name    string
		options lab.Options
		probe   *alb5xx.Probe
		want    []string
	}{
		{"no such load balancer", lab.Options{Topology: topology}, misspelt, []string{`no load balancer "wbe", did you mean "web"?`}},
		{"no such target group", lab.Options{Topology: topology}, probe("target", "wel"),
			[]string{`load balancer "web": there is no target group "wel", did you mean "well"?`}},
		{"metrics denied", denied("cloudwatch:GetMetricData"), probe("both", ""), []string{`load balancer "web": read metric RequestCount`, "cloudwatch:GetMetricData"}},
		{"load balancers denied", denied("elasticloadbalancing:DescribeLoadBalancers"), probe("both", ""),
			[]string{`find load balancer "web"`, "elasticloadbalancing:DescribeLoadBalancers"}},
		{"target groups denied", denied("elasticloadbalancing:DescribeTargetGroups"), probe("target", "well"),
			[]string{`list the target groups of load balancer "web"`, "elasticloadbalancing:DescribeTargetGroups"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, env := labtest.Start(t, c.options)
			now := time.Now()
			readings, err := c.probe.Measure(t.Context(), env, now.Add(-time.Minute), now)
			if err == nil {
				t.Fatalf("got %+v and no error", readings)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
			if action := c.want[len(c.want)-1]; len(c.want) > 1 && !strings.Contains(cloud.Explain(err), action) {
				t.Errorf("the hint is %q", cloud.Explain(err))
			}
		})
	}
}

func TestOneCallForAllMetrics(t *testing.T) {
	l, env := labtest.Start(t, lab.Options{Topology: topology})
	total(t, env, probe("both", ""), time.Now().Add(-time.Minute))
	reads := 0
	for _, call := range l.Calls() {
		if call.Action == "GetMetricData" {
			reads++
		}
		if call.Write {
			t.Errorf("a measurement called %s", call.Action)
		}
	}
	if reads != 1 {
		t.Errorf("got %d calls of GetMetricData", reads)
	}
}

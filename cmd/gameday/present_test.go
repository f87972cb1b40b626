package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/lab/metrics"
	"gameday/internal/labtest"
)

// A load at the present rate of a load balancer is run at the rate that was planned and shown, whatever it is by then.
func TestThePresentRateIsThatOfThePlan(t *testing.T) {
	const source = `experiment "present" {
  load "more" {
    load_balancer = "web"
    rate          = "current"
  }
  probe "load_rate" "sent" {
    min = "90%"
  }
}`
	l, env := labtest.Start(t, lab.Options{})
	dimensions, err := elb.Dimensions(t.Context(), env, "web", "")
	if err != nil {
		t.Fatal(err)
	}
	id := metrics.ID{Namespace: elb.Namespace, Name: "RequestCount", Dimensions: []metrics.Dimension{{Name: "LoadBalancer", Value: dimensions["LoadBalancer"]}}}
	users := func(n uint64) {
		for ago := range 8 {
			l.Metrics.Put(id, "Count", time.Now().Add(-time.Duration(ago)*time.Minute), metrics.Total(n))
		}
	}
	planned := func(settled *experiments.PlannedExperiment) *experiments.Plan {
		t.Helper()
		file, diags := experiments.Parse("a.hcl", []byte(source), experiments.Options{Kinds: kinds()})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if settled != nil {
			settled.Keep(file.Experiments[0])
		}
		plan, err := experiments.MakePlan(t.Context(), env, file, file.Experiments[0], 7, 1)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	users(6000)
	first := planned(nil)
	var shown bytes.Buffer
	writePlan(&shown, first, 0)
	for _, want := range []string{"100/s, the present rate of web (the median of 5 minutes)", `load "more" comes on top of what web gets from its users: it doubles that`, "cloudwatch:GetMetricData"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the plan says nothing like %q:\n%s", want, shown.String())
		}
	}
	data, err := json.Marshal(experiments.NewPlanFile(first.File, 1, []*experiments.Plan{first}))
	if err != nil {
		t.Fatal(err)
	}
	reviewed, err := experiments.ReadPlanFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	users(60_000)
	again := planned(&reviewed.Experiments[0])
	if err := reviewed.Experiments[0].Holds(again); err != nil {
		t.Error(err)
	}
	if got := again.Loads["more"].Rate; got != 100 {
		t.Errorf("run at %g/s, and 100 were planned", got)
	}
	if got := planned(nil).Loads["more"].Rate; got <= 100 {
		t.Errorf("planned anew at %g/s", got)
	}
}

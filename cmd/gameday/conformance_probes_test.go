package main

import (
	"math"
	"reflect"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	engine "gameday/internal/load"
	"gameday/probes"
)

// TestProbesConform holds every probe in the list to its contract, while the loads of its example run.
func TestProbesConform(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds().Probes {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			l, env := labtest.Start(t, lab.Options{})
			plan := planExample(t, env, kind.Example)
			if more := labtest.Undeclared(l.Calls(), plan.Permissions()); len(more) > 0 {
				t.Errorf("planning called %v, which the plan does not announce", more)
			}
			drive(t, env, plan.Loads)
			planned, held := len(l.Calls()), 0
			for _, p := range plan.Experiment.Probes {
				if p.Kind.Name == kind.Name {
					(&measuring{t, p.Probe, p.Probe.Scale(), env}).conforms()
					held++
				}
			}
			if held == 0 {
				t.Errorf("the example of %s has no such probe", kind.Name)
			}
			made := l.Calls()[planned:]
			if more := labtest.Undeclared(made, kind.Permissions); len(more) > 0 {
				t.Errorf("measuring called %v, which are not among the Permissions of the kind", more)
			}
			for _, c := range made {
				if wire.Writes(c) {
					t.Errorf("measuring changed the world: %s:%s", c.Service, c.Action)
				}
			}
		})
	}
}

// drive runs the loads of a plan, at a rate that any machine can keep, and has env know them.
func drive(t *testing.T, env *cloud.Env, loads map[string]engine.Spec) {
	t.Helper()
	env.Loads = map[string]engine.Load{}
	for name, spec := range loads {
		spec.Rate = 10
		run, err := engine.Start(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { run.Stop(t.Context()) })
		env.Loads[name] = run
	}
}

// measuring is one probe at work.
type measuring struct {
	*testing.T
	probe probes.Probe
	scale probes.Scale
	env   *cloud.Env
}

func (m *measuring) conforms() {
	if m.scale.Label == "" {
		m.Error("the chart has no label")
	}
	from := time.Now()
	if m.scale.Period > 0 {
		m.record(from)
		return
	}
	labtest.Until(m, "a reading", func() bool { return len(m.measure(from, time.Now())) > 0 })
}

// record holds a probe that asks a record to it: it knows nothing of the future, and says of the past what it said before.
func (m *measuring) record(from time.Time) {
	if r := m.measure(from.Add(time.Hour), from.Add(2*time.Hour)); len(r) > 0 {
		m.Errorf("knows the future: %+v", r)
	}
	m.measure(from.Add(-time.Hour), from.Add(-time.Hour+10*m.scale.Period))
	const tries = 3 // a machine may stop for a moment in which something was about to be recorded
	for try := 1; ; try++ {
		first, again := m.twice(from)
		if reflect.DeepEqual(first, again) {
			return
		}
		if try == tries {
			m.Errorf("measured the same window and got %+v, and then %+v: only what is final may be returned", first, again)
			return
		}
	}
}

// twice measures a window as soon as there are some readings, and that window once more when there are others after it.
func (m *measuring) twice(from time.Time) (first, again []probes.Reading) {
	some := func(n int) (r []probes.Reading) {
		labtest.Until(m, "readings", func() bool {
			r = m.measure(from, time.Now())
			return len(r) >= n
		})
		return r
	}
	first = some(3)
	some(len(first) + 2)
	last := first[len(first)-1]
	return first, m.measure(from, last.At.Add(last.Span))
}

// measure measures a window, and holds every reading to the contract.
func (m *measuring) measure(from, to time.Time) []probes.Reading {
	m.Helper()
	readings, err := m.probe.Measure(labtest.Patience(m), m.env, from, to)
	if err != nil {
		m.Fatalf("measure: %v", err)
	}
	if m.scale.Period == 0 {
		to = time.Now() // it looked after it was asked
	}
	for i, r := range readings {
		if i > 0 && r.At.Before(readings[i-1].At) {
			m.Errorf("readings are not in the order of time: %s comes after %s", r.At, readings[i-1].At)
		}
		if !r.At.Before(to) || r.At.Add(r.Span).Before(from) {
			m.Errorf("asked for [%s, %s), and got a reading of %s from %s on", from, to, r.Span, r.At)
		}
		if m.scale.Period > 0 && r.Span != m.scale.Period {
			m.Errorf("a reading speaks of %s, and the Period of its Scale is %s", r.Span, m.scale.Period)
		}
		m.sensible(r)
	}
	return readings
}

// sensible checks that a value is one of its unit.
func (m *measuring) sensible(r probes.Reading) {
	switch {
	case math.IsNaN(r.Value) || math.IsInf(r.Value, 0):
		m.Errorf("no number: %+v", r)
	case m.scale.Unit == probes.Ratio && (r.Value < 0 || r.Value > 1):
		m.Errorf("a share that is not between 0 and 1: %+v", r)
	case m.scale.Unit == probes.Seconds && r.Value < 0:
		m.Errorf("less than no time: %+v", r)
	case m.scale.Events != (r.Of > 0):
		m.Errorf("Scale().Events is %v, and a reading is of %v events: %+v", m.scale.Events, r.Of, r)
	}
}

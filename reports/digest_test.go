package reports

import (
	"testing"
	"time"
)

func TestWorstIsTheReadingFurthestOutOfBounds(t *testing.T) {
	one, six, ten := 1.0, 6.0, 10.0
	during := func(values ...float64) []Reading {
		readings := []Reading{{Value: 1000, Phase: Baseline}, {Value: -1000, Phase: Recover}, {Value: 1000}}
		for i, v := range values {
			readings = append(readings, Reading{Value: v, Phase: []string{Fault, Undo}[i%2]})
		}
		return readings
	}
	cases := map[string]struct {
		probe Probe
		want  float64
		found bool
	}{
		"above max":         {Probe{Max: &one, Readings: during(0, 3, 2)}, 3, true},
		"below max":         {Probe{Max: &ten, Readings: during(0, 3, 2)}, 3, true},
		"below min":         {Probe{Min: &six, Readings: during(8, 2, 9)}, 2, true},
		"between":           {Probe{Min: &one, Max: &ten, Readings: during(5, 9, 3)}, 9, true},
		"rose":              {Probe{Unchanged: &Unchanged{Baseline: 1, Fault: 2}, Readings: during(1, 2, 3)}, 3, true},
		"fell":              {Probe{Unchanged: &Unchanged{Baseline: 2, Fault: 1}, Readings: during(1, 2, 3)}, 1, true},
		"none in the fault": {Probe{Max: &one, Readings: during()}, 0, false},
	}
	for name, c := range cases {
		if got, found := c.probe.Worst(); got.Value != c.want || found != c.found {
			t.Errorf("%s: got %v, %v; want %v, %v", name, got.Value, found, c.want, c.found)
		}
	}
}

func TestTypicalIsTheMedianOrTheRateOfTheBaseline(t *testing.T) {
	cases := map[string]struct {
		readings []Reading
		want     float64
		found    bool
	}{
		"nothing":       {nil, 0, false},
		"fault only":    {[]Reading{{Value: 3, Phase: Fault}}, 0, false},
		"median":        {[]Reading{{Value: 9, Phase: Baseline}, {Value: 1, Phase: Baseline}, {Value: 2, Phase: Baseline}, {Value: 7, Phase: Fault}}, 2, true},
		"even":          {[]Reading{{Value: 1, Phase: Baseline}, {Value: 2, Phase: Baseline}}, 1.5, true},
		"rate":          {[]Reading{{Value: 0.5, Of: 10, Phase: Baseline}, {Value: 0, Of: 90, Phase: Baseline}}, 0.05, true},
		"rate, no load": {[]Reading{{Value: 0, Phase: Baseline}}, 0, true},
	}
	for name, c := range cases {
		if got, found := (Probe{Readings: c.readings}).Typical(); got != c.want || found != c.found {
			t.Errorf("%s: got %v, %v; want %v, %v", name, got, found, c.want, c.found)
		}
	}
}

func TestRulesAreThoseOfTheFile(t *testing.T) {
	low, high := 0.5, 3.0
	cases := map[string]Probe{
		"max 3s":                          {Unit: "s", Max: &high},
		"min 50%, up to 1m out of bounds": {Unit: "%", Min: &low, Allow: 60},
		"min 0.5, max 3":                  {Min: &low, Max: &high},
		"unchanged (confidence 0.99)":     {Unchanged: &Unchanged{Confidence: 0.99}},
		"unchanged within 50ms (confidence 0.9), must leave its bounds, as proof of the fault": {
			Unit: "s", Unchanged: &Unchanged{Confidence: 0.9, Margin: 0.05}, Proof: true},
	}
	for want, p := range cases {
		if got := p.Rules(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRecoveryIsToldInOneLine(t *testing.T) {
	at := time.Now()
	cases := map[string]*Recovery{
		"The run ended before a recovery could be watched.":                                   nil,
		"Not steady again within 10m.":                                                        {Deadline: 600},
		"Not steady again within 10m: a.b was still 3; c.d has no data.":                      {Deadline: 600, Waiting: []string{"a.b was still 3", "c.d has no data"}},
		"Whether it was steady again within 10m is not known: c.d has no data.":               {Deadline: 600, Unknown: "c.d has no data"},
		"Steady again 14s after the fault began, and by the time that everything was undone.": {Deadline: 600, SteadyAt: &at, SinceFault: 14},
		"Steady again 1m30s after the fault began and 5s after the last undo (allowed: 10m).": {Deadline: 600, SteadyAt: &at, SinceFault: 90, SinceUndone: 5},
	}
	for want, r := range cases {
		if got := r.Text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestValuesHaveAsManyDigitsAsMatter(t *testing.T) {
	cases := []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "", "0"}, {12, "", "12"}, {1.0 / 3, "", "0.3333"}, {123456.7, "", "123457"}, {-2.5, "", "-2.5"},
		{0.00083, "%", "0.083%"}, {1, "%", "100%"}, {0, "%", "0%"},
		{3.2, "s", "3.2s"}, {0.0204567, "s", "20.46ms"}, {90, "s", "1m30s"}, {120, "s", "2m"}, {3600, "s", "1h"}, {36000, "s", "10h"}, {0, "s", "0s"}, {0.000012, "s", "12µs"},
	}
	for _, c := range cases {
		if got := Value(c.value, c.unit); got != c.want {
			t.Errorf("%v %s: got %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

package main

import (
	"testing"
	"time"

	"gameday/experiments"
)

func TestStandingsAreNoOlderThanTheySay(t *testing.T) {
	cases := map[string]experiments.ProbeStatus{
		"-":                                  {},
		"cannot be measured":                 {Blind: true},
		"3%":                                 {Known: true, Value: "3%"},
		"3% (out of bounds)":                 {Known: true, Value: "3%", Out: true},
		"3% (1m10s ago, cannot be measured)": {Known: true, Value: "3%", Age: 70 * time.Second, Blind: true},
	}
	for want, p := range cases {
		if got := standing(p); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

func TestStagesSayWhyTheyGoOn(t *testing.T) {
	cases := map[string]experiments.Status{
		"fault, 12s left": {Phase: "fault", Left: 12 * time.Second},
		"recovery, 12s left: waiting for step 1 to heal": {Phase: "recovery", Left: 12 * time.Second, Waiting: "waiting for step 1 to heal"},
		"baseline: waiting, as a.b has no data":          {Phase: "baseline", Waiting: "waiting, as a.b has no data"},
	}
	for want, s := range cases {
		if got := stage(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gameday/experiments"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/reports"
)

// failures are what may become of an AWS call, those that change something among them.
var failures = map[bool][]wire.Fate{
	true: {
		wire.Refuse(protocol.Throttled), wire.Refuse(protocol.Unavailable), wire.Refuse(protocol.Denied), wire.Refuse(protocol.Expired),
		wire.LostBefore, wire.LostAfter,
	},
	false: {wire.Refuse(protocol.Throttled), wire.Refuse(protocol.Denied), wire.LostAfter},
}

// disturbance is which calls fail how.
type disturbance struct {
	action  string
	n       int // the n-th call of the action
	forever bool
	fate    wire.Fate
}

func (d disturbance) String() string {
	if d.forever {
		return fmt.Sprintf("%s from %d on %s", d.action, d.n, d.fate)
	}
	return fmt.Sprintf("%s %d %s", d.action, d.n, d.fate)
}

func (d disturbance) interceptor() wire.Interceptor {
	matches := func(c wire.Call) bool { return c.Service+":"+c.Action == d.action && !c.DryRun }
	if d.forever {
		return wire.From(d.n, matches, d.fate)
	}
	return wire.Nth(d.n, matches, d.fate)
}

// TestFailureSweep has AWS calls of a run fail, each in every way, once and for ever. What is never to happen is "passed" without
// the fault having been in effect, and something left in effect that the run does not name.
func TestFailureSweep(t *testing.T) {
	onlySweeping(t)
	clean := newSweeping(t)
	r, calls := clean.play(t, nil)
	if r.Verdict != reports.Passed {
		t.Fatal(r.Sentence)
	}
	cases := disturbances(calls)
	for _, d := range cases {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			newSweeping(t).disturb(t, d)
		})
	}
	t.Logf("failed %d times", len(cases))
}

// disturbances lists how to disturb the calls of a run: of those that change something every one, of every other action
// the first and the last.
func disturbances(calls []wire.Call) []disturbance {
	var all []disturbance
	count, writes := map[string]int{}, map[string]bool{}
	for _, c := range calls {
		action := c.Service + ":" + c.Action
		count[action]++
		writes[action] = wire.Writes(c)
		if !writes[action] && count[action] > 1 {
			continue
		}
		for _, fate := range failures[writes[action]] {
			all = append(all, disturbance{action, count[action], false, fate}, disturbance{action, count[action], true, fate})
		}
		if writes[action] {
			all = append(all, disturbance{action, count[action], false, wire.HungAfter})
		}
	}
	for _, action := range slices.Sorted(maps.Keys(count)) {
		if n := count[action]; n > 1 && !writes[action] {
			for _, fate := range failures[false] {
				all = append(all, disturbance{action, n, false, fate})
			}
		}
	}
	return all
}

func (s *sweeping) disturb(t *testing.T, d disturbance) {
	r, _ := s.play(t, d.interceptor())
	left := pending(t, s.played())
	if r.Verdict == reports.Passed {
		for _, step := range r.Steps {
			if step.State != reports.StepUndone || step.Done == nil {
				t.Errorf("passed, and step %d is %s, done %v", step.N, step.State, step.Done)
			}
		}
	}
	if (r.Verdict == reports.NotRolledBack) != (len(left) > 0) {
		t.Errorf("%s, with %d changes pending", r.Sentence, len(left))
	}
	s.lab.Intercept(nil)
	if r.Verdict != reports.NotRolledBack {
		s.restored(t)
		return
	}
	for _, u := range left {
		if !strings.Contains(r.Sentence+strings.Join(r.Reasons, "\n"), u.Step) || len(u.Manual) == 0 {
			t.Errorf("%s\n%v\ndoes not name %s, or how to undo it by hand", r.Sentence, r.Reasons, u.Step)
		}
	}
	if err := experiments.Rollback(t.Context(), s.env(t), kinds(), s.played(), func(string) {}); err != nil {
		t.Errorf("rollback once AWS is well again: %v", err)
	}
	s.restored(t)
}

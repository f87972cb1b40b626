package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/internal/journal"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/labtest"
	"gameday/reports"
)

// abandoned plays a run that cannot undo anything: AWS denies every change once all is in effect, and the undo command fails.
func (s *sweeping) abandoned(t *testing.T) *reports.Result {
	t.Helper()
	held := s.file + ".held"
	if err := os.WriteFile(held, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	env := s.env(t)
	env.Undo = 500 * time.Millisecond
	plan := s.plan(t, env)
	s.lab.Intercept(func(c wire.Call) wire.Fate {
		if wire.Writes(c) && !c.DryRun && s.did(len(plan.Steps)) {
			return wire.Refuse(protocol.Denied)
		}
		return wire.Pass
	})
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played()})
	s.lab.Intercept(nil)
	if err := errors.Join(err, os.Remove(held)); err != nil {
		t.Fatal(err)
	}
	return r
}

// did reports whether so many steps are in effect, or were.
func (s *sweeping) did(steps int) bool {
	records, _ := journal.Read(s.played()) // it may be being written
	for _, r := range records {
		if r.Type == journal.TypeDid {
			steps--
		}
	}
	return steps <= 0
}

// TestAPersonCanFinishWhatARunHasLeft pastes what the report of a run says that could not undo anything.
func TestAPersonCanFinishWhatARunHasLeft(t *testing.T) {
	labtest.NeedsCLI(t)
	t.Parallel()
	s := newSweeping(t)
	r := s.abandoned(t)
	remedies := r.Remedies()
	if left := pending(t, s.played()); r.Verdict != reports.NotRolledBack || len(left) != len(r.Steps) || len(remedies) != 2 {
		t.Fatalf("%s\n%d pending, %q", r.Sentence, len(left), remedies)
	}
	for _, reason := range r.Reasons {
		if strings.Contains(reason, "RequestID") || strings.Contains(reason, "aws ") {
			t.Errorf("more than what is left and why: %s", reason)
		}
	}
	labtest.Paste(t, s.lab, remedies[0].Lines)
	s.restored(t)
	writes := len(changes(s.lab.Calls()))
	if err := experiments.Rollback(t.Context(), s.env(t), kinds(), s.played(), func(string) {}); err != nil {
		t.Errorf("rollback after it: %v", err)
	}
	if more := changes(s.lab.Calls())[writes:]; len(more) > 0 || len(pending(t, s.played())) > 0 {
		t.Errorf("it was not done: rollback made the calls %v", more)
	}
}

// TestAPersonCanSettleAConflict takes both choices where somebody else has changed the target of a fault.
func TestAPersonCanSettleAConflict(t *testing.T) {
	labtest.NeedsCLI(t)
	t.Parallel()
	for _, h := range hands {
		if !*sweep && h.inject == "packets" { // it is the same network ACL as in "address"
			continue
		}
		for choice, name := range []string{"as it was", "as it is"} {
			t.Run(h.inject+" "+name, func(t *testing.T) {
				t.Parallel()
				s := newSweeping(t)
				env := s.env(t)
				plan := s.plan(t, env, h.inject)
				back := func() {}
				s.lab.Intercept(wire.Nth(1, func(c wire.Call) bool { return c.Action == h.action && !c.DryRun }, wire.Pass.Then(func(wire.Call) {
					back = h.change(t, s, labtest.As(t, s.lab, wire.OtherKey))
				})))
				r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played()})
				if err != nil {
					t.Fatal(err)
				}
				theirs := s.lab.Snapshot()[h.resource(s)][h.fact]
				remedies := r.Remedies()
				if len(remedies) != 3 {
					t.Fatalf("%s\n%q", r.Sentence, remedies)
				}
				labtest.Paste(t, s.lab, remedies[choice].Lines)
				now := s.lab.Snapshot()[h.resource(s)][h.fact]
				if kept := now == theirs; kept != (choice == 1) {
					t.Errorf("somebody made the %s %q, and now it is %q", h.fact, theirs, now)
				}
				if err := experiments.Rollback(t.Context(), s.env(t), kinds(), s.played(), func(string) {}); err != nil {
					t.Errorf("rollback after it: %v", err)
				}
				back()
				s.restored(t)
			})
		}
	}
}

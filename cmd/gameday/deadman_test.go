package main

import (
	"os"
	"strings"
	"sync"
	"testing"

	"gameday/experiments"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/labtest"
	"gameday/reports"
)

// insured plays a run of one fault whose end is left with AWS.
func (s *sweeping) insured(t *testing.T, i wire.Interceptor) *reports.Result {
	t.Helper()
	source, err := os.ReadFile("testdata/sweep.hcl")
	if err != nil {
		t.Fatal(err)
	}
	vars := s.vars()
	vars["dead_man"], vars["dead_man_role"] = "aws", "arn:aws:iam::123456789012:role/gameday-dead-man"
	file, diags := experiments.Parse("sweep.hcl", source, experiments.Options{Kinds: kinds(), Speed: 1, Vars: vars})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	x, env := file.Experiments[0], s.env(t)
	x.Injects = x.Injects[3:4] // nat_cutoff
	plan, err := experiments.MakePlan(t.Context(), env, file, x, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.lab.Intercept(i)
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestASwitchIsDisarmedBeforeItsStepIsUndone matters to whoever has the target next: from "undone" on nobody comes back for the step,
// and a switch that is left armed would end their fault instead.
func TestASwitchIsDisarmedBeforeItsStepIsUndone(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	disarmed := 0
	s.insured(t, func(c wire.Call) wire.Fate {
		if c.Action == "DeleteSchedule" {
			disarmed++
			if len(pending(t, s.played())) == 0 {
				t.Error("the step is called undone while its switch is armed")
			}
		}
		return wire.Pass
	})
	if disarmed == 0 {
		t.Error("nothing was disarmed")
	}
	labtest.Restored(t, s.lab, s.before)
}

// TestAStepIsNotUndoneWhileItsSwitchIsArmed has AWS refuse to take the schedule back: to the run, and at first to the rollback.
func TestAStepIsNotUndoneWhileItsSwitchIsArmed(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	refuse := func(c wire.Call) wire.Fate {
		if c.Action == "DeleteSchedule" {
			return wire.Refuse(protocol.Denied)
		}
		return wire.Pass
	}
	r := s.insured(t, refuse)
	if r.Verdict != reports.NotRolledBack || !strings.Contains(strings.Join(r.Steps[0].Manual, "\n"), "list-schedules --name-prefix gameday-run-1-1- ") {
		t.Errorf("%s\n%q", r.Sentence, r.Steps[0].Manual)
	}
	if len(pending(t, s.played())) == 0 {
		t.Error("the step is called undone while its switch is armed")
	}
	s.lab.Intercept(wire.Nth(1, func(c wire.Call) bool { return c.Action == "DeleteSchedule" }, wire.Refuse(protocol.Denied)))
	if err := experiments.Rollback(t.Context(), s.env(t), kinds(), s.played(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if left := s.lab.World.Schedules(); len(left) > 0 {
		t.Errorf("still armed: %v", left)
	}
	labtest.Restored(t, s.lab, s.before)
}

// TestWhatSeemedNotToBeArmedIsDisarmed has AWS keep a schedule of which the run never hears.
func TestWhatSeemedNotToBeArmedIsDisarmed(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	asked := 0
	s.insured(t, func(c wire.Call) wire.Fate {
		switch {
		case c.Action != "CreateSchedule":
			return wire.Pass
		case asked == 0:
			asked++
			return wire.LostAfter
		}
		return wire.Refuse(protocol.Denied) // to the second attempt, by which it would find out
	})
	for _, left := range s.lab.World.Schedules() {
		t.Errorf("still armed: %s", left.Name)
	}
	labtest.Restored(t, s.lab, s.before)
}

// TestARunThatWasHeldUpSaysThatAWSEndedItsFault has AWS believe that the run is lost, by keeping every sign of life from it.
func TestARunThatWasHeldUpSaysThatAWSEndedItsFault(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	r := s.insured(t, func(c wire.Call) wire.Fate {
		if c.Action == "ReplaceRouteTableAssociation" { // the fault is about to be in effect: the machine falls asleep, and AWS acts
			for _, armed := range s.lab.World.Schedules() {
				if err := s.lab.World.DeleteSchedule(armed.Group, armed.Name, ""); err != nil {
					t.Error(err)
				}
			}
		}
		return wire.Pass
	})
	if r.Verdict != reports.Inconclusive || !strings.Contains(strings.Join(r.Reasons, "\n"), "AWS ended the fault of step 1 on its own") {
		t.Errorf("%s: %q", r.Verdict, r.Reasons)
	}
	labtest.Restored(t, s.lab, s.before)
}

// TestAConflictDisarmsTheSwitch matters to whoever has changed the target meanwhile: AWS would put it back over their head.
func TestAConflictDisarmsTheSwitch(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	somebody := labtest.As(t, s.lab, wire.OtherKey)
	change := sync.OnceFunc(func() { otherTable(t, s, somebody) })
	swapped := func(c wire.Call) bool { return c.Action == "ReplaceRouteTableAssociation" }
	r := s.insured(t, wire.Nth(1, swapped, wire.Pass.Then(func(wire.Call) { change() })))
	if r.Verdict != reports.NotRolledBack || !strings.Contains(r.Sentence, "somebody else has changed") {
		t.Errorf("%s", r.Sentence)
	}
	if left := s.lab.World.Schedules(); len(left) > 0 {
		t.Errorf("still armed: %v", left)
	}
}

// TestAScanDisarmsTheSwitch matters to whoever has the targets after a machine was lost, journal and all.
func TestAScanDisarmsTheSwitch(t *testing.T) {
	t.Parallel()
	s := newSweeping(t)
	ties := 0
	r := s.insured(t, func(c wire.Call) wire.Fate {
		if c.Action == "ReplaceRouteTableAssociation" {
			if ties++; ties > 1 {
				return wire.Refuse(protocol.Denied)
			}
		}
		return wire.Pass
	})
	if r.Verdict != reports.NotRolledBack || len(s.lab.World.Schedules()) == 0 {
		t.Fatalf("%s", r.Sentence)
	}
	s.lab.Intercept(nil)
	found, err := experiments.Scan(t.Context(), s.env(t), kinds())
	if err != nil {
		t.Fatal(err)
	}
	if err := experiments.RollbackFound(t.Context(), s.env(t), found, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if left := s.lab.World.Schedules(); len(left) > 0 {
		t.Errorf("still armed: %v", left)
	}
	labtest.Restored(t, s.lab, s.before)
}

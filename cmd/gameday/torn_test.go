package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"gameday/experiments"
	"gameday/internal/journal"
	"gameday/internal/labtest"
)

// TestAJournalTornAtAnyByteIsRolledBack has runs die with their fault in effect and their journal torn, each at another byte, and a
// rollback make of that what it can: everything.
func TestAJournalTornAtAnyByteIsRolledBack(t *testing.T) {
	t.Parallel()
	newSweeping(t).torn(t, "file")
}

// TestTornSweep does the same with faults on AWS, those that are in effect and undone in a moment.
func TestTornSweep(t *testing.T) {
	onlySweeping(t)
	var cases atomic.Int64
	t.Cleanup(func() { t.Logf("torn %d times", cases.Load()) })
	for _, inject := range []string{"file", "routes", "packets", "address"} {
		t.Run(inject, func(t *testing.T) {
			t.Parallel()
			cases.Add(int64(newSweeping(t).torn(t, inject)))
		})
	}
}

// torn returns how often it has torn the journal.
func (s *sweeping) torn(t *testing.T, inject string) int {
	t.Helper()
	env := s.env(t)
	step := s.plan(t, env, inject).Steps[0]
	text, announced := s.journal(t, step)
	for at := range text { // without its last byte, the last line says nothing either
		env.RunID = fmt.Sprintf("run-%d", 1000+at)
		dir := filepath.Join(s.dir, "runs", env.RunID)
		tear(t, dir, bytes.ReplaceAll(text, []byte("run-0000"), []byte(env.RunID))[:at])
		if at >= announced {
			if err := step.Step.Do(labtest.Patience(t), env); err != nil {
				t.Fatal(err)
			}
		}
		if err := experiments.Rollback(labtest.Patience(t), env, kinds(), dir, func(string) {}); err != nil {
			t.Fatalf("torn at byte %d: %v", at, err)
		}
		if left := pending(t, dir); len(left) > 0 {
			t.Fatalf("torn at byte %d: still pending: %v", at, left)
		}
		s.restored(t)
	}
	return len(text)
}

// journal is what a run writes that does a step and undoes it at the second attempt, and where the line ends that announces
// the step.
func (s *sweeping) journal(t *testing.T, step experiments.PlannedStep) (text []byte, announced int) {
	t.Helper()
	dir := filepath.Join(s.dir, "runs", "run-0000")
	j, err := journal.Create(dir, journal.Begin{Run: "run-0000"})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(j.Will(1, step.Inject.Kind.Name, step.Step, false), j.Did(1), j.UndoFailed(1, errors.New("throttled")), j.Undone(1), j.Close())
	if err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(filepath.Join(dir, journal.File))
	if err != nil {
		t.Fatal(err)
	}
	return text, bytes.Index(text, []byte(`{"seq":3`))
}

// tear leaves text of the journal in dir.
func tear(t *testing.T, dir string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, journal.File), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

package experiments

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/claim"
	"gameday/internal/journal"
	"gameday/reports"
)

// TestWhatTheJournalCallsPendingStaysClaimed has a run know that its step is undone, and a journal that could not be told, on a
// full disk for instance: a rollback may yet come for the target.
func TestWhatTheJournalCallsPendingStaysClaimed(t *testing.T) {
	for _, told := range []bool{false, true} {
		claims, dir := t.TempDir(), filepath.Join(t.TempDir(), "run-1")
		plan := &Plan{Targets: []injectors.Target{{ID: "i-1"}}}
		held, err := claimTargets(plan, RunOptions{ID: "run-1", Dir: dir, Claims: claims})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.Create(dir, journal.Begin{Run: "run-1"})
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		err = j.Will(1, "file", &fileStep{}, false)
		if told && err == nil {
			err = j.Undone(1)
		}
		if err != nil {
			t.Fatal(err)
		}
		x := &execution{claims: held, journal: j, options: RunOptions{Dir: dir}, steps: []stepState{{state: reports.StepUndone}}}
		x.releaseTargets()
		next, err := claimTargets(plan, RunOptions{ID: "run-2", Dir: dir + "2", Claims: claims})
		if told != (err == nil) {
			t.Errorf("told: %v, claimed by the next run: %v", told, err)
		}
		if !told && (err == nil || !strings.Contains(err.Error(), "gameday rollback")) {
			t.Errorf("got %v", err)
		}
		if err == nil {
			if err := next.Release(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestAClaimWithoutAJournalSaysHowToGoOn is about a run that died before it had a journal, or whose folder was thrown away.
func TestAClaimWithoutAJournalSaysHowToGoOn(t *testing.T) {
	claims := t.TempDir()
	plan := &Plan{Targets: []injectors.Target{{ID: "i-1"}}}
	dead, err := claim.Take(claims, claim.Owner{Run: "run-1", Folder: filepath.Join(t.TempDir(), "gone")}, distinct(plan.Targets), cleared)
	if err == nil {
		err = dead.Abandon()
	}
	if err != nil {
		t.Fatal(err)
	}
	o := RunOptions{ID: "run-2", Dir: filepath.Join(t.TempDir(), "run-2"), Claims: claims}
	_, err = claimTargets(plan, o)
	_, file, told := strings.Cut(err.Error(), "remove ")
	if !told {
		t.Fatalf("got %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := claimTargets(plan, o); err != nil {
		t.Error(err)
	}
}

package experiments

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/journal"
)

// fileStep is a step that lives outside this process, as AWS does: it makes a file, and undoing removes it.
type fileStep struct{ Path string }

func (s *fileStep) String() string { return "make " + s.Path }

func (s *fileStep) Do(context.Context, *cloud.Env) error { return os.WriteFile(s.Path, nil, 0o600) }

func (s *fileStep) Undo(context.Context, *cloud.Env) error {
	if err := os.Remove(s.Path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (s *fileStep) Describe() injectors.Description {
	return injectors.Description{Undo: "remove it", Manual: []string{"rm " + s.Path}}
}

func fileKinds() Kinds {
	return Kinds{Injectors: []injectors.Kind{{Name: "file", Step: func() injectors.Step { return &fileStep{} }}}}
}

// crash leaves the journal of a run that died with its steps in effect.
func crash(t *testing.T, dir string, b journal.Begin, steps ...*fileStep) {
	t.Helper()
	j, err := journal.Create(dir, b)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range steps {
		if err := errors.Join(j.Will(i+1, "file", s, false), s.Do(t.Context(), nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRollbackFinishesWhatACrashLeft(t *testing.T) {
	runs := t.TempDir()
	a, b := &fileStep{filepath.Join(runs, "a")}, &fileStep{filepath.Join(runs, "b")}
	crash(t, filepath.Join(runs, "run-1"), journal.Begin{Run: "run-1"}, a, b)

	left, err := Leftovers(runs, fileKinds())
	if err != nil || len(left) != 1 || len(left[0].Pending) != 2 || left[0].Alive {
		t.Fatalf("leftovers %+v, %v", left, err)
	}
	if left[0].Pending[0].N != 2 {
		t.Errorf("step %d comes first, want the latest", left[0].Pending[0].N)
	}
	for range 2 { // a second time is harmless
		if err := Rollback(t.Context(), fakeEnv(), fileKinds(), left[0].Dir, func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*fileStep{a, b} {
		if _, err := os.Stat(s.Path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", s.Path)
		}
	}
	if left, err := Leftovers(runs, fileKinds()); err != nil || len(left) != 0 {
		t.Errorf("leftovers after the rollback: %+v, %v", left, err)
	}
}

func TestRollbackGoesOnAfterAFailure(t *testing.T) {
	runs := t.TempDir()
	good, bad := &fileStep{filepath.Join(runs, "good")}, &fileStep{filepath.Join(runs, "bad")}
	crash(t, filepath.Join(runs, "run-1"), journal.Begin{Run: "run-1"}, good, bad)
	if err := errors.Join(os.Remove(bad.Path), os.MkdirAll(filepath.Join(bad.Path, "full"), 0o700)); err != nil {
		t.Fatal(err)
	}
	env := fakeEnv()
	env.Undo = time.Second
	if err := Rollback(t.Context(), env, fileKinds(), filepath.Join(runs, "run-1"), func(string) {}); err == nil {
		t.Error("a folder that is not empty was removed")
	}
	if _, err := os.Stat(good.Path); !errors.Is(err, os.ErrNotExist) {
		t.Error("one failed undo kept the other from being tried")
	}
	left, err := Leftovers(runs, fileKinds())
	if err != nil || len(left) != 1 || len(left[0].Pending) != 1 || left[0].Pending[0].N != 2 {
		t.Errorf("leftovers %+v, %v", left, err)
	}
}

func TestLiveRunIsNotRolledBack(t *testing.T) {
	runs := t.TempDir()
	dir := filepath.Join(runs, "run-1")
	j, err := journal.Create(dir, journal.Begin{Run: "run-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Will(1, "file", &fileStep{filepath.Join(runs, "a")}, false); err != nil {
		t.Fatal(err)
	}
	if left, err := Leftovers(runs, fileKinds()); err != nil || len(left) != 1 || !left[0].Alive {
		t.Errorf("leftovers %+v, %v", left, err)
	}
	if err := Rollback(t.Context(), fakeEnv(), fileKinds(), dir, func(string) {}); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("rolled back under the feet of a live run: %v", err)
	}
}

func TestRunsAgainstALabLeaveNothing(t *testing.T) {
	runs := t.TempDir()
	crash(t, filepath.Join(runs, "run-1"), journal.Begin{Run: "run-1", Lab: true}, &fileStep{filepath.Join(runs, "a")})
	if left, err := Leftovers(runs, fileKinds()); err != nil || len(left) != 0 {
		t.Errorf("leftovers %+v, %v", left, err)
	}
}

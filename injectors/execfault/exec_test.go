package execfault

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
)

var env = &cloud.Env{RunID: "run-1", Log: slog.New(slog.DiscardHandler)}

// planned plans e in a scratch directory and reads its step back from JSON, as a later process would.
func planned(t *testing.T, e Exec) injectors.Step {
	t.Helper()
	if e.Timeout == "" {
		e.Timeout = "1m"
	}
	plan, err := e.Plan(t.Context(), env, injectors.Scope{Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(plan.Steps[0])
	if err != nil {
		t.Fatal(err)
	}
	back := Kind().Step()
	if err := json.Unmarshal(line, back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, plan.Steps[0]) {
		t.Fatalf("came back as %+v, was %+v", back, plan.Steps[0])
	}
	return back
}

func TestWhatOneCommandDoesTheOtherUndoes(t *testing.T) {
	dir := t.TempDir()
	step := planned(t, Exec{
		Do:   []string{"sh", "-c", `touch "$WHAT-$GAMEDAY_RUN_ID-$GAMEDAY_STEP"`},
		Undo: []string{"sh", "-c", `rm -f "$WHAT-$GAMEDAY_RUN_ID-$GAMEDAY_STEP"`},
		Env:  map[string]string{"WHAT": "flag"},
		Dir:  dir,
	})
	flags := func() []string {
		found, err := filepath.Glob(filepath.Join(dir, "flag-run-1-????????"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if err := step.Undo(t.Context(), env); err != nil {
		t.Fatalf("undo before do: %v", err)
	}
	if err := step.Do(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	if len(flags()) != 1 {
		t.Fatalf("after do: %v", flags())
	}
	for range 2 {
		if err := step.Undo(t.Context(), env); err != nil {
			t.Fatal(err)
		}
		if len(flags()) != 0 {
			t.Fatalf("after undo: %v", flags())
		}
	}
}

func TestWithoutUndoItCannotBeTakenBack(t *testing.T) {
	step := planned(t, Exec{Do: []string{"true"}})
	if step.Describe().Irreversible == "" {
		t.Error("the plan would not say that it cannot be taken back")
	}
	if err := step.Undo(t.Context(), env); !errors.Is(err, injectors.ErrStays) {
		t.Errorf("undo: %v", err)
	}
}

func TestAFailureSaysWhy(t *testing.T) {
	step := planned(t, Exec{Do: []string{"sh", "-c", "echo the disk is full >&2; exit 3"}, Description: "fill the disk"})
	err := step.Do(t.Context(), env)
	if err == nil {
		t.Fatal("an exit code of 3 was taken for success")
	}
	for _, part := range []string{"fill the disk", "exit status 3", "the disk is full"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestACommandIsKilledAtItsTimeout(t *testing.T) {
	step := planned(t, Exec{Do: []string{"sleep", "600"}, Timeout: "100ms"})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := step.Do(ctx, env); err == nil || ctx.Err() != nil {
		t.Fatalf("error %v, context %v", err, ctx.Err())
	}
}

func TestAMissingProgramShowsBeforeTheFault(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "fault.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	scope := injectors.Scope{Rand: rand.New(rand.NewPCG(1, 2))}
	good := Exec{Do: []string{"./fault.sh"}, Dir: dir}
	if _, err := good.Plan(t.Context(), env, scope); err != nil {
		t.Errorf("a script beside the directory's other files: %v", err)
	}
	bad := Exec{Do: []string{"./fault.sh"}, Undo: []string{"./no-such.sh"}, Dir: dir}
	if _, err := bad.Plan(t.Context(), env, scope); err == nil || !strings.Contains(err.Error(), "no-such.sh") {
		t.Errorf("missing undo program: %v", err)
	}
}

func TestByHandMeansExactlyThis(t *testing.T) {
	dir := t.TempDir()
	step := planned(t, Exec{
		Do:   []string{"true"},
		Undo: []string{"sh", "-c", `printf '%s' "$WHAT $GAMEDAY_STEP" > "it's done"`},
		Env:  map[string]string{"WHAT": "two words"},
		Dir:  dir,
	})
	byHand := injectors.Step(&Step{Command: []string{"sh", "-c", strings.Join(step.Describe().Manual, "\n")}, Timeout: "1m", Dir: "/"})
	if err := byHand.Do(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "it's done"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "two words " + step.(*Step).ID; string(got) != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestCommandsThatCannotBeRun(t *testing.T) {
	tests := []struct {
		name string
		exec Exec
		want []string // the guilty attributes
	}{
		{"one is enough", Exec{Do: []string{"true"}, Timeout: "1s"}, nil},
		{"none is not", Exec{Timeout: "1s"}, []string{"do"}},
		{"no undo is not an empty one", Exec{Do: []string{"true"}, Undo: []string{}, Timeout: "1s"}, []string{"undo"}},
		{"it takes time", Exec{Do: []string{"true"}, Timeout: "0s"}, []string{"timeout"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range test.exec.Validate() {
				got = append(got, p.Attr)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("guilty: %q, want %q", got, test.want)
			}
		})
	}
}

var _ attr.Validator = (*Exec)(nil)

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	labworld "gameday/internal/lab/world"
	"gameday/internal/labtest"
	"gameday/reports"
)

// The sweeps go through all the moments at which something may go wrong with a run, and look each time whether
// everything is as it was. They take minutes, most of which is waiting: -sweep -parallel 16.

// TestEveryHeldFaultIsSwept: a fault that lasts until it is undone is one that a run may leave behind.
func TestEveryHeldFaultIsSwept(t *testing.T) {
	source, err := os.ReadFile("testdata/sweep.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds().Injectors {
		if kind.Name == "load_spike" {
			continue // its requests end with the process that sends them, so no moment of a run leaves any behind
		}
		if kind.Held && !strings.Contains(string(source), fmt.Sprintf("inject %q ", kind.Name)) {
			t.Errorf("%s is held until it is undone, and testdata/sweep.hcl does not inject it", kind.Name)
		}
	}
}

func onlySweeping(t *testing.T) {
	t.Helper()
	if !*sweep {
		t.Skip("takes minutes: -sweep")
	}
	t.Parallel()
}

// sweeping is the account of one case, as it was before.
type sweeping struct {
	*machine
	before labworld.Snapshot
	file   string // of the exec injector
}

func newSweeping(t *testing.T) *sweeping {
	t.Helper()
	m := newMachine(t, lab.Options{Topology: "testdata/sweep_topology.hcl"})
	source, err := os.ReadFile("testdata/sweep.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "sweep.hcl"), source, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &sweeping{machine: m, file: filepath.Join(m.dir, "fault")}
	s.before = m.lab.Snapshot()
	return s
}

func (s *sweeping) vars() map[string]string {
	return map[string]string{"instance": s.lab.World.Instances()[0].ID, "file": s.file}
}

// command is what an operator would type to run the experiment.
func (s *sweeping) command(vars ...string) []string {
	args := []string{"run", "--yes", "--seed", "1", "sweep.hcl"}
	for name, value := range s.vars() {
		vars = append(vars, name+"="+value)
	}
	for _, v := range vars {
		args = append(args, "--var", v)
	}
	return args
}

// restored waits until nothing of the fault is left.
func (s *sweeping) restored(t *testing.T) {
	t.Helper()
	labtest.Restored(t, s.lab, s.before)
	labtest.Until(t, "the file to be gone", func() bool {
		_, err := os.Stat(s.file)
		return errors.Is(err, os.ErrNotExist)
	})
}

// play plans and runs the experiment in this process, with AWS disturbed once it is planned, and returns the calls since then.
func (s *sweeping) play(t *testing.T, i wire.Interceptor) (*reports.Result, []wire.Call) {
	t.Helper()
	return s.playUntil(t.Context(), t, i)
}

func (s *sweeping) playUntil(ctx context.Context, t *testing.T, i wire.Interceptor) (*reports.Result, []wire.Call) {
	t.Helper()
	env := s.env(t)
	plan := s.plan(t, env)
	planned := len(s.lab.Calls())
	s.lab.Intercept(i)
	r, err := experiments.Run(ctx, env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played()})
	if err != nil {
		t.Fatal(err)
	}
	return r, s.lab.Calls()[planned:]
}

// plan plans the experiment, with all its injects or only the named ones.
func (s *sweeping) plan(t *testing.T, env *cloud.Env, only ...string) *experiments.Plan {
	t.Helper()
	source, err := os.ReadFile("testdata/sweep.hcl")
	if err != nil {
		t.Fatal(err)
	}
	file, diags := experiments.Parse("sweep.hcl", source, experiments.Options{Kinds: kinds(), Speed: 1, Vars: s.vars()})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	x := file.Experiments[0]
	if len(only) > 0 {
		x.Injects = slices.DeleteFunc(x.Injects, func(i experiments.Inject) bool { return !slices.Contains(only, i.Name) })
	}
	plan, err := experiments.MakePlan(t.Context(), env, file, x, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// played is the folder of the run that play makes.
func (s *sweeping) played() string { return filepath.Join(s.dir, "runs", "run-1") }

// env is the lab as the run sees it, with little patience.
func (s *sweeping) env(t *testing.T) *cloud.Env {
	t.Helper()
	env := labtest.As(t, s.lab, s.lab.Environment()["AWS_ACCESS_KEY_ID"])
	env.Undo, env.Poll = 10*time.Second, 50*time.Millisecond
	return env
}

// changes are the calls that change something.
func changes(calls []wire.Call) []wire.Call {
	return slices.DeleteFunc(calls, func(c wire.Call) bool { return !wire.Writes(c) })
}

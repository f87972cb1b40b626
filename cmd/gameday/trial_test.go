package main

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	labworld "gameday/internal/lab/world"
	"gameday/internal/labtest"
	traffic "gameday/internal/load"
)

// trial is one kind of fault in a lab of its own.
type trial struct {
	*testing.T
	kind     injectors.Kind
	injector injectors.Injector
	lab      *lab.Lab
	env      *cloud.Env
	before   labworld.Snapshot
	steps    []injectors.Step // of the last plan
	seen     []wire.Call      // while steps were rehearsed, done and undone
	runs     int
}

func newTrial(t *testing.T, kind injectors.Kind) *trial {
	if kind.New == nil || kind.Step == nil {
		t.Fatalf("Kind() of %s needs both New and Step: an injector to decode into, and a step to read back from the journal", kind.Name)
	}
	file, diags := experiments.Parse("example.hcl", []byte(kind.Example), experiments.Options{Kinds: kinds(), Speed: 1})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	injects := file.Experiments[0].Injects
	at := slices.IndexFunc(injects, func(i experiments.Inject) bool { return i.Kind.Name == kind.Name })
	if at < 0 {
		t.Fatalf("the example of %s has no such inject", kind.Name)
	}
	askForTwo(injects[at].Injector)
	x := &trial{T: t, kind: kind, injector: injects[at].Injector}
	x.lab, x.env = labtest.Start(t, lab.Options{})
	x.env.Poll = 50 * time.Millisecond
	x.before = x.lab.Snapshot()
	x.env.Loads = loads(t, x.env, file.Experiments[0].Loads)
	return x
}

// loads are those of an example under way, at a rate that any machine can send.
func loads(t *testing.T, env *cloud.Env, written []experiments.Load) map[string]traffic.Load {
	running := map[string]traffic.Load{}
	for _, w := range written {
		url, err := elb.ListenerURL(t.Context(), env, w.LoadBalancer)
		if err != nil {
			t.Fatal(err)
		}
		run, err := traffic.Start(t.Context(), traffic.Spec{URL: url, Rate: 5, Connections: w.Connections})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { run.Stop(labtest.Patience(t)) })
		running[w.Name] = run
	}
	return running
}

// askForTwo has a kind that takes a number of targets plan a step for each of two.
func askForTwo(i injectors.Injector) {
	v := reflect.ValueOf(i).Elem()
	for n := range v.NumField() {
		if number, ok := v.Field(n).Addr().Interface().(**int); ok && v.Type().Field(n).Tag.Get("hcl") == "count,optional" {
			two := 2
			*number = &two
		}
	}
}

// calls are those that f makes, all of which have to be among the permissions.
func (x *trial) calls(what string, permissions []string, f func()) []wire.Call {
	x.Helper()
	mark := len(x.lab.Calls())
	f()
	made := x.lab.Calls()[mark:]
	if more := labtest.Undeclared(made, permissions); len(more) > 0 {
		x.Errorf("%s called %v, which is not announced", what, more)
	}
	return made
}

// harmless fails where calls changed anything.
func (x *trial) harmless(what string, made []wire.Call) {
	x.Helper()
	for _, c := range made {
		if wire.Writes(c) {
			x.Errorf("%s changed the world: %s:%s", what, c.Service, c.Action)
		}
	}
}

func (x *trial) do(steps []injectors.Step) {
	x.Helper()
	for _, step := range steps {
		if r, ok := step.(injectors.Rehearser); ok {
			x.harmless("the rehearsal", x.acts("rehearse", step, func() error { return r.Rehearse(labtest.Patience(x), x.env) }))
		}
		if i, ok := step.(injectors.Insurer); ok {
			x.acts("insure", step, func() error {
				_, err := i.Insure(labtest.Patience(x), x.env)
				return err
			})
		}
		x.acts("do", step, func() error { return step.Do(labtest.Patience(x), x.env) })
	}
}

// undo undoes the steps in reverse, as a run does.
func (x *trial) undo(what string, steps []injectors.Step) []wire.Call {
	x.Helper()
	var made []wire.Call
	for _, step := range slices.Backward(steps) {
		made = append(made, x.acts(what, step, func() error { return step.Undo(labtest.Patience(x), x.env) })...)
	}
	return made
}

// acts returns the calls of something that a step does, which are to be among those that it announced.
func (x *trial) acts(what string, step injectors.Step, f func() error) []wire.Call {
	x.Helper()
	made := x.calls(what+" of "+step.String(), step.Describe().Permissions, func() {
		if err := f(); err != nil {
			x.Fatalf("%s of %s: %v", what, step, err)
		}
	})
	x.seen = append(x.seen, made...)
	return made
}

// reversible reports whether all steps can be taken back.
func (x *trial) reversible() bool {
	return !slices.ContainsFunc(x.steps, func(s injectors.Step) bool { return s.Describe().Irreversible != "" })
}

func (x *trial) scan() []injectors.Step {
	all, err := x.kind.Scan(labtest.Patience(x), x.env)
	if err != nil {
		x.Fatal(err)
	}
	var found []injectors.Step
	for _, f := range all {
		if f.Run == x.env.RunID {
			found = append(found, f.Step)
		}
	}
	return found
}

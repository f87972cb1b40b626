package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/reports"
)

var (
	update = flag.Bool("update", false, "write what is generated of the kinds' pages and of the guides")
	sweep  = flag.Bool("sweep", false, "run the example of every kind")
)

// soon bounds what must happen in the lab; it is never waited for in full.
const soon = 2 * time.Minute

func startLab(t *testing.T, o lab.Options) (*lab.Lab, *cloud.Env) {
	t.Helper()
	l, err := lab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	env, err := openLab(t.Context(), l, nil)
	if err != nil {
		t.Fatal(err)
	}
	env.RunID = "conformance"
	return l, env
}

// planExample plans the example of a kind.
func planExample(t *testing.T, env *cloud.Env, example string) *experiments.Plan {
	t.Helper()
	o := experiments.Options{Kinds: kinds(), Speed: 2}
	if strings.Contains(example, `variable "rate"`) {
		o.Vars = map[string]string{"rate": "50/s"} // the tests may run on a small machine, under the race detector
	}
	file, diags := experiments.Parse("example.hcl", []byte(example), o)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plan, err := experiments.MakePlan(t.Context(), env, file, file.Experiments[0], 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func writes(l *lab.Lab) []string {
	var all []string
	for _, c := range l.Calls() {
		if c.Write && !c.DryRun {
			all = append(all, c.Service+":"+c.Action)
		}
	}
	return all
}

// TestInjectorsConform holds every injector in the list to its contract.
func TestInjectorsConform(t *testing.T) {
	for _, kind := range kinds().Injectors {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			l, env := startLab(t, lab.Options{})
			ctx, cancel := context.WithTimeout(t.Context(), soon)
			defer cancel()
			plan := planExample(t, env, kind.Example)
			if w := writes(l); len(w) != 0 {
				t.Errorf("planning changed the world: %v", w)
			}
			for _, planned := range plan.Steps {
				step := survivesJSON(t, kind, planned.Step)
				if a := step.Describe(); a.Undo == "" || step.String() == "" {
					t.Errorf("a step must say what it does and how it is taken back: %q, %+v", step, a)
				}
				so := len(writes(l))
				if err := step.Undo(ctx, env); err != nil {
					t.Errorf("undo before do: %v", err)
				}
				if w := writes(l)[so:]; len(w) != 0 {
					t.Errorf("undo before do changed the world: %v", w)
				}
				if err := step.Do(ctx, env); err != nil {
					t.Fatalf("do: %v", err)
				}
				for _, turn := range []string{"first", "second"} {
					if err := step.Undo(ctx, env); err != nil {
						t.Errorf("%s undo: %v", turn, err)
					}
				}
			}
			declared(t, l.Calls(), plan.Permissions())
			declared(t, l.Calls(), append(kind.Permissions, plan.Permissions()...))
		})
	}
}

// survivesJSON reads a step back as a later process would, and returns what came back.
func survivesJSON(t *testing.T, kind injectors.Kind, step injectors.Step) injectors.Step {
	t.Helper()
	data, err := json.Marshal(step)
	if err != nil {
		t.Fatal(err)
	}
	back := kind.Step()
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(step, back) {
		t.Errorf("a step does not survive the journal:\n%#v\n%#v", step, back)
	}
	return back
}

// declared checks that every call was announced as an IAM action.
func declared(t *testing.T, calls []wire.Call, permissions []string) {
	t.Helper()
	for _, c := range calls {
		if action := c.Service + ":" + c.Action; !slices.Contains(permissions, action) {
			t.Errorf("called %s, which no plan and no page announces", action)
			permissions = append(permissions, action)
		}
	}
}

// TestProbesConform holds every probe in the list to its contract.
func TestProbesConform(t *testing.T) {
	for _, kind := range kinds().Probes {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			l, env := startLab(t, lab.Options{})
			plan := planExample(t, env, kind.Example) // planning has every probe measure once
			if w := writes(l); len(w) != 0 {
				t.Errorf("measuring changed the world: %v", w)
			}
			declared(t, l.Calls(), plan.Permissions())
		})
	}
}

// TestExamplesRun runs complete experiments: those in experiments/examples and the one of every injector, and with
// -sweep the one of every probe as well.
func TestExamplesRun(t *testing.T) {
	examples := map[string]string{}
	for _, k := range kindPages() {
		if k.Role == "inject" || *sweep {
			examples[k.Role+" "+k.Name] = k.Example
		}
	}
	complete, err := filepath.Glob("../../experiments/examples/*.hcl")
	if err != nil || len(complete) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range complete {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		examples[filepath.Base(name)] = string(source)
	}
	for name, example := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for attempt := range 4 {
				r := runExample(t, example)
				if r.Verdict == reports.Passed {
					return
				}
				text := r.Sentence + "\n" + strings.Join(r.Reasons, "\n")
				if attempt == 3 || !strings.Contains(text, starved) {
					t.Fatal(text)
				}
			}
		})
	}
}

func runExample(t *testing.T, example string) *reports.Result {
	t.Helper()
	_, env := startLab(t, lab.Options{})
	plan := planExample(t, env, example)
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run", Dir: filepath.Join(t.TempDir(), "run"), Lab: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

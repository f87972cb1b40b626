package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/labtest"
	"gameday/reports"
)

var (
	update = flag.Bool("update", false, "write what is generated of the kinds' pages and of the guides")
	sweep  = flag.Bool("sweep", false, "run the example of every kind")
)

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

// TestExamplesRun runs complete experiments: those in experiments/examples and the one of every injector, and with
// -sweep the one of every probe as well.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
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
			for attempt := range tries {
				rest(attempt)
				r := runExample(t, example)
				if r.Verdict == reports.Passed {
					return
				}
				text := r.Sentence + "\n" + strings.Join(r.Reasons, "\n")
				if attempt == tries-1 || r.Verdict != reports.Inconclusive { // as it is where the machine has no time for it
					t.Fatal(text)
				}
			}
		})
	}
}

func runExample(t *testing.T, example string) *reports.Result {
	t.Helper()
	_, env := labtest.Start(t, lab.Options{})
	plan := planExample(t, env, example)
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run", Dir: filepath.Join(t.TempDir(), "run"), Lab: true})
	if err != nil {
		t.Fatal(err)
	}
	keepsToSchema(t, r)
	return r
}

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/labtest"
)

// scope is always the same.
func scope(tags map[string]string) injectors.Scope {
	return injectors.Scope{Rand: rand.New(rand.NewPCG(7, 0)), RequireTags: tags}
}

// plan plans the fault for a new run, and returns its steps as a later process would read them from the journal.
func (x *trial) plan() []injectors.Step {
	x.Helper()
	x.runs++
	x.env.RunID = fmt.Sprint("conformance-", x.runs)
	var plan *injectors.Plan
	x.harmless("planning", x.calls("planning", x.kind.Permissions, func() {
		var again *injectors.Plan
		var err, failed error
		plan, err = x.injector.Plan(labtest.Patience(x), x.env, scope(nil))
		again, failed = x.injector.Plan(labtest.Patience(x), x.env, scope(nil))
		if err != nil || failed != nil {
			x.Fatalf("plan: %v, %v", err, failed)
		}
		if !reflect.DeepEqual(plan.Steps, again.Steps) || len(plan.Steps) == 0 {
			x.Errorf("the same seed and inventory planned %v, then %v", plan.Steps, again.Steps)
		}
	}))
	x.judgeable(plan)
	x.steps = nil
	for _, step := range plan.Steps {
		x.speaks(step)
		x.steps = append(x.steps, x.survivesJSON(step))
	}
	return x.steps
}

// judgeable checks that the guard and the reader get what they need to judge a plan.
func (x *trial) judgeable(plan *injectors.Plan) {
	if len(plan.Targets) == 0 {
		x.Error("the plan has no targets, so no guard can limit it")
	}
	size := map[string]int{"": len(plan.Targets)}
	for _, g := range plan.Groups {
		size[g.Name] = g.Size
	}
	for _, target := range plan.Targets {
		size[target.Group]--
		if n, known := size[target.Group]; target.ID == "" || !known || n < 0 {
			x.Errorf("target %q is in group %q, of which Groups say %+v: Target.Group is the Name of a Population that counts its targets, too, or empty", target.ID, target.Group, plan.Groups)
		}
	}
	for _, i := range plan.Impacts {
		if i.What == "" || i.Hit < 1 || i.Hit > i.Of {
			x.Errorf("an impact of %d of %d %q", i.Hit, i.Of, i.What)
		}
	}
	for _, l := range plan.LeftOut {
		if l.ID == "" || l.Why == "" {
			x.Errorf("%q is left out because %q", l.ID, l.Why)
		}
	}
}

// harmlessComment is a comment that does nothing either where a shell takes it for a command.
var harmlessComment = regexp.MustCompile(`^# [A-Za-z0-9 .,:/_-]+$`)

// speaks checks that a step says what a reader has to know.
func (x *trial) speaks(step injectors.Step) {
	about := step.Describe()
	if line := step.String(); line == "" || strings.Contains(line, "\n") {
		x.Errorf("a step says in one line what it does, and not %q", line)
	}
	if about.Undo == "" {
		x.Errorf("%s: Describe has to say how it is taken back: Undo", step)
	}
	if about.Irreversible == "" && len(about.Manual) == 0 {
		x.Errorf("%s: Describe has to say how to take it back by hand: Manual", step)
	}
	for _, line := range append(about.Manual, about.Keep...) {
		if strings.HasPrefix(line, "#") && !harmlessComment.MatchString(line) {
			x.Errorf("%s: not every interactive shell skips comments, and some would act on what is in this one: %s", step, line)
		}
	}
	for _, action := range about.Permissions {
		if !slices.Contains(x.kind.Permissions, action) {
			x.Errorf("%s needs %s, which is not among the Permissions of its kind", step, action)
		}
	}
}

func (x *trial) survivesJSON(step injectors.Step) injectors.Step {
	data, err := json.Marshal(step)
	if err != nil {
		x.Fatal(err)
	}
	back := x.kind.Step()
	if err := json.Unmarshal(data, back); err != nil {
		x.Fatal(err)
	}
	if !reflect.DeepEqual(step, back) {
		x.Errorf("a step does not survive the journal (are all of its fields exported?):\n%#v\n%#v", step, back)
	}
	return back
}

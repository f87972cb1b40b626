package main

import (
	"slices"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/labtest"
)

// TestInjectorsConform holds every injector in the list to its contract. Of the steps of its example none, half and then all
// are done, and all of them undone each time, twice.
func TestInjectorsConform(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds().Injectors {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, kind)
			x.refusesUntagged()
			n := len(x.plan())
			for _, done := range slices.Compact([]int{0, n / 2, n}) {
				x.round(done)
			}
			x.withoutJournal()
			x.announcedInVain()
		})
	}
}

// refusesUntagged plans under a guard that requires a tag that nothing has. Kinds whose targets have no tags leave that to the guard.
func (x *trial) refusesUntagged() {
	plan, err := x.injector.Plan(labtest.Patience(x), x.env, scope(map[string]string{"conformance": "required"}))
	switch {
	case err != nil && !strings.Contains(err.Error(), "conformance=required"):
		x.Errorf("where every candidate lacks a tag that the guard requires, the error does not name it (Scope.MissingTag does): %v", err)
	case err == nil && slices.ContainsFunc(plan.Targets, func(t injectors.Target) bool { return t.Tags != nil }):
		x.Error("takes targets that lack a tag of the guard's require_tags: leave out whatever Scope.MissingTag finds lacking")
	}
}

// round does some steps of a new plan, and undoes all of them twice.
func (x *trial) round(done int) {
	steps := x.plan()
	x.Logf("%d of %d steps", done, len(steps))
	x.do(steps[:done])
	first := x.undo("undo", steps)
	if done == 0 {
		x.harmless("undo before do", first)
	}
	x.harmless("undo for the second time", x.undo("second undo", steps))
	x.restored()
}

// restored checks that nothing of the fault is left, and as far as it can be taken back, that all is as it was.
func (x *trial) restored() {
	x.Helper()
	if x.reversible() {
		labtest.Restored(x, x.lab, x.before)
	}
	for resource, facts := range x.lab.Snapshot() {
		if run, left := facts["tag "+cloud.RunTag]; left {
			x.Errorf("after undo %s still carries the tag %s=%s", resource, cloud.RunTag, run)
		}
	}
}

// withoutJournal undoes what Scan finds, where the kind has one.
func (x *trial) withoutJournal() {
	if x.kind.Scan == nil {
		return
	}
	steps := x.plan()
	if !x.reversible() {
		return // nothing is left in effect
	}
	x.do(steps)
	found := x.scan()
	if len(found) != len(steps) {
		x.Errorf("did %v, and Scan found %v", steps, found)
	}
	x.undo("undo of what Scan found", found)
	if left := x.scan(); len(left) > 0 {
		x.Errorf("after undo Scan found %v", left)
	}
	x.restored()
	x.harmless("undo by the journal after all", x.undo("undo", steps))
}

// announcedInVain looks for announced writes that no step has made. Tags that come with what is created have an action of
// their own and no call; what is looked at may depend on what is seen.
func (x *trial) announcedInVain() {
	var made []string
	for _, c := range x.seen {
		made = append(made, c.Service+":"+c.Action)
	}
	for _, step := range x.steps {
		for _, action := range step.Describe().Permissions {
			_, call, _ := strings.Cut(action, ":")
			idle := slices.ContainsFunc([]string{"Describe", "List", "Get", "CreateTags", "TagResource"}, func(s string) bool { return strings.HasPrefix(call, s) })
			if !idle && !slices.Contains(made, action) {
				x.Errorf("%s announces %s and never calls it", step, action)
			}
		}
	}
}

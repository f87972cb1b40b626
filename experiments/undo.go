package experiments

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gameday/reports"
)

// undoAttempts is how often an undo is tried before it is left to a person.
const undoAttempts = 5

// undo takes back every step that may be in effect, in reverse order. Nothing that happens outside stops it.
func (x *execution) undo() {
	x.enter(reports.Undo)
	x.takeBack(x.plan.Steps)
}

// takeBack undoes those of the steps that began and can be taken back, the latest first. One that fails does not
// keep the others waiting: it is tried again, a little later each time, after all the rest.
func (x *execution) takeBack(steps []PlannedStep) {
	var left []PlannedStep
	for _, s := range slices.Backward(steps) {
		if state := x.stateOf(s); s.About.Irreversible == "" && (state == "done" || state == "failed") {
			left = append(left, s)
		}
	}
	for attempt := range undoAttempts {
		if attempt > 0 && len(left) > 0 {
			time.Sleep(time.Second << (attempt - 1))
		}
		left = slices.DeleteFunc(left, x.undone)
	}
	for _, s := range left {
		x.giveUp(s)
	}
}

// undone undoes one step and reports whether it is now as it was.
func (x *execution) undone(s PlannedStep) bool {
	ctx, cancel := context.WithTimeout(context.Background(), maxUndo)
	defer cancel()
	x.say("undo step %d: %s", s.N, s.About.Undo)
	if err := s.Step.Undo(ctx, x.env); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		x.say("undo of step %d failed: %v", s.N, err)
		x.note(x.journal.UndoFailed(s.N, err))
		return false
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.undone = "undone", &now })
	x.say("step %d is undone", s.N)
	x.note(x.journal.Undone(s.N))
	return true
}

// giveUp leaves a step to a person, who is told how.
func (x *execution) giveUp(s PlannedStep) {
	var reason string
	x.mark(s, func(st *stepState, _ time.Time) { st.state, reason = "not undone", st.err })
	text := fmt.Sprintf("step %d (%s) could not be undone: %s", s.N, s.Step, reason)
	if len(s.About.Manual) > 0 {
		text += "; to finish by hand: " + strings.Join(s.About.Manual, " && ")
	}
	x.find(reports.NotRolledBack, "%s", text)
}

// heal waits for what cannot be taken back to be whole again.
func (x *execution) heal(ctx context.Context, s PlannedStep) {
	x.say("waiting for step %d to heal: %s", s.N, s.About.Undo)
	if err := s.Step.Undo(ctx, x.env); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.state, st.err = "not healed", err.Error() })
		x.note(x.journal.Lost(s.N, err))
		return
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.undone = "healed", &now })
	x.say("step %d has healed", s.N)
	x.note(x.journal.Undone(s.N))
}

// note says that the journal failed, where there is nothing left to do about it.
func (x *execution) note(err error) {
	if err != nil {
		x.say("the journal could not be written: %v", err)
	}
}

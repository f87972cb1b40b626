package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gameday/internal/cloud"
	"gameday/reports"
)

const (
	undoAttempts = 5                // how often an undo is tried before it is left to a person
	undoTurn     = 30 * time.Second // how long the next undo waits for the one before it
)

// undo takes back every step that may be in effect, in reverse order. Nothing that happens outside stops it.
func (x *execution) undo() {
	x.enter(reports.Undo)
	x.takeBack(x.plan.Steps)
}

// takeBack undoes those of the steps that began and can be taken back, the latest first, and returns once all have
// been undone or given up. One that hangs does not keep the others waiting for long, and one that is being undone
// already is only waited for.
func (x *execution) takeBack(steps []PlannedStep) {
	var undoing []<-chan struct{}
	for _, s := range slices.Backward(steps) {
		if s.About.Irreversible != "" || x.stateOf(s).state == reports.StepPlanned {
			continue
		}
		ended := x.startUndo(s)
		undoing = append(undoing, ended)
		turn := time.NewTimer(undoTurn)
		select {
		case <-ended:
		case <-turn.C:
		}
		turn.Stop()
	}
	for _, ended := range undoing {
		<-ended
	}
}

// startUndo undoes a step in the background, unless that has begun already. The channel is closed when it has ended.
func (x *execution) startUndo(s PlannedStep) <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	st := &x.steps[s.N-1]
	if st.undoing == nil {
		st.undoing = make(chan struct{})
		go func(ended chan struct{}) {
			defer close(ended)
			x.insist(s)
		}(st.undoing)
	}
	return st.undoing
}

// insist tries to undo a step, a little later each time, and in the end leaves it to a person, who is told how.
func (x *execution) insist(s PlannedStep) {
	ctx, cancel := context.WithTimeout(context.Background(), maxUndo)
	defer cancel()
	for attempt := range undoAttempts {
		if attempt > 0 && !sleep(ctx, time.Second<<(attempt-1)) {
			break
		}
		if x.undone(ctx, s) {
			return
		}
	}
	x.mark(s, func(st *stepState, _ time.Time) { st.state = reports.StepNotUndone })
	text := fmt.Sprintf("step %d (%s) could not be undone: %s", s.N, s.Step, x.stateOf(s).err)
	if len(s.About.Manual) > 0 {
		text += "; to finish by hand: " + strings.Join(s.About.Manual, " && ")
	}
	x.find(reports.NotRolledBack, "%s", text)
}

// undone undoes one step and reports whether it is now as it was.
func (x *execution) undone(ctx context.Context, s PlannedStep) bool {
	x.say("undo step %d: %s", s.N, s.About.Undo)
	if err := survived(func() error { return s.Step.Undo(ctx, x.env) }); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		x.say("undo of step %d failed: %v", s.N, err)
		x.note(x.journal.UndoFailed(s.N, err))
		return false
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.undone, st.err = reports.StepUndone, &now, "" })
	x.say("step %d is undone", s.N)
	x.note(x.journal.Undone(s.N))
	return true
}

// heal waits for what cannot be taken back to be whole again. What was seen not to be in time is lost for good; where
// nobody could look, that stays open.
func (x *execution) heal(ctx context.Context, s PlannedStep) {
	x.say("waiting for step %d to heal: %s", s.N, s.About.Undo)
	err := survived(func() error { return s.Step.Undo(ctx, x.env) })
	if err == nil {
		x.mark(s, func(st *stepState, now time.Time) { st.state, st.undone, st.err = reports.StepHealed, &now, "" })
		x.say("step %d has healed", s.N)
		x.note(x.journal.Undone(s.N))
		return
	}
	seen := errors.Is(err, cloud.ErrNotYet)
	x.mark(s, func(st *stepState, _ time.Time) {
		st.state, st.err, st.unhealed = reports.StepNotHealed, err.Error(), seen
	})
	if seen {
		x.note(x.journal.Lost(s.N, err))
	} else {
		x.note(x.journal.UndoFailed(s.N, err))
	}
}

// note says that the journal failed, where there is nothing left to do about it.
func (x *execution) note(err error) {
	if err != nil {
		x.say("the journal could not be written: %v", err)
	}
}

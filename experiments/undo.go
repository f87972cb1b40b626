package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/reports"
)

// undo takes back every step that may be in effect, in reverse order. Nothing that happens outside stops it.
func (x *execution) undo() {
	from := x.enter(reports.Undo)
	ended := make(chan struct{})
	go func() {
		defer x.wake()
		defer close(ended)
		x.takeBack(x.plan.Steps)
	}()
	x.await(context.Background(), reports.Undo, func() time.Time { return from }, func() (bool, string) {
		return closed(ended), x.awaited("to be undone", stepState.isUndoing)
	})
}

// takeBack undoes those of the steps that began and can be taken back, the latest first, and returns once all have
// been undone or given up. One that is being undone already is only waited for.
func (x *execution) takeBack(steps []PlannedStep) {
	var starts []func() <-chan struct{}
	for _, s := range slices.Backward(steps) {
		if s.About.Irreversible == "" && x.stateOf(s).state != reports.StepPlanned {
			starts = append(starts, func() <-chan struct{} { return x.startUndo(s) })
		}
	}
	inTurn(starts)
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
			x.undoStep(s)
		}(st.undoing)
	}
	return st.undoing
}

// undoStep undoes one step, and in the end leaves it to a person, who is told how.
func (x *execution) undoStep(s PlannedStep) {
	x.lasted(s)
	x.say("undo step %d: %s", s.N, s.About.Undo)
	err := insist(context.Background(), x.env, func(ctx context.Context) error { return x.tryUndo(ctx, s) })
	if err == nil {
		return
	}
	failed := notUndone(s.Step, x.run, s.N, err)
	x.mark(s, func(st *stepState, _ time.Time) { st.state, st.keep = reports.StepNotUndone, failed.Keep })
	x.find(reports.NotRolledBack, "%s", failed)
}

// glance bounds a last look at a fault, which must not keep it in effect.
const glance = 10 * time.Second

// lasted finds that a fault has ended before it was undone, or that nobody can tell: then what was measured meanwhile may
// have been measured without it.
func (x *execution) lasted(s PlannedStep) {
	step, can := s.Step.(injectors.Lasting)
	if !can || x.stateOf(s).done == nil || x.aborted() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), glance)
	defer cancel()
	var ended string
	err := survived(func() (err error) {
		ended, err = step.Lasts(ctx, x.env)
		return err
	})
	switch {
	case err != nil:
		x.find(reports.Inconclusive, "whether step %d was in effect to the end is not known: %s", s.N, cause(err))
	case ended != "":
		x.find(reports.Inconclusive, "step %d was no longer in effect when it was to be undone: %s", s.N, ended)
	}
}

// tryUndo undoes one step and writes down how that went. That it is undone is written last: from then on nobody comes for it any
// more, and others may have the target.
func (x *execution) tryUndo(ctx context.Context, s PlannedStep) error {
	healed, err := outcome(undoStep(ctx, x.env, s.Step, x.stateOf(s).done != nil))
	if err == nil || conflicting(err) { // AWS is to overwrite what somebody else did no more than we are
		err = errors.Join(err, x.disarm(ctx, s))
	}
	if err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		x.complain(fmt.Sprintf("undo %d", s.N), "%s", undoFailed(s.N, err))
		x.note(x.journal.UndoFailed(s.N, err))
		return err
	}
	state, text := reports.StepUndone, "is undone"
	if healed != "" {
		state, text = reports.StepHealed, "could not be taken back, but has healed: "+healed
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.undone, st.err = state, &now, "" })
	x.say("step %d %s", s.N, text)
	x.note(x.journal.Undone(s.N))
	return nil
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
	if errors.Is(err, injectors.ErrStays) {
		x.say("step %d stays as it is: %v", s.N, err)
		x.note(x.journal.Lost(s.N, err))
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

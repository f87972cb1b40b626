package experiments

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gameday/reports"
)

// maxDo is when doing a step counts as failed. Real AWS needs minutes to stop an instance.
const maxDo = 10 * time.Minute

// stepState is how far one step has come.
type stepState struct {
	state               string // as in reports.Step
	began, done, undone *time.Time
	err                 string
	keep                []string      // how to leave the target to whoever has changed it; nil where nobody has
	unhealed            bool          // AWS itself said so, and not that nobody could ask
	armed               bool          // the dead man's switch is, and is to be postponed
	undoing             chan struct{} // closed when the undo has ended; nil until it begins
}

func (s stepState) isDoing() bool   { return s.began != nil && s.done == nil && s.err == "" }
func (s stepState) isUndoing() bool { return s.undoing != nil && !closed(s.undoing) }
func (s stepState) isHealing() bool { return s.undoing == nil && s.done != nil && s.undone == nil }

// awaited names the steps of which something is so: "waiting for step 1 and step 3 to be undone".
func (x *execution) awaited(what string, so func(stepState) bool) string {
	var steps []string
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, s := range x.steps {
		if so(s) {
			steps = append(steps, fmt.Sprintf("step %d", i+1))
		}
	}
	if len(steps) == 0 {
		return ""
	}
	return "waiting for " + strings.Join(steps, " and ") + " " + what
}

// do journals a step and does it.
func (x *execution) do(ctx context.Context, s PlannedStep) error {
	if err := x.journal.Will(s.N, s.Inject.Kind.Name, s.Step, s.About.Irreversible != ""); err != nil {
		return fmt.Errorf("not begun, because it could not be journaled: %w", err)
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.began = reports.StepFailed, &now })
	x.say("step %d: %s", s.N, s.Step)
	ctx, cancel := context.WithTimeout(ctx, maxDo)
	defer cancel()
	if err := survived(func() error { return x.insure(ctx, s) }); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		return fmt.Errorf("not done, because it could not be insured with AWS: %w", err)
	}
	if err := survived(func() error { return s.Step.Do(ctx, x.env) }); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		return err
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.done = reports.StepDone, &now })
	x.say("step %d is in effect", s.N)
	if err := x.journal.Did(s.N); err != nil {
		return fmt.Errorf("in effect, but the journal failed: %w", err)
	}
	return nil
}

// survived turns a panic of a kind into an error: a bug there must not end the process while a fault is in effect.
func survived(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("this is a bug in gameday: panic: %v", p)
		}
	}()
	return call()
}

func (x *execution) mark(s PlannedStep, change func(*stepState, time.Time)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(&x.steps[s.N-1], time.Now())
}

// stateOf is a copy of how far a step has come.
func (x *execution) stateOf(s PlannedStep) stepState {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.steps[s.N-1]
}

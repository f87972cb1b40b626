package experiments

import (
	"fmt"

	"gameday/injectors"
	"gameday/internal/journal"
)

// NotUndone is the error of an undo that is left to a person. Its text says what is left and why, in one sentence; the commands
// stand apart from it.
type NotUndone struct {
	N      int // the step's number; 0 where no journal tells
	Step   string
	Why    string
	Manual []string // as in injectors.Description
	Keep   []string // likewise, and empty unless somebody else has changed the target
}

// notUndone is that of step n of a run.
func notUndone(step injectors.Step, run journal.Begin, n int, err error) *NotUndone {
	failed := &NotUndone{N: n, Step: step.String(), Why: cause(err), Manual: manual(step, run, n)}
	if conflicting(err) {
		failed.Keep = step.Describe().Keep
	}
	return failed
}

func (e *NotUndone) Error() string {
	what := e.Step
	if e.N > 0 {
		what = fmt.Sprintf("step %d (%s)", e.N, e.Step)
	}
	return what + " could not be undone: " + e.Why
}

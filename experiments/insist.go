package experiments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
)

const (
	undoTurn    = 30 * time.Second // how long the next undo waits for the one before it
	longestRest = 30 * time.Second // between two attempts at an undo
)

// insist tries an undo until it succeeds or its time is up, with longer and longer rests, and returns the last error. It does not
// insist where somebody else has changed the target. Credentials that have expired are renewed.
func insist(ctx context.Context, env *cloud.Env, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, env.Undo)
	defer cancel()
	for rest := time.Second; ; rest = min(2*rest, longestRest) {
		err := survived(func() error { return try(ctx) })
		if err == nil || conflicting(err) {
			return err
		}
		if cloud.Expired(err) {
			env.Renew()
		}
		if !sleep(ctx, rest) {
			return err
		}
	}
}

// undoFailed says what becomes of an undo that failed.
func undoFailed(n int, err error) string {
	if conflicting(err) {
		return fmt.Sprintf("undo of step %d is left to a person: %s", n, cause(err))
	}
	return fmt.Sprintf("undo of step %d failed, and is tried again: %s", n, cause(err))
}

// conflicting reports whether an undo found that somebody else has changed its target.
func conflicting(err error) bool {
	var conflict *injectors.Conflict
	return errors.As(err, &conflict)
}

// errStays is for an undo that believes that there is nothing to undo, of a fault that can be seen.
var errStays = errors.New("it is still in effect, and somebody has taken this run's mark off it")

// undoStep undoes a step. Of one that was done, its word is not taken for it where the fault can be looked at.
func undoStep(ctx context.Context, env *cloud.Env, step injectors.Step, did bool) error {
	if err := step.Undo(ctx, env); err != nil {
		return err
	}
	look, can := step.(injectors.Lasting)
	if !did || !can || step.Describe().Irreversible != "" {
		return nil
	}
	ended, err := look.Lasts(ctx, env)
	if err == nil && ended == "" {
		return errStays
	}
	return err
}

// outcome splits what an undo returned: what has healed instead, "" if the target is as it was, and what failed.
func outcome(err error) (healed string, failed error) {
	var h *injectors.Healed
	if errors.As(err, &h) {
		return h.Why, nil
	}
	return "", err
}

// cause is why something failed: what there is to do about it, where that is known, else the error.
func cause(err error) string {
	if advice := cloud.Explain(err); advice != "" {
		return advice
	}
	return err.Error()
}

// background makes a start for inTurn of something that takes its time.
func background(work func()) func() <-chan struct{} {
	return func() <-chan struct{} {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			work()
		}()
		return ended
	}
}

// inTurn starts one undo after the other, and returns once all have ended. One that hangs does not keep the next one
// waiting for long.
func inTurn(starts []func() <-chan struct{}) {
	var ended []<-chan struct{}
	for _, start := range starts {
		end := start()
		ended = append(ended, end)
		turn := time.NewTimer(undoTurn)
		select {
		case <-end:
		case <-turn.C:
		}
		turn.Stop()
	}
	for _, end := range ended {
		<-end
	}
}

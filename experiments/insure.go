package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gameday/injectors"
	"gameday/internal/deadman"
	"gameday/internal/journal"
	"gameday/reports"
)

// insure leaves the end of a step's fault with AWS, if the guard asks for that and the step can be ended so.
func (x *execution) insure(ctx context.Context, s PlannedStep) error {
	step, can := s.Step.(injectors.Insurer)
	if x.deadman == nil || !can {
		return nil
	}
	calls, err := step.Insure(ctx, x.env)
	if err != nil || len(calls) == 0 { // there is nothing that would have to be ended
		return err
	}
	if err := x.deadman.Arm(ctx, s.N, calls, time.Now().Add(deadman.Grace(x.env))); err != nil {
		return err
	}
	x.mark(s, func(st *stepState, _ time.Time) { st.armed = true })
	x.say("step %d is insured: AWS ends it %s after our last sign of life", s.N, reports.Span(deadman.Grace(x.env)))
	return nil
}

// manual is how to undo step n of a run by hand: as its kind says, and what was left with AWS is taken back last.
func manual(step injectors.Step, run journal.Begin, n int) []string {
	about := step.Describe()
	if _, can := step.(injectors.Insurer); !can || run.DeadMan == "" || about.Irreversible != "" {
		return about.Manual
	}
	return append(slices.Clone(about.Manual), "# take back what was left with AWS for the case that nobody comes", deadman.ByHand(run.Region, run.Run, n))
}

// postpone has AWS wait for as long as this process lives, until the returned function is called. Where AWS cannot be reached for half of the
// grace, the fault phase is to end: AWS is about to end the fault.
func (x *execution) postpone() (stop func()) {
	if x.deadman == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		grace := deadman.Grace(x.env)
		for reached := time.Now(); sleep(ctx, grace/8); {
			err := x.postponeAll(ctx, grace)
			switch {
			case err == nil:
				reached = time.Now()
			case errors.Is(err, deadman.ErrFired), time.Since(reached) > grace/2:
				x.mu.Lock()
				x.lapsed = fmt.Errorf("AWS ends the fault soon, or has, because the dead man's switch cannot be postponed: %w", err)
				x.mu.Unlock()
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (x *execution) postponeAll(ctx context.Context, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, grace/4)
	defer cancel()
	for _, s := range x.plan.Steps {
		if !x.stateOf(s).armed {
			continue
		}
		if err := x.deadman.Postpone(ctx, s.N, time.Now().Add(grace)); err != nil && x.stateOf(s).armed {
			return err
		}
	}
	return nil
}

// lapse is why AWS may have ended the fault, nil if it has not.
func (x *execution) lapse() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.lapsed
}

// disarm takes back what was left with AWS for a step whose fault is ended, and what may have been although that seemed to
// fail. Where it cannot, nobody postpones that any more, so that it goes off, and is gone then.
func (x *execution) disarm(ctx context.Context, s PlannedStep) error {
	if _, can := s.Step.(injectors.Insurer); x.deadman == nil || !can {
		return nil
	}
	armed := x.stateOf(s).armed
	x.mark(s, func(st *stepState, _ time.Time) { st.armed = false })
	n, err := x.deadman.Disarm(ctx, s.N)
	if armed && n == 0 && err == nil {
		x.find(reports.Inconclusive, "AWS ended the fault of step %d on its own, some time before it was undone: the dead man's switch was not postponed for %s, because this process was held up or did not reach AWS",
			s.N, reports.Span(deadman.Grace(x.env)))
	}
	return err
}

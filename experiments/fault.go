package experiments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gameday/reports"
)

// stepState is how far one step has come.
type stepState struct {
	state               string // as in reports.Step
	began, done, undone *time.Time
	err                 string
}

// Limits on a single step, beyond which it counts as failed. Real AWS needs minutes to stop or start an instance.
const (
	maxDo   = 10 * time.Minute
	maxUndo = 15 * time.Minute
)

// over is why a fault phase ended early. A violation is judged again at the end, with all the data; anything else
// stands as it is. An operator's stop comes as the cause of the run's own context.
type over struct {
	verdict reports.Verdict
	text    string
}

func (o *over) Error() string { return o.text }

// errObserved ends a fault phase that went its full length.
var errObserved = errors.New("observed long enough")

// fault does every step at its time and watches, until the phase has lasted long enough or something stops it.
func (x *execution) fault(ctx context.Context) {
	e := x.plan.Experiment
	from := x.enter(reports.Fault)
	until := from.Add(e.FaultPhase())
	x.say("fault: for %s", reports.Span(e.FaultPhase()))
	phase, stop := context.WithCancelCause(ctx)

	var injecting sync.WaitGroup
	for _, steps := range x.byInject() {
		injecting.Go(func() { x.inject(phase, stop, from, steps) })
	}
	begun := make(chan struct{})
	go func() { injecting.Wait(); close(begun) }()

	x.await(phase, reports.Fault, until, func() bool {
		if o := x.broken(window{from, time.Now()}, e.FaultPhase()); o != nil {
			stop(o)
		}
		return !time.Now().Before(until) && closed(begun)
	})
	stop(errObserved)
	injecting.Wait()

	var o *over
	switch cause := context.Cause(phase); {
	case errors.As(cause, &o) && o.verdict == reports.Failed:
		x.stopped = o.text
		x.say("stopping early: %s", o.text)
	case errors.As(cause, &o):
		x.find(o.verdict, "%s", o.text)
	case ctx.Err() != nil:
		x.find(reports.Aborted, "%v in the fault phase", context.Cause(ctx))
	}
}

// byInject groups the steps by inject, in the order in which they are due.
func (x *execution) byInject() [][]PlannedStep {
	var groups [][]PlannedStep
	for _, s := range x.plan.Steps {
		if n := len(groups); n > 0 && groups[n-1][0].Inject == s.Inject {
			groups[n-1] = append(groups[n-1], s)
		} else {
			groups = append(groups, []PlannedStep{s})
		}
	}
	return groups
}

// inject does the steps of one inject, one after the other, and undoes them after their duration if they have one.
func (x *execution) inject(ctx context.Context, stop context.CancelCauseFunc, from time.Time, steps []PlannedStep) {
	i := steps[0].Inject
	if !sleep(ctx, time.Until(from.Add(i.Start))) {
		return
	}
	for _, s := range steps {
		if ctx.Err() != nil {
			return
		}
		if err := x.do(ctx, s); err != nil {
			if ctx.Err() == nil {
				stop(&over{reports.Inconclusive, fmt.Sprintf("the fault could not be put in effect: step %d (%s): %v", s.N, s.Step, err)})
			}
			return
		}
	}
	if i.Duration > 0 && sleep(ctx, i.Duration) {
		x.takeBack(steps)
	}
}

// do journals a step and does it.
func (x *execution) do(ctx context.Context, s PlannedStep) error {
	if err := x.journal.Will(s.N, s.Inject.Kind.Name, s.Step, s.About.Irreversible != ""); err != nil {
		return fmt.Errorf("not begun, because it could not be journaled: %w", err)
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.began = "failed", &now })
	x.say("step %d: %s", s.N, s.Step)
	ctx, cancel := context.WithTimeout(ctx, maxDo)
	defer cancel()
	if err := s.Step.Do(ctx, x.env); err != nil {
		x.mark(s, func(st *stepState, _ time.Time) { st.err = err.Error() })
		return err
	}
	x.mark(s, func(st *stepState, now time.Time) { st.state, st.done = "done", &now })
	x.say("step %d is in effect", s.N)
	if err := x.journal.Did(s.N); err != nil {
		return fmt.Errorf("in effect, but the journal failed: %w", err)
	}
	return nil
}

func (x *execution) mark(s PlannedStep, change func(*stepState, time.Time)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(&x.steps[s.N-1], time.Now())
}

func (x *execution) stateOf(s PlannedStep) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.steps[s.N-1].state
}

// tooBlind is how many measurements in a row may fail before the fault phase is ended: a fault that nobody can
// watch is not kept up.
const tooBlind = 3

// broken says what ends the fault phase early, nil if nothing does: a violation of a probe that stops, or a probe
// that cannot measure any more.
func (x *execution) broken(w window, longest time.Duration) *over {
	for i, p := range x.plan.Experiment.Probes {
		if n, err := x.series[i].blind(); n >= tooBlind {
			return &over{reports.Inconclusive, fmt.Sprintf("%s cannot measure any more: %v", p.ID(), err)}
		}
		if !p.Stop || p.Proof {
			continue
		}
		t := x.track(i)
		if text, _, bad := t.violated(w, reports.Fault, p.Allow); bad {
			return &over{reports.Failed, p.ID() + " was " + text}
		}
		if text, bad := t.changedEarly(x.before(w.from), w, longest); bad {
			return &over{reports.Failed, p.ID() + " " + text}
		}
	}
	return nil
}

// before is the baseline that a change is measured against: from the beginning of the run to the first fault.
func (x *execution) before(fault time.Time) window {
	base, _ := x.phase(reports.Baseline)
	return window{base.from, fault}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

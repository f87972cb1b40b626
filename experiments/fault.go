package experiments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gameday/reports"
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

// fault does every step at its time and watches, until every fault has been in effect and watched for long enough,
// or something stops it.
func (x *execution) fault(ctx context.Context) {
	from := x.enter(reports.Fault)
	x.prolong(from.Add(x.plan.Experiment.FaultPhase()))
	x.say("fault: for %s", reports.Span(x.plan.Experiment.FaultPhase()))
	phase, stop := context.WithCancelCause(ctx)

	var doing sync.WaitGroup
	for _, steps := range x.byInject() {
		doing.Go(func() { x.inject(phase, stop, from, steps) })
	}
	begun := make(chan struct{})
	go func() { doing.Wait(); close(begun) }()

	looks := make([]look, len(x.series))
	x.lookNow()
	x.await(phase, reports.Fault, x.faultEnds, func() (bool, string) {
		if o := x.broken(window{from, time.Now()}, looks); o != nil {
			stop(o)
		}
		if !closed(begun) {
			return false, x.awaited("to be in effect", stepState.isDoing)
		}
		return !time.Now().Before(x.faultEnds()), ""
	})
	stop(errObserved)
	<-begun

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

// prolong has the fault phase last until then at least. It is called again once a step is in effect, because doing
// one takes time, and a fault is to be watched for as long as was said after that.
func (x *execution) prolong(until time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if until.After(x.until) {
		x.until = until
	}
}

func (x *execution) faultEnds() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.until
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

// inject does the steps of one inject, all at once, because three instances that die are not one that dies three
// times. After its duration, if it has one, it begins to undo them.
func (x *execution) inject(ctx context.Context, stop context.CancelCauseFunc, from time.Time, steps []PlannedStep) {
	i := steps[0].Inject
	if !sleep(ctx, time.Until(from.Add(i.Start))) {
		return
	}
	var doing sync.WaitGroup
	for _, s := range steps {
		doing.Go(func() {
			if err := x.do(ctx, s); err != nil && ctx.Err() == nil {
				stop(&over{reports.Inconclusive, fmt.Sprintf("the fault could not be put in effect: step %d (%s): %v", s.N, s.Step, err)})
			}
		})
	}
	doing.Wait()
	x.lookNow()
	x.prolong(time.Now().Add(x.plan.Experiment.watched(i)))
	if i.Duration > 0 {
		go func() {
			if !sleep(ctx, i.Duration) {
				return
			}
			x.takeBack(steps)
			for _, s := range steps {
				if x.stateOf(s).state == reports.StepNotUndone { // nothing else is done on top of it
					stop(&over{reports.Inconclusive, fmt.Sprintf("step %d could not be undone after its duration", s.N)})
				}
			}
		}()
	}
}

// tooBlind is how many measurements in a row may fail before the fault phase is ended: a fault that nobody can
// watch is not kept up.
const tooBlind = 3

// broken says what ends the fault phase early, nil if nothing does: a violation of a probe that stops, or a probe
// that cannot measure any more.
func (x *execution) broken(w window, looks []look) *over {
	if err := x.lapse(); err != nil {
		return &over{reports.Inconclusive, err.Error()}
	}
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
		if text, bad := t.changedEarly(x.before(w.from), w, &looks[i]); bad {
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

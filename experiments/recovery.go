package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gameday/reports"
)

// recover waits until every probe is steady again and everything that had to heal has healed, or until the
// deadline. Steady means what it means at baseline: within bounds for as long as the baseline lasted. A run that an
// operator stopped waits for what must heal, and takes one last measurement instead.
func (x *execution) recover(ctx context.Context) {
	e := x.plan.Experiment
	from := x.enter(reports.Recover)
	defer x.enter("")
	deadline := from.Add(e.Recovery)
	healed := x.healAll(deadline)
	if ctx.Err() != nil {
		<-healed
		return
	}
	x.say("recovery: steady again within %s, and then for %s", reports.Span(e.Recovery), reports.Span(e.Baseline))

	var steady time.Time
	var waiting []string
	var hopeless bool
	finished := x.await(ctx, reports.Recover, deadline, func() bool {
		if !closed(healed) {
			return false
		}
		if waiting = x.stillOut(deadline); len(waiting) > 0 {
			hopeless = true
			return true
		}
		steady, waiting = x.steadySince(from, deadline)
		return !steady.IsZero() || time.Now().After(deadline.Add(e.Baseline).Add(x.patience()))
	})
	<-healed
	if !finished {
		x.find(reports.Aborted, "%v before it was steady again", context.Cause(ctx))
		return
	}
	if steady.IsZero() {
		x.unsettled(waiting, hopeless)
	}
	x.recovered(from, steady, waiting)
	x.unhealed()
}

// errNotHealed is why waiting for something to heal ends.
var errNotHealed = errors.New("the time to recover is over")

// healAll waits in the background for every step that cannot be taken back. The channel is closed when all have
// healed or the deadline has passed.
func (x *execution) healAll(deadline time.Time) <-chan struct{} {
	ctx, cancel := context.WithDeadlineCause(context.Background(), deadline, errNotHealed)
	var healing sync.WaitGroup
	for _, s := range x.plan.Steps {
		if s.About.Irreversible != "" && x.stateOf(s) != "planned" {
			healing.Go(func() { x.heal(ctx, s) })
		}
	}
	all := make(chan struct{})
	go func() { healing.Wait(); cancel(); close(all) }()
	return all
}

// unhealed finds what did not heal in time.
func (x *execution) unhealed() {
	for i, s := range x.plan.Steps {
		x.mu.Lock()
		st := x.steps[i]
		x.mu.Unlock()
		if st.state == "not healed" {
			x.find(reports.Failed, "step %d had not healed %s later: %s", s.N, reports.Span(x.plan.Experiment.Recovery), st.err)
		}
	}
}

// steadySince finds the first moment, from the last undo to the deadline, from which on every probe was steady. The
// zero time means that there is none yet; waiting then says what spoke against the last moment that was tried.
func (x *execution) steadySince(from, deadline time.Time) (at time.Time, waiting []string) {
	tracks := make([]track, len(x.series))
	earliest := x.lastUndone(from)
	moments := []time.Time{earliest}
	for i := range x.series {
		tracks[i] = x.track(i)
		for _, s := range tracks[i].spans {
			if s.to.After(earliest) && !s.to.After(deadline) {
				moments = append(moments, s.to)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	fault, _ := x.phase(reports.Fault)
	base := x.before(fault.from)
	for _, m := range moments {
		w := window{m, m.Add(x.plan.Experiment.Baseline)}
		waiting = waiting[:0]
		if time.Now().Before(w.to) {
			return time.Time{}, append(waiting, "the steady state to last")
		}
		for _, t := range tracks {
			if text := t.restless(base, w); text != "" {
				waiting = append(waiting, text)
			}
		}
		if len(waiting) == 0 {
			return m, nil
		}
	}
	return time.Time{}, waiting
}

// lastUndone is when the last step was undone or had healed, at least from.
func (x *execution) lastUndone(from time.Time) time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, s := range x.steps {
		if s.undone != nil && s.undone.After(from) {
			from = *s.undone
		}
	}
	return from
}

// stillOut says which probes were out of bounds at the deadline, so that no earlier moment can have been the
// beginning of a steady state that lasted.
func (x *execution) stillOut(deadline time.Time) []string {
	var out []string
	for i, p := range x.plan.Experiment.Probes {
		t := x.track(i)
		for k, r := range t.readings {
			if p.Bounds.excess(r.Value) > 0 && (window{deadline, deadline}).touches(t.spans[k]) {
				out = append(out, fmt.Sprintf("%s was still %s", p.ID(), t.describe(reports.Violation{Worst: r.Value})))
			}
		}
	}
	return out
}

// restless says why the probe was not steady all through w, "" if it was.
func (t track) restless(base, w window) string {
	if _, ok := t.covers(w); !ok {
		return t.probe.ID() + " has no data"
	}
	if text, _, bad := t.violated(w, reports.Recover, 0); bad {
		return t.probe.ID() + " is " + text
	}
	if u, changed := t.changed(base, w); changed {
		return t.probe.ID() + " " + describeChange(t.probe, u)
	}
	return ""
}

// recovered records how the system came back.
func (x *execution) recovered(undone, steady time.Time, waiting []string) {
	fault, _ := x.phase(reports.Fault)
	r := &reports.Recovery{Deadline: x.plan.Experiment.Recovery.Seconds(), Waiting: waiting}
	if !steady.IsZero() {
		since := steady
		if steady.Sub(undone) <= 2*x.env.Poll { // nothing had to be waited for, so it was steady before
			since = x.lastOut(window{fault.from, steady})
		}
		r.SteadyAt = &since
		r.SinceFault = since.Sub(fault.from).Seconds()
		r.SinceUndone = max(0, since.Sub(undone)).Seconds()
		x.say("%s", backAfter(r.SinceFault))
	}
	x.mu.Lock()
	x.recovery = r
	x.mu.Unlock()
}

// lastOut is when the last disturbance within w was over: the end of the last reading out of bounds, or the
// beginning of w if there was none.
func (x *execution) lastOut(w window) time.Time {
	last := w.from
	for i, p := range x.plan.Experiment.Probes {
		t := x.track(i)
		for k, r := range t.readings {
			if s := t.spans[k]; p.Bounds.excess(r.Value) > 0 && s.touches(w) && s.to.After(last) {
				last = s.to
			}
		}
	}
	return last
}

func backAfter(sinceFault float64) string {
	if sinceFault == 0 {
		return "steady throughout"
	}
	return fmt.Sprintf("steady again %s after the fault began", reports.Span(time.Duration(sinceFault*float64(time.Second))))
}

// unsettled finds that the system did not come back, or that nobody can tell.
func (x *execution) unsettled(waiting []string, certain bool) {
	within := reports.Span(x.plan.Experiment.Recovery)
	recovery, _ := x.phase(reports.Recover)
	recovery.to = recovery.from.Add(x.plan.Experiment.Recovery)
	if silent := x.silent(recovery); silent != "" && !certain {
		x.find(reports.Inconclusive, "whether it was steady again within %s of the last undo is not known: %s", within, silent)
		return
	}
	x.find(reports.Failed, "not steady again within %s of the last undo: %s", within, strings.Join(waiting, "; "))
}

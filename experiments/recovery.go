package experiments

import (
	"context"
	"slices"
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
	x.say("recovery: steady again within %s, and then for %s", span(e.Recovery), span(e.Baseline))

	var steady time.Time
	var waiting []string
	finished := x.await(ctx, reports.Recover, deadline, func() bool {
		if !closed(healed) {
			return false
		}
		steady, waiting = x.steadySince(from, deadline)
		return !steady.IsZero() || x.hopeless(deadline) || time.Now().After(deadline.Add(e.Baseline).Add(x.patience()))
	})
	<-healed
	if !finished {
		x.find(reports.Aborted, "%v before it was steady again", context.Cause(ctx))
		return
	}
	x.recovered(from, steady, waiting)
}

// healAll waits in the background for every step that cannot be taken back. The channel is closed when all have
// healed or the deadline has passed.
func (x *execution) healAll(deadline time.Time) <-chan struct{} {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	var healing sync.WaitGroup
	for _, s := range x.plan.Steps {
		if state := x.stateOf(s); s.About.Irreversible == "" || state == "planned" {
			continue
		}
		healing.Go(func() {
			if !x.heal(ctx, s) {
				x.find(reports.Failed, "step %d (%s) had not healed %s later: %s", s.N, s.Step, span(x.plan.Experiment.Recovery), x.errOf(s))
			}
		})
	}
	all := make(chan struct{})
	go func() { healing.Wait(); cancel(); close(all) }()
	return all
}

func (x *execution) errOf(s PlannedStep) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.steps[s.N-1].err
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

// hopeless reports whether a probe was out of bounds at the deadline, so that no earlier moment can have been the
// beginning of a steady state that lasted.
func (x *execution) hopeless(deadline time.Time) bool {
	for i, p := range x.plan.Experiment.Probes {
		t := x.track(i)
		for k, r := range t.readings {
			if p.Bounds.excess(r.Value) > 0 && (window{deadline, deadline}).touches(t.spans[k]) {
				return true
			}
		}
	}
	return false
}

// restless says why the probe was not steady all through w, "" if it was.
func (t track) restless(base, w window) string {
	if _, ok := t.covers(w); !ok {
		return t.probe.ID() + " has no data"
	}
	if text, _, bad := t.violated(w, 0); bad {
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
	if steady.IsZero() {
		x.unsettled(waiting)
	} else {
		r.SteadyAt = &steady
		r.SinceFault = steady.Sub(fault.from).Seconds()
		r.SinceUndone = steady.Sub(undone).Seconds()
		x.say("steady again %s after the fault began", span(steady.Sub(fault.from)))
	}
	x.mu.Lock()
	x.recovery = r
	x.mu.Unlock()
}

// unsettled finds that the system did not come back, or that nobody can tell.
func (x *execution) unsettled(waiting []string) {
	verdict, w := reports.Failed, x.recoveryWindow()
	for i := range x.series {
		if _, ok := x.track(i).covers(w); !ok {
			verdict = reports.Inconclusive
		}
	}
	x.find(verdict, "not steady again within %s of the last undo: %s", span(x.plan.Experiment.Recovery), firstOf(waiting))
}

func (x *execution) recoveryWindow() window {
	w, _ := x.phase(reports.Recover)
	w.to = w.from.Add(x.plan.Experiment.Recovery)
	return w
}

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return "nothing was measured"
	}
	return texts[0]
}

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

// regained is what waiting for the recovery came to. It is reviewed once the last measurement is in.
type regained struct {
	watched bool      // to its end; an operator's stop cuts it short
	steady  time.Time // the beginning of the stretch that was steady; zero if there was none
	out     []unrest  // which probes were out of bounds at the deadline
	waiting []unrest  // what else it waited for
	against []unrest  // as reviewed: why it was not steady again
	unknown unrest    // as reviewed: what leaves open whether it was
}

// reasons are why it was not steady again. What a probe was at the deadline says more than what it was before.
func (r *regained) reasons() []unrest {
	reasons := slices.Clone(r.out)
	for _, w := range r.waiting {
		if !slices.ContainsFunc(r.out, func(u unrest) bool { return u.probe == w.probe }) {
			reasons = append(reasons, w)
		}
	}
	return reasons
}

// recover waits until every probe is steady again and everything that had to heal has healed, or until the
// deadline. Steady means what it means at baseline: within bounds for as long as the baseline lasted. A run that an
// operator stopped waits for what must heal, and takes one last measurement instead.
func (x *execution) recover(ctx context.Context) {
	e := x.plan.Experiment
	from := x.enter(reports.Recover)
	defer x.enter("")
	deadline := from.Add(e.Recovery)
	x.lookNow() // the last look may have seen what has just been undone
	healed := x.healAll(deadline)
	if ctx.Err() == nil {
		x.say("recovery: steady again within %s, and then for %s", reports.Span(e.Recovery), reports.Span(e.Baseline))
		x.regained.watched = x.awaitSteady(ctx, healed, from, deadline)
	}
	<-healed
	if !x.regained.watched && !x.aborted() {
		x.find(reports.Aborted, "%v before it was steady again", context.Cause(ctx))
	}
}

// awaitSteady waits for the steady state, and returns false if ctx ended first.
func (x *execution) awaitSteady(ctx context.Context, healed <-chan struct{}, from, deadline time.Time) bool {
	r := &x.regained
	search := search{deadline: deadline}
	giveUp := deadline.Add(x.plan.Experiment.Baseline).Add(x.patience())
	var looked time.Time
	return x.await(ctx, reports.Recover, func() time.Time { return deadline }, func() (bool, string) {
		now := time.Now()
		if !closed(healed) {
			return false, x.awaited("to heal", stepState.isHealing)
		}
		if now.Sub(looked) < time.Second/2 {
			return false, joined(r.waiting)
		}
		looked = now
		if r.out = x.stillOut(deadline); len(r.out) > 0 {
			return true, ""
		}
		r.steady = x.steadySince(x.lastUndone(from), &search)
		r.waiting = search.against
		return !r.steady.IsZero() || now.After(giveUp), joined(r.waiting)
	})
}

// errNotHealed is why waiting for something to heal ends.
var errNotHealed = errors.New("the time to recover is over")

// healAll waits in the background for every step that cannot be taken back. The channel is closed when all have
// healed or the deadline has passed.
func (x *execution) healAll(deadline time.Time) <-chan struct{} {
	ctx, cancel := context.WithDeadlineCause(context.Background(), deadline, errNotHealed)
	var healing sync.WaitGroup
	for _, s := range x.plan.Steps {
		if s.About.Irreversible != "" && x.stateOf(s).state != reports.StepPlanned {
			healing.Go(func() { x.heal(ctx, s) })
		}
	}
	all := make(chan struct{})
	go func() { healing.Wait(); cancel(); close(all) }()
	return all
}

// review judges the recovery by all the data, once the last measurement is in: what arrived late may say that what
// seemed steady was not.
func (x *execution) review() {
	fault, begun := x.phase(reports.Fault)
	r := &x.regained
	if !begun || !r.watched {
		return
	}
	undone, _ := x.phase(reports.Recover)
	record := &reports.Recovery{Deadline: x.plan.Experiment.Recovery.Seconds()}
	within := reports.Span(x.plan.Experiment.Recovery)
	if !r.steady.IsZero() {
		if restless := x.restless(window{r.steady, r.steady.Add(x.plan.Experiment.Baseline)}); len(restless) > 0 {
			r.steady, r.out = time.Time{}, restless
		}
	}
	undone.to = undone.from.Add(x.plan.Experiment.Recovery)
	silent := x.silent(undone)
	switch {
	case !r.steady.IsZero():
		since := x.steadyFrom(fault.from, undone.from, r.steady)
		record.SteadyAt = &since
		record.SinceFault = since.Sub(fault.from).Seconds()
		record.SinceUndone = max(0, since.Sub(undone.from)).Seconds()
		x.say("%s%s", backAfter(record.SinceFault), x.despite())
	case len(r.out) == 0 && silent.text != "":
		r.unknown, record.Unknown = silent, silent.String()
		x.find(reports.Inconclusive, "whether it was steady again within %s of the last undo is not known: %s", within, silent)
	default:
		r.against = r.reasons()
		for _, u := range r.against {
			record.Waiting = append(record.Waiting, u.String())
		}
		x.find(reports.Failed, "not steady again within %s of the last undo: %s", within, strings.Join(record.Waiting, "; "))
	}
	x.unhealed()
	x.mu.Lock()
	x.recovery = record
	x.mu.Unlock()
}

// unhealed finds what did not heal in time, or what nobody could see heal.
func (x *execution) unhealed() {
	for _, s := range x.plan.Steps {
		st := x.stateOf(s)
		if st.state != reports.StepNotHealed {
			continue
		}
		verdict := reports.Inconclusive
		if st.unhealed {
			verdict = reports.Failed
		}
		x.findWhatever(verdict, "step %d had not healed %s later: %s", s.N, reports.Span(x.plan.Experiment.Recovery), st.err)
	}
}

// steadyFrom is when the last disturbance was over. If nothing had to be waited for after the last undo, it was
// over before that.
func (x *execution) steadyFrom(fault, undone, steady time.Time) time.Time {
	if steady.Sub(undone) > 2*x.env.Poll {
		return steady
	}
	last, w := fault, window{fault, steady}
	for i := range x.series {
		t := x.track(i)
		_, stretches := t.outside(w, reports.Fault)
		if _, changed := t.changed(x.before(fault), w); changed {
			stretches = append(stretches, t.departures(x.before(fault), w, reports.Fault, fault)...)
		}
		for _, s := range stretches {
			if s.To.After(last) {
				last = s.To
			}
		}
	}
	return last
}

// despite says how many changes are still in effect although the undo is over, "" if none is.
func (x *execution) despite() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	left := 0
	for _, s := range x.steps {
		if s.state == reports.StepNotUndone {
			left++
		}
	}
	if left == 0 {
		return ""
	}
	return fmt.Sprintf(", with %s still in effect", reports.Counted(left, "change"))
}

func backAfter(sinceFault float64) string {
	if sinceFault == 0 {
		return "steady throughout"
	}
	return fmt.Sprintf("steady again %s after the fault began", reports.Span(time.Duration(sinceFault*float64(time.Second))))
}

package experiments

import (
	"context"
	"fmt"
	"time"

	"gameday/reports"
)

// baseline reports whether the steady state held. Where it did not, the reason is found and nothing may be injected.
func (x *execution) baseline(ctx context.Context) bool {
	w, _ := x.phase(reports.Baseline)
	w.to = w.from.Add(x.plan.Experiment.Baseline)
	x.say("baseline: the steady state must hold for %s", reports.Span(w.length()))

	var reason string
	finished := x.await(ctx, reports.Baseline, func() time.Time { return w.to }, func() (bool, string) {
		now := time.Now()
		if reason = x.unsteady(window{w.from, now}); reason != "" {
			return true, ""
		}
		if now.Before(w.to) {
			return false, ""
		}
		if text := x.fruitless(); text != "" { // why a probe may well be silent
			reason = "nothing was injected: " + text
			return true, ""
		}
		missing, hopeless := x.unproven(w)
		if hopeless {
			reason = "nothing was injected: " + missing
		}
		return missing == "" || hopeless, "waiting, as " + missing
	})
	if finished && reason == "" {
		if text := x.baseless(w); text != "" {
			reason = "nothing was injected: " + text
		}
	}
	switch {
	case !finished:
		x.enter("")
		x.find(reports.Aborted, "%v during the baseline, before anything was touched", context.Cause(ctx))
	case reason != "":
		x.enter("")
		x.find(reports.Inconclusive, "%s", reason)
	}
	return finished && reason == ""
}

// baseless says what the steady state is worth nothing for although it was measured, "" if there is nothing.
func (x *execution) baseless(w window) string {
	for i := range x.series {
		if text := x.track(i).incomparable(window{w.from, time.Now()}); text != "" {
			return text
		}
	}
	return x.overrun()
}

// patience is how long to wait for data that arrives late before it counts as missing.
func (x *execution) patience() time.Duration {
	longest := time.Duration(0)
	for _, p := range x.plan.Experiment.Probes {
		longest = max(longest, p.patience(x.env.Late))
	}
	return longest
}

// unsteady says which probe is out of its fixed bounds within w or cannot measure, "" if none is.
func (x *execution) unsteady(w window) string {
	for i, p := range x.plan.Experiment.Probes {
		if text, _, broken := x.track(i).since(w.from).violated(w, reports.Baseline, 0); broken {
			return "not steady at baseline, so nothing was injected: " + p.ID() + " was " + text
		}
		if n, err := x.series[i].blind(); n >= tooBlind {
			return fmt.Sprintf("nothing was injected: %s cannot measure: %v", p.ID(), err)
		}
	}
	return ""
}

// unproven says what the baseline w has yet to show, "" if nothing; hopeless says that it is too late for that. Each
// probe has to speak all through it, from readings that began in it: a record from its first whole period on. Each load
// needs an answer.
func (x *execution) unproven(w window) (missing string, hopeless bool) {
	overdue := time.Since(w.to)
	for i, p := range x.plan.Experiment.Probes {
		t, own := x.track(i).since(w.from), w
		if len(t.spans) > 0 && t.spans[0].from.Sub(w.from) <= p.Probe.Scale().Period {
			own.from = t.spans[0].from
		}
		if text := x.silence(i, t, own); text != "" {
			return p.ID() + " " + text, overdue > p.patience(x.env.Late) && !x.series[i].busy(w.to)
		}
	}
	for _, l := range x.plan.Experiment.Loads {
		if x.env.Loads[l.Name].Recording().Total().Sent == 0 {
			return fmt.Sprintf("load %q has sent nothing", l.Name), overdue > x.env.Late+l.Timeout
		}
	}
	return "", false
}

// silent says which probe did not speak all through w; there is no text if all did.
func (x *execution) silent(w window) unrest {
	for i, p := range x.plan.Experiment.Probes {
		if text := x.silence(i, x.track(i), w); text != "" {
			return unrest{p.ID(), text}
		}
	}
	return unrest{}
}

// silence says where in w probe i, with track t, did not speak.
func (x *execution) silence(i int, t track, w window) string {
	gap, ok := t.covers(w)
	if ok {
		return ""
	}
	text := "has no data"
	if len(t.readings) > 0 {
		text += " from " + clock(gap.from) + " to " + clock(gap.to)
	}
	return text + x.why(i, w)
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

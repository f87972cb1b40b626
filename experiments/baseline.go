package experiments

import (
	"context"
	"time"

	"gameday/reports"
)

// baseline reports whether the steady state held. Where it did not, the reason is found and nothing may be injected.
func (x *execution) baseline(ctx context.Context) bool {
	from := x.enter(reports.Baseline)
	w := window{from, from.Add(x.plan.Experiment.Baseline)}
	x.say("baseline: the steady state must hold for %s", reports.Span(w.length()))
	deadline := w.to.Add(x.patience())

	var unsteady string
	steady := false
	finished := x.await(ctx, reports.Baseline, func() time.Time { return w.to }, func() bool {
		if unsteady = x.unsteady(window{w.from, time.Now()}); unsteady != "" {
			return true
		}
		now := time.Now()
		steady = !now.Before(w.to) && x.silentBaseline(w) == ""
		return steady || now.After(deadline)
	})
	switch {
	case !finished:
		x.enter("")
		x.find(reports.Aborted, "%v during the baseline, before anything was touched", context.Cause(ctx))
		return false
	case unsteady != "":
		x.enter("")
		x.find(reports.Inconclusive, "not steady at baseline, so nothing was injected: %s", unsteady)
		return false
	case !steady:
		x.enter("")
		x.find(reports.Inconclusive, "nothing was injected: %s", x.silentBaseline(w))
		return false
	}
	if text := x.overrun(); text != "" {
		x.enter("")
		x.find(reports.Inconclusive, "nothing was injected: %s", text)
		return false
	}
	return true
}

// patience is how long to wait for data that arrives late before it counts as missing.
func (x *execution) patience() time.Duration {
	longest := time.Duration(0)
	for _, p := range x.plan.Experiment.Probes {
		longest = max(longest, p.tolerance())
	}
	return x.env.Late + longest
}

// unsteady says which probe is out of its fixed bounds within w, "" if none is.
func (x *execution) unsteady(w window) string {
	for i, p := range x.plan.Experiment.Probes {
		if text, _, broken := x.track(i).since(w.from).violated(w, reports.Baseline, 0); broken {
			return p.ID() + " was " + text
		}
	}
	return ""
}

// silentBaseline is silent for a phase before which nothing was measured: a record has to speak from its first whole
// period on.
func (x *execution) silentBaseline(w window) string {
	for i, p := range x.plan.Experiment.Probes {
		t, own := x.track(i).since(w.from), w
		if len(t.spans) > 0 && t.spans[0].from.Sub(w.from) <= p.Probe.Scale().Period {
			own.from = t.spans[0].from
		}
		if text := x.silence(i, t, own); text != "" {
			return text
		}
	}
	return ""
}

// silent says which probe did not speak all through w, "" if all did.
func (x *execution) silent(w window) string {
	for i := range x.plan.Experiment.Probes {
		if text := x.silence(i, x.track(i), w); text != "" {
			return text
		}
	}
	return ""
}

// silence says where in w probe i, with track t, did not speak.
func (x *execution) silence(i int, t track, w window) string {
	gap, ok := t.covers(w)
	if ok {
		return ""
	}
	text := t.probe.ID() + " has no data"
	if len(t.readings) > 0 {
		text += " from " + clock(gap.from) + " to " + clock(gap.to)
	}
	return text + x.why(i)
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

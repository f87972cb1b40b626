package experiments

import (
	"fmt"
	"slices"
	"time"

	"gameday/reports"
)

// search remembers how far the search for a steady stretch has come, so that it need not begin anew at every look.
type search struct {
	deadline time.Time
	ruledOut time.Time // no moment up to here can be the beginning
	against  []string  // what spoke against the last moment that was tried
}

// steadySince finds the first moment, from earliest to the deadline, from which on every probe was steady for as long
// as the baseline lasted. The zero time means that there is none yet.
func (x *execution) steadySince(earliest time.Time, s *search) time.Time {
	for _, m := range x.moments(earliest, s) {
		w := window{m, m.Add(x.plan.Experiment.Baseline)}
		if time.Now().Before(w.to) {
			s.against = []string{"the steady state has yet to last"}
			return time.Time{}
		}
		if s.against = x.restless(w); len(s.against) == 0 {
			return m
		}
		if x.silent(w) == "" {
			s.ruledOut = m
		}
	}
	return time.Time{}
}

// moments lists when a steady stretch may have begun: after the last undo, or after any reading since.
func (x *execution) moments(earliest time.Time, s *search) []time.Time {
	var moments []time.Time
	if earliest.After(s.ruledOut) {
		moments = append(moments, earliest)
	}
	for i := range x.series {
		for _, span := range x.track(i).spans {
			if span.to.After(earliest) && span.to.After(s.ruledOut) && !span.to.After(s.deadline) {
				moments = append(moments, span.to)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	return slices.CompactFunc(moments, time.Time.Equal)
}

// restless says which probes were not steady all through w, and why. What is cheap to find out comes first.
func (x *execution) restless(w window) []string {
	fault, _ := x.phase(reports.Fault)
	base := x.before(fault.from)
	var why []string
	for i := range x.series {
		if text := x.track(i).restless(base, w); text != "" {
			why = append(why, text)
		}
	}
	return why
}

func (t track) restless(base, w window) string {
	if gap, ok := t.covers(w); !ok {
		return fmt.Sprintf("%s has no data from %s to %s", t.probe.ID(), clock(gap.from), clock(gap.to))
	}
	if text, _, bad := t.violated(w, reports.Recover, 0); bad {
		return t.probe.ID() + " was " + text
	}
	c, changed := t.changed(base, w)
	if changed {
		return t.probe.ID() + " " + describeChange(t.probe, c)
	}
	if !c.able { // too few readings for the test: then nothing may be worse than the baseline was
		if worse := t.departures(base, w); len(worse) > 0 {
			return t.probe.ID() + " was " + worse[0].Text
		}
	}
	return ""
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
		if p.looks() && time.Now().Before(deadline) {
			continue // the next look may see what this one did not
		}
		t := x.track(i)
		for k, r := range t.readings {
			if p.Bounds.beyond(r.Value, r.Failed) > 0 && (window{deadline, deadline}).touches(t.spans[k]) {
				v := reports.Violation{Worst: r.Value, Failed: r.Failed, Note: r.Note}
				out = append(out, fmt.Sprintf("%s was still %s%s", p.ID(), t.describe(v), remark(v)))
			}
		}
	}
	return out
}

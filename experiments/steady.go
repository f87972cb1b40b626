package experiments

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gameday/reports"
)

// search remembers how far the search for a steady stretch has come, so that it need not begin anew at every look.
type search struct {
	deadline time.Time
	ruledOut time.Time // no moment up to here can be the beginning
	against  []unrest  // what spoke against the last moment that was tried
}

// unrest is what one probe did that is not steady. The probe is its ID, "" where it is no probe's doing.
type unrest struct{ probe, text string }

func (u unrest) String() string { return strings.TrimSpace(u.probe + " " + u.text) }

func joined(all []unrest) string {
	texts := make([]string, len(all))
	for i, u := range all {
		texts[i] = u.String()
	}
	return strings.Join(texts, "; ")
}

// steadySince finds the first moment, from earliest to the deadline, from which on every probe was steady for as long
// as the baseline lasted. The zero time means that there is none yet.
func (x *execution) steadySince(earliest time.Time, s *search) time.Time {
	for _, m := range x.moments(earliest, s) {
		w := window{m, m.Add(x.plan.Experiment.Baseline)}
		if time.Now().Before(w.to) {
			s.against = []unrest{{text: "the steady state has yet to last"}}
			return time.Time{}
		}
		if s.against = x.restless(w); len(s.against) == 0 {
			return m
		}
		if x.silent(w).text == "" {
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
func (x *execution) restless(w window) []unrest {
	fault, _ := x.phase(reports.Fault)
	recovery, _ := x.phase(reports.Recover)
	base := x.before(fault.from)
	var why []unrest
	for i := range x.series {
		t := x.track(i)
		if text := t.restless(base, w, recovery.from); text != "" {
			why = append(why, unrest{t.probe.ID(), text})
		}
	}
	return why
}

// restless says in what way the probe was not steady all through w, "" if it was. The recovery began at began.
func (t track) restless(base, w window, began time.Time) string {
	if gap, ok := t.covers(w); !ok {
		return fmt.Sprintf("has no data from %s to %s", clock(gap.from), clock(gap.to))
	}
	if _, out := t.stretches(w, reports.Recover, t.probe.Bounds.beyond); len(out) > 0 {
		v := out[worst(t.probe.Bounds, out)]
		return "was " + t.describe(v) + lasted(v, began) + remark(v)
	}
	c, changed := t.changed(base, w)
	if changed {
		return describeChange(t.probe, c)
	}
	if !c.able { // too few readings for the test: then nothing may be worse than the baseline was
		if worse := t.departures(base, w, reports.Recover, began); len(worse) > 0 {
			return "was " + worse[0].Text
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
func (x *execution) stillOut(deadline time.Time) []unrest {
	var out []unrest
	for i, p := range x.plan.Experiment.Probes {
		if p.looks() && time.Now().Before(deadline) {
			continue // the next look may see what this one did not
		}
		t := x.track(i)
		for k, r := range t.readings {
			if p.Bounds.beyond(r.Value, r.Failed) > 0 && (window{deadline, deadline}).touches(t.spans[k]) {
				left := t.left(k)
				v := reports.Violation{From: left.from, To: deadline, Phase: x.phaseOf(left), Worst: r.Value, Failed: r.Failed, Note: r.Note}
				phase, _ := x.phase(v.Phase)
				out = append(out, unrest{p.ID(), "was still " + t.describe(v) + lasted(v, phase.from) + remark(v)})
			}
		}
	}
	return out
}

// left is the reading with which the probe left its bounds and did not come back until reading k.
func (t track) left(k int) window {
	for k > 0 && t.probe.Bounds.beyond(t.readings[k-1].Value, t.readings[k-1].Failed) > 0 {
		k--
	}
	return t.spans[k]
}

package experiments

import (
	"fmt"

	"gameday/reports"
)

// judge looks at every probe once all data is in, and finds what speaks against "passed".
func (x *execution) judge() []reports.Probe {
	fault, begun := x.faulty()
	var judged []reports.Probe
	for i := range x.series {
		t := x.track(i)
		r := probeReport(t.probe)
		r.Readings = x.readingReports(t)
		switch {
		case begun && x.aborted():
			x.judgeShort(t, fault, &r)
		case begun:
			x.judgeProbe(i, t, fault, &r)
		default:
			r.State = "not judged"
			base, _ := x.phase(reports.Baseline)
			_, r.Violations = t.outside(base, reports.Baseline)
		}
		judged = append(judged, r)
	}
	if begun {
		x.doubt()
	}
	return judged
}

// doubt finds what takes the ground from under the other findings: traffic that was not what it should have been,
// or a stop that the final data does not bear out.
func (x *execution) doubt() {
	x.mu.Lock()
	confirmed := x.stopped == ""
	for _, f := range x.findings {
		confirmed = confirmed || f.verdict == reports.Failed
	}
	x.mu.Unlock()
	if !confirmed && !x.aborted() {
		x.find(reports.Inconclusive, "stopped early because %s, which later data did not bear out", x.stopped)
	}
	if text := x.overrun(); text != "" {
		x.mu.Lock()
		for i := range x.findings {
			if f := x.findings[i]; f.verdict == reports.Failed && !f.solid {
				x.findings[i].verdict = reports.Inconclusive
			}
		}
		x.findings = append([]finding{{verdict: reports.Inconclusive, text: text}}, x.findings...)
		x.mu.Unlock()
	}
}

// judgeProbe judges one probe over the time that the fault was in effect.
func (x *execution) judgeProbe(i int, t track, fault window, r *reports.Probe) {
	state := func(s string, v reports.Verdict, format string, args ...any) {
		r.State, r.Reason = s, fmt.Sprintf(format, args...)
		x.find(v, "%s %s", t.probe.ID(), r.Reason)
	}
	var broke string
	var broken bool
	broke, r.Violations, broken = t.violated(fault, reports.Fault, t.probe.Allow)
	change, changed := t.changed(x.before(fault.from), fault)
	if t.probe.Bounds.Unchanged {
		r.Unchanged = &change.Unchanged
	}
	gap, covered := t.covers(fault)
	last, unfinished := t.unfinished(fault)
	r.State = "passed"
	switch {
	case t.probe.Proof && !broken && covered:
		state("inconclusive", reports.Inconclusive, "never left its bounds, so nothing proves that the fault bit")
	case broken && !t.probe.Proof:
		state("failed", reports.Failed, "was %s", broke)
	case changed:
		departures := t.departures(x.before(fault.from), fault)
		r.Violations = append(r.Violations, departures...)
		text := describeChange(t.probe, change)
		if len(departures) > 0 {
			text += ": " + departures[longest(departures)].Text
		}
		state("failed", reports.Failed, "%s", text)
	case unfinished && !t.probe.Proof && !broken && x.stopped != "":
		state("inconclusive", reports.Inconclusive, "had not come to an end when the run was stopped early, %s so far", t.probe.value(last.Value))
	case unfinished && !t.probe.Proof && !broken:
		state("inconclusive", reports.Inconclusive, "had not come to an end when the fault phase did, %s so far: make observe longer than its max", t.probe.value(last.Value))
	case !covered && len(t.readings) == 0:
		state("inconclusive", reports.Inconclusive, "has no data%s", x.why(i))
	case !covered:
		state("inconclusive", reports.Inconclusive, "has no data from %s to %s%s", clock(gap.from), clock(gap.to), x.why(i))
	case t.probe.Bounds.Unchanged && !change.able:
		state("inconclusive", reports.Inconclusive, "%s", change.unable)
	}
}

// judgeShort judges one probe of a run that was cut short: what it broke is broken, and of the rest nothing is known.
func (x *execution) judgeShort(t track, fault window, r *reports.Probe) {
	var broken bool
	r.State = "not judged"
	r.Reason, r.Violations, broken = t.violated(fault, reports.Fault, t.probe.Allow)
	if broken && !t.probe.Proof {
		r.State = "failed"
		x.find(reports.Failed, "%s was %s", t.probe.ID(), r.Reason)
	}
}

// longest is the index of the longest stretch.
func longest(stretches []reports.Violation) int {
	at := 0
	for i, v := range stretches {
		if v.To.Sub(v.From) > stretches[at].To.Sub(stretches[at].From) {
			at = i
		}
	}
	return at
}

// why quotes the last failed measurement of probe i.
func (x *execution) why(i int) string {
	if _, err := x.series[i].blind(); err != nil {
		return ": " + err.Error()
	}
	return ""
}

func (x *execution) aborted() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range x.findings {
		if f.verdict == reports.Aborted {
			return true
		}
	}
	return false
}

package experiments

import (
	"cmp"
	"fmt"
	"slices"

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
		r.Failures = x.failureReport(i)
		switch {
		case begun && x.aborted():
			x.judgeShort(t, fault, &r)
		case begun:
			x.judgeProbe(i, t, fault, &r)
			x.regained.settle(&r)
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

// doubt finds what takes the ground from under the other findings: traffic that was not what it should have been, a
// process that was not there to see, a stop that the final data does not bear out, or no fault at all.
func (x *execution) doubt() {
	if len(x.plan.Experiment.Injects) == 0 {
		x.find(reports.Inconclusive, "the experiment has no inject, so nothing was tried")
	}
	x.mu.Lock()
	confirmed := x.stopped == ""
	for _, f := range x.findings {
		confirmed = confirmed || f.verdict == reports.Failed || f.broke
	}
	x.mu.Unlock()
	if !confirmed && !x.aborted() {
		x.find(reports.Inconclusive, "stopped early because %s, which later data did not bear out", x.stopped)
	}
	if text := cmp.Or(x.overrun(), x.heldUp()); text != "" {
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

// judgeProbe judges one probe over the time that the fault was in effect. What it broke is broken, whatever else is not
// known; it passes where nothing is left to doubt.
func (x *execution) judgeProbe(i int, t track, fault window, r *reports.Probe) {
	state := func(s string, v reports.Verdict, text string) {
		r.State, r.Reason = s, text
		x.find(v, "%s %s", t.probe.ID(), text)
	}
	var broke string
	var broken bool
	broke, r.Violations, broken = t.violated(fault, reports.Fault, t.probe.Allow)
	change, changed := t.changed(x.before(fault.from), fault)
	if t.probe.Bounds.Unchanged {
		r.Unchanged = &change.Unchanged
	}
	r.State = "passed"
	switch {
	case (broken || changed) && !t.probe.Proof && !x.stands(t, fault):
		r.State, r.Reason = "inconclusive", cmp.Or(broke, describeChange(t.probe, change))+", but only while this machine could not keep up with the load"
		x.take(finding{verdict: reports.Inconclusive, text: fmt.Sprintf("%s was %s", t.probe.ID(), r.Reason), broke: true})
	case broken && !t.probe.Proof:
		state("failed", reports.Failed, "was "+broke)
	case changed && !t.probe.Proof:
		departures := t.departures(x.before(fault.from), fault, reports.Fault, fault.from)
		r.Violations = append(r.Violations, departures...)
		text := describeChange(t.probe, change)
		if len(departures) > 0 {
			text += ": " + departures[longest(departures)].Text
		}
		state("failed", reports.Failed, text)
	default:
		doubt := cmp.Or(x.unended(t, fault), x.unmeasured(i, t, fault), change.unable)
		if t.probe.Proof {
			doubt = x.unmeasured(i, t, fault)
			if !broken {
				doubt = cmp.Or(doubt, "never left its bounds, so nothing proves that the fault bit")
			}
		}
		if doubt != "" {
			state("inconclusive", reports.Inconclusive, doubt)
		}
	}
}

// stands is whether what a probe broke in w it also broke while this machine kept up with its loads.
func (x *execution) stands(t track, w window) bool {
	sound := x.sound(t)
	_, _, broken := sound.violated(w, reports.Fault, t.probe.Allow)
	_, changed := sound.changed(x.before(w.from), w)
	return broken || changed
}

// settle holds a probe that kept its bounds in the fault phase to the recovery: it has not passed where it was what kept the run
// from being steady again.
func (r *regained) settle(p *reports.Probe) {
	if p.State != "passed" {
		return
	}
	for _, u := range r.against {
		if u.probe == p.ID() {
			p.State, p.Reason = "failed", "was not steady again in time: "+u.text
		}
	}
	if r.unknown.probe == p.ID() {
		p.State, p.Reason = "inconclusive", r.unknown.text
	}
}

// unended says that the last reading of the fault phase speaks of something that was still going on, "" if it does not.
func (x *execution) unended(t track, fault window) string {
	last, unfinished := t.unfinished(fault)
	switch {
	case !unfinished:
		return ""
	case x.stopped != "":
		return fmt.Sprintf("had not come to an end when the run was stopped early, %s so far", t.probe.value(last.Value))
	}
	return fmt.Sprintf("had not come to an end when the fault phase did, %s so far: make observe longer than its max", t.probe.value(last.Value))
}

// unmeasured says what of the fault probe i, with track t, has not seen, "" if it has seen enough: it has to speak all
// through it, and a look at the present has to be made after each change has taken effect, and fail less than every
// third time.
func (x *execution) unmeasured(i int, t track, fault window) string {
	gap, covered := t.covers(fault)
	switch {
	case !covered && len(t.readings) == 0:
		return "has no data" + x.why(i, fault)
	case !covered:
		return fmt.Sprintf("has no data from %s to %s%s", clock(gap.from), clock(gap.to), x.why(i, fault))
	case !t.probe.looks():
		return ""
	}
	if step := x.unseen(t); step != "" {
		return "did not measure while " + step + " was in effect" + cmp.Or(x.why(i, fault), ": make observe longer, or every shorter")
	}
	if looked, failed := t.looked(fault), len(x.failures(i, fault)); failed > 0 && 3*failed >= looked+failed {
		return fmt.Sprintf("could be measured only %d of %d times%s", looked, looked+failed, x.why(i, fault))
	}
	return ""
}

// unseen names a change that took effect, and in whose effect the probe did not once look before the fault phase
// ended, "" if there is none.
func (x *execution) unseen(t track) string {
	phase, _ := x.phase(reports.Fault)
	for _, s := range x.plan.Steps {
		state := x.stateOf(s)
		if state.done == nil {
			continue
		}
		effect := window{*state.done, phase.to}
		if s.About.Irreversible == "" && state.undone != nil && state.undone.Before(effect.to) {
			effect.to = *state.undone
		}
		if t.looked(effect) == 0 {
			return fmt.Sprintf("step %d (%s)", s.N, s.Step)
		}
	}
	return ""
}

// failures are the measurements of probe i that began in w and failed.
func (x *execution) failures(i int, w window) []failure {
	return slices.DeleteFunc(x.series[i].failed(), func(f failure) bool { return !(window{f.at, f.at}).touches(w) })
}

// why quotes the last measurement of probe i that failed in w, "" if none did.
func (x *execution) why(i int, w window) string {
	failed := x.failures(i, w)
	if len(failed) == 0 {
		return ""
	}
	last := failed[len(failed)-1]
	return fmt.Sprintf(": %s failed, the last at %s: %v", reports.Counted(len(failed), "measurement"), clock(last.at), last.err)
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

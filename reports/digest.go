package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ID is the probe's address in the file: "alb_5xx.errors".
func (p Probe) ID() string { return p.Kind + "." + p.Name }

// Rules says in one line what the probe was held to: "max 3s, up to 10s out of bounds".
func (p Probe) Rules() string {
	var rules []string
	if p.Min != nil {
		rules = append(rules, "min "+Value(*p.Min, p.Unit))
	}
	if p.Max != nil {
		rules = append(rules, "max "+Value(*p.Max, p.Unit))
	}
	if u := p.Unchanged; u != nil {
		rule := "unchanged"
		if u.Margin > 0 {
			rule += " within " + Value(u.Margin, p.Unit)
		}
		rules = append(rules, rule+" (confidence "+strconv.FormatFloat(u.Confidence, 'f', -1, 64)+")")
	}
	if p.Allow > 0 {
		rules = append(rules, "up to "+seconds(p.Allow)+" out of bounds")
	}
	if p.Proof {
		rules = append(rules, "must leave its bounds, as proof of the fault")
	}
	return strings.Join(rules, ", ")
}

// Trouble says in one line which measurements could not be made, "" if all could.
func (p Probe) Trouble() string {
	f := p.Failures
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%s failed, the last at %s: %s", Counted(f.Count, "measurement"), clock(f.Last), f.Error)
}

// Typical returns the median of the baseline, or the rate over all of it for events, and false without readings.
func (p Probe) Typical() (float64, bool) {
	var values []float64
	var events, of float64
	for _, r := range p.Readings {
		if r.Phase == Baseline {
			values = append(values, r.Value)
			events, of = events+r.Value*r.Of, of+r.Of
		}
	}
	if of > 0 {
		return events / of, true
	}
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	n := len(values)
	return values[(n-1)/2]/2 + values[n/2]/2, true
}

// Worst returns the reading of the fault phase, undo included, that is the furthest out of the bounds or the nearest
// to them. A probe that is only held to be unchanged is at its worst where it is furthest on the side that it moved
// to. It is false without readings.
func (p Probe) Worst() (Reading, bool) {
	var worst Reading
	found := false
	for _, r := range p.Readings {
		if (r.Phase == Fault || r.Phase == Undo) && (!found || p.badness(r.Value) > p.badness(worst.Value)) {
			worst, found = r, true
		}
	}
	return worst, found
}

// badness grows with how far v is out of bounds; within them it is negative.
func (p Probe) badness(v float64) float64 {
	bad := math.Inf(-1)
	if p.Max != nil {
		bad = v - *p.Max
	}
	if p.Min != nil {
		bad = max(bad, *p.Min-v)
	}
	switch {
	case p.Max != nil || p.Min != nil:
		return bad
	case p.Unchanged != nil && p.Unchanged.Fault < p.Unchanged.Baseline:
		return -v
	}
	return v
}

// baselineText and worstText are the two columns that every format shows beside the bounds.
func (p Probe) baselineText() string {
	if v, ok := p.Typical(); ok {
		return Value(v, p.Unit)
	}
	return "–"
}

func (p Probe) worstText() string {
	if r, ok := p.Worst(); ok {
		return Value(r.Value, p.Unit)
	}
	return "–"
}

// comparison says what the test of an unchanged probe came to, "" where there was none.
func (p Probe) comparison() string {
	u := p.Unchanged
	if u == nil || u.BaselineN == 0 || u.FaultN == 0 {
		return ""
	}
	return fmt.Sprintf("%s at baseline (%s), %s during the fault (%s), %s, %s",
		Value(u.Baseline, p.Unit), Counted(u.BaselineN, "reading"), Value(u.Fault, p.Unit), Counted(u.FaultN, "reading"), Chance(u.P), u.Test)
}

// Chance writes a p-value as people quote it. No test is so sure that it may say zero.
func Chance(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return fmt.Sprintf("p = %.2g", p)
}

// Touched reports whether anything was changed, or may have been.
func (r *Result) Touched() bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Began != nil })
}

// Whole reports whether everything was taken back and steady again, so that there is a time to recover.
func (r *Result) Whole() bool {
	return r.notUndone() == 0 && r.Recovery != nil && r.Recovery.SteadyAt != nil
}

// Recovered says in one line how the system came back. It has not where a change is still in effect, however steady it seems.
func (r *Result) Recovered() string {
	left := r.notUndone()
	if left == 0 || r.Recovery == nil || r.Recovery.SteadyAt == nil {
		return r.Recovery.Text()
	}
	return fmt.Sprintf("Every probe was steady %s after the fault began, with %s still in effect: what comes of that is not known.",
		seconds(r.Recovery.SinceFault), Counted(left, "change"))
}

// notUndone counts the changes that are still in effect because undoing them failed.
func (r *Result) notUndone() (n int) {
	for _, s := range r.Steps {
		if s.State == StepNotUndone {
			n++
		}
	}
	return n
}

// Text says in one line how the system came back.
func (r *Recovery) Text() string {
	switch {
	case r == nil:
		return "The run ended before a recovery could be watched."
	case r.Unknown != "":
		return fmt.Sprintf("Whether it was steady again within %s is not known: %s.", seconds(r.Deadline), r.Unknown)
	case r.SteadyAt == nil && len(r.Waiting) > 0:
		return fmt.Sprintf("Not steady again within %s: %s.", seconds(r.Deadline), strings.Join(r.Waiting, "; "))
	case r.SteadyAt == nil:
		return fmt.Sprintf("Not steady again within %s.", seconds(r.Deadline))
	case r.SinceUndone <= 0:
		return fmt.Sprintf("Steady again %s after the fault began, and by the time that everything was undone.", seconds(r.SinceFault))
	}
	return fmt.Sprintf("Steady again %s after the fault began and %s after the last undo (allowed: %s).",
		seconds(r.SinceFault), seconds(r.SinceUndone), seconds(r.Deadline))
}

// origin is the moment that a report counts from: the beginning of the fault, or of the run where there was none.
func (r *Result) origin() (what string, at int64) {
	for _, p := range r.Phases {
		if p.Name == Fault {
			return "fault", p.From.UnixMilli()
		}
	}
	return "start", r.Started.UnixMilli()
}

// Place says where the run ran: "account 123456789012, eu-west-1" or "the lab".
func (e Environment) Place() string {
	if e.Lab {
		return "the lab"
	}
	return strings.TrimSuffix(fmt.Sprintf("account %s, %s", e.Account, e.Region), ", ")
}

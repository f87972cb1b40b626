package experiments

import (
	"fmt"
	"math"
	"time"

	"gameday/internal/stats"
	"gameday/probes"
	"gameday/reports"
)

// change is the comparison of a stretch of time with the run's own baseline.
type change struct {
	reports.Unchanged
	worse  float64 // by how much, in the direction that is worse: difference of rates, or Hodges-Lehmann shift
	able   bool    // enough was measured for the test to find a change, if there were one
	unable string  // why not
}

// The names of the tests, for people who want to check them.
const (
	rateTest = "exact conditional test for two Poisson rates, one-sided (Przyborowski and Wilenski 1940)"
	rankTest = "Mann-Whitney U test, one-sided (Mann and Whitney 1947)"
)

// changed compares w with the baseline, and reports whether the probe changed for the worse: significantly, at the
// confidence asked for, and by more than the margin. It never does where the file does not ask for it.
func (t track) changed(base, w window) (change, bool) {
	b := t.probe.Bounds
	if !b.Unchanged {
		return change{able: true}, false
	}
	c := t.compare(base, w)
	return c, c.able && c.P <= 1-b.Confidence && c.worse > b.Margin
}

// look is how often a probe has been looked at for a change while the fault phase went on.
type look struct {
	times    int
	readings int // at the last one
}

// changedEarly is changed for a phase that is still going on. A test that is made again and again finds something
// sooner or later; so the k-th look has to be significant at (1 - confidence) · 6/(πk)², which is all of the level
// over however many looks (the sum of 1/k² is π²/6). A probe is looked at when it has spoken.
func (t track) changedEarly(base, w window, l *look) (string, bool) {
	if !t.probe.Bounds.Unchanged || len(t.readings) == l.readings {
		return "", false
	}
	l.times, l.readings = l.times+1, len(t.readings)
	strict := t
	strict.probe.Bounds.Confidence = 1 - (1-t.probe.Bounds.Confidence)*6/math.Pow(math.Pi*float64(l.times), 2)
	c, bad := strict.changed(base, w)
	return describeChange(t.probe, c), bad
}

// compare sets the readings of w against those of the baseline. A reading that straddles the first fault belongs to
// the fault, so that an effect cannot hide in the minute in which it began.
func (t track) compare(base, w window) change {
	var before, after []probes.Reading
	for i, r := range t.readings {
		switch s := t.spans[i]; {
		case s.touches(w):
			after = append(after, r)
		case s.within(base):
			before = append(before, r)
		}
	}
	c := change{able: true}
	c.Confidence, c.Margin = t.probe.Bounds.Confidence, t.probe.Bounds.Margin
	c.BaselineN, c.FaultN, c.P = len(before), len(after), 1
	switch {
	case len(before) == 0 || len(after) == 0:
		c.able, c.unable = false, fmt.Sprintf("cannot be compared: %d readings at baseline, %d in the fault phase", len(before), len(after))
	case t.probe.Probe.Scale().Events:
		t.compareCounts(&c, before, after)
	default:
		t.compareValues(&c, before, after)
	}
	return c
}

// incomparable says why nothing could be compared with the baseline, "" if something can, or need not be.
func (t track) incomparable(base window) string {
	if !t.probe.Bounds.Unchanged {
		return ""
	}
	var before []probes.Reading
	for i, r := range t.readings {
		if t.spans[i].within(base) {
			before = append(before, r)
		}
	}
	if len(before) == 0 {
		return t.probe.ID() + " has no data at baseline that unchanged could compare with"
	}
	if _, possible := events(before); t.probe.Probe.Scale().Events && possible == 0 {
		return fmt.Sprintf("%s has nothing at baseline that unchanged could compare with: no \"%s\" to count", t.probe.ID(), t.probe.Probe.Scale().Label)
	}
	return ""
}

// compareCounts compares events per opportunity.
func (t track) compareCounts(c *change, before, after []probes.Reading) {
	k0, n0 := events(before)
	k1, n1 := events(after)
	if n0 == 0 || n1 == 0 {
		c.able, c.unable = false, fmt.Sprintf("cannot be compared: %v opportunities at baseline, %v in the fault phase", n0, n1)
		return
	}
	c.Test, c.Baseline, c.Fault = rateTest, k0/n0, k1/n1
	c.worse = c.Fault - c.Baseline
	if t.probe.Probe.Scale().Falls {
		k0, n0, k1, n1, c.worse = k1, n1, k0, n0, -c.worse
	}
	c.P = stats.RateRise(k0, n0, k1, n1)
}

// compareValues compares typical values.
func (t track) compareValues(c *change, before, after []probes.Reading) {
	base, fault := values(before), values(after)
	c.Test, c.Baseline, c.Fault = rankTest, stats.Median(base), stats.Median(fault)
	if stats.RankSumFloor(len(base), len(fault)) > 1-c.Confidence {
		c.able = false
		c.unable = fmt.Sprintf("cannot be compared at a confidence of %v: %d readings at baseline against %d in the fault phase can never reach it", c.Confidence, len(base), len(fault))
		return
	}
	if t.probe.Probe.Scale().Falls {
		base, fault = fault, base
	}
	c.P, c.worse = stats.RankSumRise(base, fault), stats.Shift(base, fault)
}

// events adds up what happened and what could have: errors and requests.
func events(readings []probes.Reading) (happened, possible float64) {
	for _, r := range readings {
		happened += r.Value * r.Of
		possible += r.Of
	}
	return happened, possible
}

func values(readings []probes.Reading) []float64 {
	v := make([]float64, len(readings))
	for i, r := range readings {
		v[i] = r.Value
	}
	return v
}

// describeChange says what changed, and how sure that is.
func describeChange(p Probe, c change) string {
	verb := "rose"
	if p.Probe.Scale().Falls {
		verb = "fell"
	}
	text := fmt.Sprintf("%s from %s at baseline to %s (%s", verb, p.value(c.Baseline), p.value(c.Fault), reports.Chance(c.P))
	if c.Margin > 0 {
		text += ", margin " + p.value(c.Margin)
	}
	return text + ")"
}

// departures lists where in w, and how far, the probe left behind everything that it had measured at baseline. The phase in which
// w lies began at began.
func (t track) departures(base, w window, phase string, began time.Time) []reports.Violation {
	scale := t.probe.Probe.Scale()
	var worst float64
	known := false
	worse := func(v, than float64) float64 {
		if scale.Falls {
			v, than = than, v
		}
		return max(0, v-than)
	}
	for i, r := range t.readings {
		if t.spans[i].within(base) && !t.spans[i].touches(w) && (!known || worse(r.Value, worst) > 0) {
			worst, known = r.Value, true
		}
	}
	if !known {
		return nil
	}
	_, stretches := t.stretches(w, phase, func(v float64, _ bool) float64 { return max(0, worse(v, worst)-t.probe.Bounds.Margin) })
	for i, v := range stretches {
		stretches[i].Text = fmt.Sprintf("%s at worst, against %s in the baseline", t.probe.value(v.Worst), t.probe.value(worst)) + lasted(v, began) + remark(v)
	}
	return stretches
}

// shortBaseline warns of phases in which `unchanged` could never find a change, "" if they are long enough. Numbers
// of events have no such floor: a single reading may hold thousands of them.
func shortBaseline(p Probe, baseline, fault, every time.Duration) string {
	if p.Probe.Scale().Events {
		return ""
	}
	n0, n1 := readingsIn(baseline, every), readingsIn(fault, every)
	alpha := 1 - p.Bounds.Confidence
	if stats.RankSumFloor(n0, n1) <= alpha {
		return ""
	}
	need := stats.RankSumNeed(n1, alpha)
	if need == 0 {
		return fmt.Sprintf("probe %s: unchanged cannot be judged, because the fault phase of %s has %d readings; make it longer", p.ID(), reports.Span(fault), n1)
	}
	return fmt.Sprintf("probe %s: unchanged cannot be judged with %d readings at baseline against %d in the fault phase; it takes a baseline of %s",
		p.ID(), n0, n1, reports.Span(time.Duration(need)*every))
}

package across

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"gameday/internal/stats"
	"gameday/reports"
)

// ComparisonSchema names the version of Comparison's JSON. It changes when a field changes its meaning or goes away.
const ComparisonSchema = "gameday.comparison/1"

// Comparison is what changed from one run to another, and what else differed between them.
type Comparison struct {
	Schema      string       `json:"schema"`
	Sentence    string       `json:"sentence"`
	Confidence  float64      `json:"confidence"` // that no probe is called changed by chance, all of them together
	Before      Side         `json:"before"`
	After       Side         `json:"after"`
	Cautions    []string     `json:"cautions"`    // what speaks against comparing the two, the gravest first
	Differences []Difference `json:"differences"` // between how the two were run
	Probes      []Change     `json:"probes"`      // those that both have
}

// Side is one of the two runs.
type Side struct {
	Summary
	Violations  int     `json:"violations"`            // stretches out of bounds while the fault was in effect, over all probes
	OutOfBounds float64 `json:"out_of_bounds_seconds"` // their length; of probes that were out at the same time, both count
}

// Difference is something in which the two were not run alike.
type Difference struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Finding is what the comparison of a probe came to.
type Finding string

// The findings, as users meet them.
const (
	Worse   Finding = "worse"
	Better  Finding = "better"
	Changed Finding = "changed" // of a probe of which nobody has said which direction is worse
	Same    Finding = "no significant difference"
	Unable  Finding = "cannot tell"
)

// Change is what became of one probe, by its readings while the fault was in effect.
type Change struct {
	Probe   string  `json:"probe"`
	Label   string  `json:"label"` // what a value means
	Unit    string  `json:"unit"`
	Finding Finding `json:"finding"`
	Reason  string  `json:"reason,omitempty"` // what a reader should know of the finding
	Before  Sample  `json:"before"`
	After   Sample  `json:"after"`

	Test       string   `json:"test,omitempty"`        // name of the statistical test; absent where none could be made
	P          *float64 `json:"p,omitempty"`           // two-sided: the chance of a difference at least as clear if there were none
	Adjusted   *float64 `json:"p_adjusted,omitempty"`  // the same with regard to how many probes are compared, by Holm's method
	Difference *float64 `json:"difference,omitempty"`  // of rates, or the Hodges-Lehmann shift of values; above 0 where it rose
	Margin     float64  `json:"margin,omitempty"`      // the smallest difference that matters, of the experiment file
	RatioLow   *float64 `json:"ratio_low,omitempty"`   // of rates: the interval for after/before at this confidence
	RatioHigh  *float64 `json:"ratio_high,omitempty"`  // absent where it has no end
	Superior   *float64 `json:"superiority,omitempty"` // of values: how often a reading of after is above one of before, from 0 to 1

	worse string // the direction, "" where nobody has said
	fell  bool
}

// Sample is what one run measured with a probe.
type Sample struct {
	State    string   `json:"state"`              // what the run itself judged
	Readings int      `json:"readings"`           // while the fault was in effect
	Events   float64  `json:"events,omitempty"`   // in them
	Of       float64  `json:"of,omitempty"`       // how many events could have been
	Typical  *float64 `json:"typical,omitempty"`  // rate, or median
	Baseline *float64 `json:"baseline,omitempty"` // the same, before the fault
	Worst    *float64 `json:"worst,omitempty"`
	Spread   *Spread  `json:"spread,omitempty"`

	values, before []reports.Reading // while the fault was in effect, and at baseline
}

// Spread is the least, the quartiles and the most of a sample's readings.
type Spread struct {
	Min    float64 `json:"min"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Max    float64 `json:"max"`
}

// Compare sets the run after against the run before. The confidence is above 0 and below 1.
func Compare(before, after *reports.Result, confidence float64) *Comparison {
	c := &Comparison{
		Schema: ComparisonSchema, Confidence: confidence, Before: side(before), After: side(after),
		Cautions: cautions(before, after), Differences: differences(before, after), Probes: []Change{},
	}
	for _, b := range before.Probes {
		if a, ok := probeOf(after, b.ID()); ok {
			c.Probes = append(c.Probes, compare(b, a, confidence))
		}
	}
	c.judge()
	c.Sentence = c.sentence()
	return c
}

func side(r *reports.Result) Side {
	s := Side{Summary: Summarize(r)}
	for _, p := range r.Probes {
		for _, v := range p.Violations {
			if underFault(v.Phase) {
				s.Violations, s.OutOfBounds = s.Violations+1, s.OutOfBounds+v.To.Sub(v.From).Seconds()
			}
		}
	}
	return s
}

// underFault reports whether a fault is in effect in a phase: it is until it is undone.
func underFault(phase string) bool { return phase == reports.Fault || phase == reports.Undo }

func probeOf(r *reports.Result, id string) (reports.Probe, bool) {
	i := slices.IndexFunc(r.Probes, func(p reports.Probe) bool { return p.ID() == id })
	if i < 0 {
		return reports.Probe{}, false
	}
	return r.Probes[i], true
}

// compare makes the test that suits the probe, or says why there is none. What it means is for judge to say, which
// knows of the other probes.
func compare(b, a reports.Probe, confidence float64) Change {
	c := Change{
		Probe: a.ID(), Label: a.Label, Unit: a.Unit, Finding: Unable, worse: direction(a),
		Before: sample(b), After: sample(a), Margin: max(margin(b), margin(a)),
	}
	switch {
	case b.Label != a.Label || b.Unit != a.Unit:
		c.Reason = fmt.Sprintf("it measured something else: %s, then %s", b.Label, a.Label)
	case b.State == "inconclusive":
		c.Reason = "inconclusive before: " + b.Reason
	case a.State == "inconclusive":
		c.Reason = "inconclusive after: " + a.Reason
	case len(c.Before.values) == 0 || len(c.After.values) == 0:
		c.Reason = fmt.Sprintf("%s before, %s after", reports.Counted(len(c.Before.values), "reading"), reports.Counted(len(c.After.values), "reading"))
	case countsEvents(b) || countsEvents(a):
		c.compareCounts(confidence)
	default:
		c.compareValues(confidence)
	}
	return c
}

// The names of the tests, for people who want to check them.
const (
	rateTest = "exact conditional test for two Poisson rates, two-sided (Przyborowski and Wilenski 1940)"
	rankTest = "Mann-Whitney U test, two-sided (Mann and Whitney 1947)"
)

// compareCounts compares events per opportunity.
func (c *Change) compareCounts(confidence float64) {
	k0, n0, k1, n1 := c.Before.Events, c.Before.Of, c.After.Events, c.After.Of
	if n0 == 0 || n1 == 0 {
		c.Reason = fmt.Sprintf("nothing to count: %.0f before, %.0f after", n0, n1)
		return
	}
	low, high := stats.RatioInterval(k0, n0, k1, n1, confidence)
	c.Test, c.P = rateTest, twoSided(stats.RateRise(k0, n0, k1, n1), stats.RateRise(k1, n1, k0, n0))
	c.Difference, c.RatioLow, c.RatioHigh = number(k1/n1-k0/n0), number(low), number(high)
}

// compareValues compares typical values.
func (c *Change) compareValues(confidence float64) {
	b, a := valuesOf(c.Before.values), valuesOf(c.After.values)
	if 2*stats.RankSumFloor(len(b), len(a)) > 1-confidence {
		c.Reason = fmt.Sprintf("too few readings: %d before and %d after can never be told apart at a confidence of %v", len(b), len(a), confidence)
		return
	}
	c.Test, c.P = rankTest, twoSided(stats.RankSumRise(b, a), stats.RankSumRise(a, b))
	c.Difference, c.Superior = number(stats.Shift(b, a)), number(stats.Superiority(b, a))
}

// twoSided is the p of a test that was made in both directions.
func twoSided(rise, fall float64) *float64 { return number(min(1, 2*min(rise, fall))) }

// number is v where JSON can hold it.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// judge says what the tests mean, with regard to how many there are. A probe that could not be tested is none of them.
func (c *Comparison) judge() {
	var tested []*Change
	var p []float64
	for i := range c.Probes {
		if c.Probes[i].P != nil {
			tested, p = append(tested, &c.Probes[i]), append(p, *c.Probes[i].P)
		}
	}
	for i, adjusted := range stats.Holm(p) {
		tested[i].Adjusted = number(adjusted)
		tested[i].judge(1 - c.Confidence)
	}
	for i := range c.Probes {
		if p := &c.Probes[i]; p.Before.State != p.After.State { // a short excess breaks a bound and moves no median
			p.Reason = strings.TrimSuffix(fmt.Sprintf("%s, then %s; %s", p.Before.State, p.After.State, p.Reason), "; ")
		}
	}
}

// judge needs the difference to be significant, and larger than the margin.
func (c *Change) judge(level float64) {
	by := math.Abs(*c.Difference)
	c.fell = *c.Difference < 0
	switch {
	case *c.Adjusted > level:
		c.Finding = Same
		return
	case by == 0 || by <= c.Margin:
		c.Finding = Same
		c.Reason = fmt.Sprintf("significant, and not larger than the margin of %s", reports.Value(c.Margin, c.Unit))
		return
	case c.worse == "":
		c.Finding = Changed
	case c.fell == (c.worse == reports.WorseLower):
		c.Finding = Worse
	default:
		c.Finding = Better
	}
	if c.differedBefore(level) {
		c.Reason = fmt.Sprintf("so it was before the fault: %s, then %s", optional(c.Before.Baseline, c.Unit), optional(c.After.Baseline, c.Unit))
	}
}

// differedBefore reports whether the two runs differed in the same direction before anything was touched.
func (c *Change) differedBefore(level float64) bool {
	b, a := c.Before.before, c.After.before
	if c.fell {
		b, a = a, b
	}
	if c.Test == rateTest {
		k0, n0 := events(b)
		k1, n1 := events(a)
		return n0 > 0 && n1 > 0 && stats.RateRise(k0, n0, k1, n1) <= level/2
	}
	return stats.RankSumRise(valuesOf(b), valuesOf(a)) <= level/2
}

// direction is the one in which a probe gets worse: away from its only bound, else the one that its kind knows. A proof
// that the fault bit gets neither better nor worse.
func direction(p reports.Probe) string {
	switch {
	case p.Proof, p.Max != nil && p.Min != nil:
		return ""
	case p.Max != nil:
		return reports.WorseHigher
	case p.Min != nil:
		return reports.WorseLower
	}
	return p.Worse
}

func margin(p reports.Probe) float64 {
	if p.Unchanged == nil {
		return 0
	}
	return p.Unchanged.Margin
}

func sample(p reports.Probe) Sample {
	s := Sample{State: p.State}
	for _, r := range p.Readings {
		switch {
		case underFault(r.Phase):
			s.values = append(s.values, r)
		case r.Phase == reports.Baseline:
			s.before = append(s.before, r)
		}
	}
	s.Readings = len(s.values)
	s.Typical, s.Baseline = typical(s.values), typical(s.before)
	s.Events, s.Of = events(s.values)
	if worst, ok := p.Worst(); ok {
		s.Worst = number(worst.Value)
	}
	if len(s.values) > 0 {
		sorted := slices.Sorted(slices.Values(valuesOf(s.values)))
		at := func(share float64) float64 { return stat.Quantile(share, stat.LinInterp, sorted, nil) }
		s.Spread = &Spread{sorted[0], at(0.25), stats.Median(sorted), at(0.75), sorted[len(sorted)-1]}
	}
	return s
}

// typical is the rate of events, or the median of values, nil without readings.
func typical(readings []reports.Reading) *float64 {
	if k, n := events(readings); n > 0 {
		return number(k / n)
	}
	if len(readings) == 0 {
		return nil
	}
	return number(stats.Median(valuesOf(readings)))
}

func countsEvents(p reports.Probe) bool {
	return slices.ContainsFunc(p.Readings, func(r reports.Reading) bool { return r.Of > 0 })
}

// events adds up what happened and what could have: errors and requests.
func events(readings []reports.Reading) (happened, possible float64) {
	for _, r := range readings {
		happened, possible = happened+r.Value*r.Of, possible+r.Of
	}
	return happened, possible
}

func valuesOf(readings []reports.Reading) []float64 {
	v := make([]float64, len(readings))
	for i, r := range readings {
		v[i] = r.Value
	}
	return v
}

// sentence says what the comparison came to: "1 of 3 probes got worse (alb_5xx.errors), 2 show no significant difference".
func (c *Comparison) sentence() string {
	if len(c.Probes) == 0 {
		return "Nothing can be compared: the two runs have no probe in common."
	}
	var parts []string
	for _, f := range []struct {
		finding   Finding
		one, more string
	}{
		{Worse, "got worse", "got worse"}, {Better, "got better", "got better"}, {Changed, "changed", "changed"},
		{Same, "shows no significant difference", "show no significant difference"}, {Unable, "cannot be told", "cannot be told"},
	} {
		names := c.found(f.finding)
		verb := f.more
		if len(names) == 1 {
			verb = f.one
		}
		switch {
		case len(names) == 0:
		case f.finding == Same:
			parts = append(parts, fmt.Sprintf("%d %s", len(names), verb))
		default:
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(names), verb, strings.Join(names, ", ")))
		}
	}
	return fmt.Sprintf("Of %s, %s.", reports.Counted(len(c.Probes), "probe"), strings.Join(parts, ", "))
}

// found names the probes of which that was found.
func (c *Comparison) found(f Finding) (names []string) {
	for _, p := range c.Probes {
		if p.Finding == f {
			names = append(names, p.Probe)
		}
	}
	return names
}

// Found reports whether that was found of any probe.
func (c *Comparison) Found(f Finding) bool { return len(c.found(f)) > 0 }

func optional(v *float64, unit string) string {
	if v == nil {
		return "–"
	}
	return reports.Value(*v, unit)
}

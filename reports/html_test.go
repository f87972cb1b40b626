package reports

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHTMLFetchesNothing(t *testing.T) {
	link := regexp.MustCompile(`(?i)\b(?:src|href|srcset|action|poster)\s*=\s*["']?([^"'\s>]*)`)
	loads := regexp.MustCompile(`(?i)url\(|@import|\bimport\(|\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket|<(?:link|img|iframe|object|embed|base)\b`)
	for _, name := range fixtures {
		page := string(render(t, "html", fixture(t, name)))
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			if strings.Contains(m[1], ":") || strings.HasPrefix(m[1], "//") || strings.HasPrefix(m[1], "/") {
				t.Errorf("%s refers to %s", name, m[0])
			}
		}
		if found := loads.FindAllString(page, -1); len(found) > 0 {
			t.Errorf("%s fetches: %q", name, found)
		}
	}
}

// TestHTMLAllowsNoScriptButItsOwn holds the policy of the page against the script that is in it.
func TestHTMLAllowsNoScriptButItsOwn(t *testing.T) {
	for _, name := range fixtures {
		page := string(render(t, "html", fixture(t, name)))
		script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(page, -1)
		if len(script) != 1 {
			t.Fatalf("%s has %d scripts that run", name, len(script))
		}
		policy := "default-src 'none'; style-src 'unsafe-inline'; script-src " + fingerprint(script[0][1]) + ";"
		if !strings.Contains(html.UnescapeString(page), policy) {
			t.Errorf("%s has no policy %s", name, policy)
		}
	}
}

func TestHTMLTakesTextForText(t *testing.T) {
	r := fixture(t, "hostile")
	page := string(render(t, "html", r))
	for _, bad := range []string{"<script>alert", "<img", "</script><script>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s became markup", bad)
		}
	}
	if got, want := strings.Count(page, "</script>"), 2+len(r.Probes); got != want {
		t.Errorf("%d scripts end, want %d: one a chart, the axis, and the one that draws them", got, want)
	}
	if got := charts(t, page); len(got) != 1 || got[0].Label != r.Probes[0].Label {
		t.Errorf("the chart's label came out as %+v", got)
	}
}

func TestHTMLHasAChartAndATableOfEachProbe(t *testing.T) {
	r := fixture(t, "failed")
	page := string(render(t, "html", r))
	drawn := charts(t, page)
	if len(drawn) != len(r.Probes) {
		t.Fatalf("%d charts of %d probes", len(drawn), len(r.Probes))
	}
	readings := 0
	for i, p := range r.Probes {
		readings += len(p.Readings)
		if c := drawn[i]; !cmp.Equal(c.Max, p.Max) || !cmp.Equal(c.Min, p.Min) {
			t.Errorf("chart of %s: %+v", p.ID(), c)
		}
	}
	if a := r.axis(); len(a.Phases) != len(r.Phases) || len(a.Marks) != 1 {
		t.Errorf("axis: %+v", a)
	}
	if rows := len(regexp.MustCompile(`<td>\d\d:\d\d:\d\d\.\d<td>`).FindAllString(page, -1)); rows != readings {
		t.Errorf("%d rows of %d readings", rows, readings)
	}
}

// charts reads back what the page's script would draw.
func charts(t *testing.T, page string) []chart {
	t.Helper()
	var found []chart
	for _, m := range regexp.MustCompile(`(?s)aria-label="[^"]* over time: [^"]*during the fault;[^"]*"><script type="application/json">(.*?)</script>`).FindAllStringSubmatch(page, -1) {
		var c chart
		if err := json.Unmarshal([]byte(m[1]), &c); err != nil {
			t.Fatalf("%v in %s", err, m[1])
		}
		found = append(found, c)
	}
	return found
}

func TestChartsBreakWhereReadingsAreMissing(t *testing.T) {
	start := time.Unix(1000, 0)
	reading := func(at, span, value float64) Reading {
		return Reading{At: start.Add(time.Duration(at * float64(time.Second))), Span: span, Value: value}
	}
	cases := map[string]struct {
		readings []Reading
		x        []float64
		gaps     int
	}{
		"nothing":        {nil, nil, 0},
		"instants":       {[]Reading{reading(0, 0, 1), reading(2, 0, 1), reading(4, 0, 2)}, []float64{0, 2, 4}, 0},
		"late instant":   {[]Reading{reading(0, 0, 1), reading(2, 0, 1), reading(4, 0, 2), reading(20, 0, 2)}, []float64{0, 2, 4, 4, 20}, 1},
		"spans":          {[]Reading{reading(0, 10, 1), reading(10, 10, 2)}, []float64{0, 10, 10, 20}, 0},
		"missing span":   {[]Reading{reading(0, 10, 1), reading(20, 10, 2)}, []float64{0, 10, 10, 20, 30}, 1},
		"overlap":        {[]Reading{reading(0, 10, 1), reading(5, 10, 2)}, []float64{0, 10, 10, 15}, 0},
		"a lone instant": {[]Reading{reading(3, 0, 1)}, []float64{3}, 0},
		"looks":          {[]Reading{reading(0, 0.004, 1), reading(2, 0.02, 1), reading(4, 0.004, 2)}, []float64{0, 2, 4}, 0},
		"one look":       {[]Reading{reading(3, 0.004, 1)}, []float64{3}, 0},
		"a slow look":    {[]Reading{reading(0, 0.004, 1), reading(2, 7, 1), reading(9, 0.004, 2)}, []float64{0, 2, 9, 9}, 0},
	}
	for name, c := range cases {
		got := chart{axis: axis{From: 1000, To: 2000}}
		got.trace(c.readings)
		gaps := 0
		for i := range got.X {
			if got.Y[i] == nil {
				gaps++
			}
		}
		if x := got.times(); !cmp.Equal(x, c.x) || gaps != c.gaps {
			t.Errorf("%s: x %v, %d gaps; want %v, %d", name, x, gaps, c.x, c.gaps)
		}
	}
}

// times undoes how the points of a chart are packed: seconds since the axis begins.
func (c chart) times() (all []float64) {
	var at int64
	for _, step := range c.X {
		at += step
		all = append(all, float64(at)/1000)
	}
	return all
}

func TestLooksAreDrawnAsPoints(t *testing.T) {
	start := time.Unix(1000, 0)
	for span, want := range map[float64]bool{0: true, 0.003: true, 10: false} {
		c := chart{axis: axis{From: 1000, To: 2000}}
		c.trace([]Reading{{At: start, Span: span}, {At: start.Add(10 * time.Second), Span: span}})
		if c.Points != want {
			t.Errorf("readings of %v s: points %v, want %v", span, c.Points, want)
		}
	}
}

func TestChartsMarkWhatBrokeUnchanged(t *testing.T) {
	start := time.Unix(1000, 0)
	r := &Result{Started: start, Ended: start.Add(time.Minute)}
	p := Probe{
		Violations: []Violation{{From: start.Add(10 * time.Second), To: start.Add(20 * time.Second)}},
		Readings:   []Reading{{At: start, Span: 10}, {At: start.Add(10 * time.Second), Span: 10, Value: 1}, {At: start.Add(20 * time.Second), Span: 10}},
	}
	c := r.chart(p)
	for i, x := range c.times() {
		marked := slices.ContainsFunc(c.Out, func(out [2]int) bool { return out[0] <= i && i < out[1] })
		if bad := c.Y[i] != nil && *c.Y[i] == 1; marked != bad {
			t.Errorf("at %v: marked %v, want %v", x, marked, bad)
		}
	}
}

func TestHeadingSaysWhetherAnythingWasTouched(t *testing.T) {
	for name, want := range map[string]string{"failed": "<h2>What was touched</h2>", "unsteady": "<h2>Nothing was touched: what was planned</h2>"} {
		var b strings.Builder
		if err := HTML(&b, fixture(t, name)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: no %s", name, want)
		}
	}
}

func TestNoChanceIsZero(t *testing.T) {
	for p, want := range map[float64]string{0: "p < 0.0001", 0.0123: "p = 0.012", 1: "p = 1"} {
		if got := Chance(p); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

func TestChartsOfAReportHaveOneAxis(t *testing.T) {
	r := fixture(t, "failed")
	early, late := r.Started.Add(-time.Minute), r.Ended.Add(time.Minute)
	r.Probes = append(r.Probes,
		Probe{Readings: []Reading{{At: early, Span: 90, Value: 1}, {At: late, Value: 1}}},
		Probe{Readings: []Reading{{At: r.Started.Add(time.Second), Value: 1}}})
	for _, p := range r.Probes {
		x := r.chart(p).times()
		if x[0] != 0 || x[len(x)-1] != r.Ended.Sub(r.Started).Seconds() {
			t.Errorf("%s: from %v to %v, want the whole run", p.ID(), x[0], x[len(x)-1])
		}
	}
}

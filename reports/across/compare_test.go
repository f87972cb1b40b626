package across

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gameday/reports"
)

func TestAFindingFollowsTheDirectionOfTheProbe(t *testing.T) {
	low, high := spread(0.1, 20), spread(0.3, 20)
	bound := 1.0
	cases := map[string]struct {
		probe  reports.Probe
		before []float64
		after  []float64
		want   Finding
	}{
		"higher than max allows":       {reports.Probe{Max: &bound}, low, high, Worse},
		"lower under a max":            {reports.Probe{Max: &bound}, high, low, Better},
		"lower over a min":             {reports.Probe{Min: &bound, Worse: reports.WorseHigher}, high, low, Worse},
		"higher, as its kind says":     {reports.Probe{Worse: reports.WorseHigher}, low, high, Worse},
		"lower, as its kind says":      {reports.Probe{Worse: reports.WorseLower}, low, high, Better},
		"an old record says nothing":   {reports.Probe{}, low, high, Changed},
		"a band has no worse side":     {reports.Probe{Min: &bound, Max: &bound}, low, high, Changed},
		"a proof is no promise":        {reports.Probe{Max: &bound, Proof: true}, low, high, Changed},
		"the same":                     {reports.Probe{Max: &bound}, low, low, Same},
		"within the margin":            {reports.Probe{Worse: reports.WorseHigher, Unchanged: &reports.Unchanged{Margin: 0.5}}, low, high, Same},
		"three against three":          {reports.Probe{Max: &bound}, low[:3], high[:3], Unable},
		"nothing measured":             {reports.Probe{Max: &bound}, nil, high, Unable},
		"inconclusive is not measured": {reports.Probe{Max: &bound, State: "inconclusive"}, low, high, Unable},
	}
	for name, c := range cases {
		before, after := c.probe, c.probe
		before.Readings, after.Readings = values(reports.Fault, c.before), values(reports.Fault, c.after)
		got := Compare(run("a", before), run("b", after), 0.99).Probes[0]
		if got.Finding != c.want {
			t.Errorf("%s: got %q (%s), want %q", name, got.Finding, got.Reason, c.want)
		}
	}
}

func TestEventsAreComparedByTheirNumber(t *testing.T) {
	errors := func(k float64) reports.Probe {
		return reports.Probe{Kind: "load_errors", Worse: reports.WorseHigher, Unit: "%", Readings: []reports.Reading{{Phase: reports.Fault, Value: k / 1000, Of: 1000}}}
	}
	got := Compare(run("a", errors(2)), run("b", errors(40)), 0.99).Probes[0]
	if got.Finding != Worse || got.Before.Events != 2 || got.After.Of != 1000 || *got.RatioLow <= 1 || got.Test != rateTest {
		t.Errorf("got %+v", got)
	}
	if got := Compare(run("a", errors(0)), run("b", errors(0)), 0.99).Probes[0]; got.Finding != Same {
		t.Errorf("no errors in either: %+v", got)
	}
	none := errors(0)
	none.Readings[0].Of = 0
	if got := Compare(run("a", none), run("b", errors(40)), 0.99).Probes[0]; got.Finding != Unable {
		t.Errorf("nothing was sent: %+v", got)
	}
}

// TestManyProbesAreNotFoundWorseByChance because among a hundred tests one is significant.
func TestManyProbesAreNotFoundWorseByChance(t *testing.T) {
	bound := 1.0
	var before, after []reports.Probe
	for i := range 30 {
		p := reports.Probe{Kind: "http", Name: fmt.Sprint(i), Max: &bound, Readings: values(reports.Fault, spread(0.1, 8))}
		before = append(before, p)
		if i == 0 { // significant by itself: one in C(16,8), both ways, for seven of eight above
			p.Readings = values(reports.Fault, []float64{0.1035, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2})
		}
		after = append(after, p)
	}
	alone := Compare(run("a", before[0]), run("b", after[0]), 0.99)
	among := Compare(run("a", before...), run("b", after...), 0.99)
	if alone.Probes[0].Finding != Worse || among.Probes[0].Finding != Same {
		t.Errorf("alone %q at p = %v, among thirty %q at p = %v", alone.Probes[0].Finding, *alone.Probes[0].P, among.Probes[0].Finding, *among.Probes[0].Adjusted)
	}
}

func TestWhatDifferedBeforeTheFaultIsSaid(t *testing.T) {
	bound := 1.0
	p := reports.Probe{Max: &bound, Readings: append(values(reports.Baseline, spread(0.05, 20)), values(reports.Fault, spread(0.1, 20))...)}
	slower := p
	slower.Readings = append(values(reports.Baseline, spread(0.2, 20)), values(reports.Fault, spread(0.4, 20))...)
	if got := Compare(run("a", p), run("b", slower), 0.99).Probes[0]; got.Finding != Worse || !strings.Contains(got.Reason, "so it was before the fault") {
		t.Errorf("got %q: %s", got.Finding, got.Reason)
	}
}

func TestWhatWasNotAlikeIsSaidFirst(t *testing.T) {
	bound, other := 1.0, 2.0
	before, after := run("a", reports.Probe{Kind: "http", Name: "up", Max: &bound}), run("b", reports.Probe{Kind: "http", Name: "up", Max: &other}, reports.Probe{Kind: "exec", Name: "new"})
	after.Seed, after.Speed, after.File.SHA256, after.Environment.Lab = 7, 10, "ff", true
	before.Loads = []reports.Load{{Name: "users", Target: "http://web/", Rate: 10, Scheduled: 100, Sent: 100}}
	after.Loads = []reports.Load{{Name: "users", Target: "http://web/", Rate: 20, Scheduled: 200, Sent: 150}}
	after.Verdict, after.Sentence = reports.Inconclusive, "This machine was too slow."
	after.Phases[0].To = after.Phases[0].From.Add(3 * time.Second)
	c := Compare(before, after, 0.99)
	var what []string
	for _, d := range c.Differences {
		what = append(what, d.What)
	}
	want := []string{"file, SHA-256", "seed", "speed", "where", "length of the fault phase", "http.up", "exec.new", "load users"}
	if diff := cmp.Diff(want, what); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	said := strings.Join(c.Cautions, "\n")
	for _, want := range []string{"after was inconclusive: This machine was too slow.", "sent 75% of what was asked for", "not under the same load", "lasted 30s and 3s"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not among\n%s", want, said)
		}
	}
}

func TestEveryFormatTellsWhatGotWorse(t *testing.T) {
	bound := 1.0
	p := reports.Probe{Kind: "http", Name: "<up>", Label: "latency", Unit: "s", Max: &bound}
	before, after := p, p
	before.Readings, after.Readings = values(reports.Fault, spread(0.1, 20)), values(reports.Fault, spread(0.4, 20))
	c := Compare(run("run-a", before), run("run-b", after), 0.99)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return c.WriteText(b) },
		"json": func(b *bytes.Buffer) error { return c.WriteJSON(b) },
		"html": func(b *bytes.Buffer) error { return c.WriteHTML(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(b.String())
		for _, want := range []string{"run-a", "run-b", "Of 1 probe, 1 got worse (http.<up>).", "worse"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
		if name == "html" && strings.Contains(b.String(), "<up>") {
			t.Error("a name became markup")
		}
		var read Comparison
		if name == "json" && (json.Unmarshal(b.Bytes(), &read) != nil || read.Schema != ComparisonSchema || *read.Probes[0].Adjusted > 0.01) {
			t.Errorf("got %s", b.String())
		}
	}
}

// spread is n values from v on, close together and all different.
func spread(v float64, n int) (all []float64) {
	for i := range n {
		all = append(all, v+0.001*float64(i))
	}
	return all
}

func values(phase string, of []float64) (all []reports.Reading) {
	for _, v := range of {
		all = append(all, reports.Reading{Phase: phase, Value: v})
	}
	return all
}

// run has a fault phase of 30 s.
func run(id string, probes ...reports.Probe) *reports.Result {
	r := result(id, reports.Passed)
	r.Phases = []reports.Phase{{Name: reports.Fault, From: r.Started, To: r.Started.Add(30 * time.Second)}}
	r.Probes = probes
	return r
}

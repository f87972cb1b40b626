package reports

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// long is a run of so many seconds, with a reading of each probe and a histogram of each load every second, and one
// reading that is far out of bounds.
func long(seconds int) *Result {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	whole := float64(seconds)
	r := &Result{
		Schema: Schema, Run: "2026-11-23T10-00-00-soak-k2f7", Experiment: "soak", Verdict: Failed, Sentence: "Failed: load_latency.0 was 9s, above max 3s by 6s, for 1s.",
		Started: at(0), Ended: at(whole), Speed: 1,
		Phases: []Phase{{Baseline, at(0), at(whole / 4)}, {Fault, at(whole / 4), at(whole * 3 / 4)}, {Undo, at(whole * 3 / 4), at(whole*3/4 + 5)}, {Recover, at(whole*3/4 + 5), at(whole)}},
	}
	for p := range 8 {
		bound := 3.0
		probe := Probe{Kind: "load_latency", Name: fmt.Sprint(p), Label: "p99 latency of viewers", Unit: "s", Max: &bound, State: "passed"}
		for s := range seconds {
			probe.Readings = append(probe.Readings, Reading{At: at(float64(s)), Span: 1, Value: 0.02 + 0.01*random.NormFloat64(), Of: 1666, Phase: Fault})
		}
		r.Probes = append(r.Probes, probe)
	}
	flaps := &r.Probes[1] // every other second
	for s := 1; s < seconds; s += 2 {
		flaps.Readings[s].Value, flaps.Readings[s].Out = 3.5, true
		flaps.Violations = append(flaps.Violations, Violation{From: at(float64(s)), To: at(float64(s + 1)), Phase: Fault, Worst: 3.5, Text: "3.5s, above max 3s by 500ms, for 1s, from 10s into the fault phase"})
	}
	worst := &r.Probes[0].Readings[seconds/2+1]
	worst.Value, worst.Out, worst.Note = 9, true, "the worst"
	for l := range 2 {
		load := Load{Name: fmt.Sprint("viewers", l), Target: "http://web/", Rate: 1666, Latency: map[string]float64{"p50": 0.02, "p99": 0.2, "max": 9}}
		for s := range seconds {
			second := LoadSecond{At: at(float64(s)), Scheduled: 1666, Sent: 1666, P50: 0.02 + 0.001*random.Float64(), P99: 0.2 + 0.1*random.Float64(), Max: 0.5 + 0.2*random.Float64(), Histogram: &Histogram{}}
			for range 60 {
				second.Histogram.Add(0.02*(1+random.ExpFloat64()*random.ExpFloat64()), 28)
			}
			load.Seconds = append(load.Seconds, second)
		}
		r.Loads = append(r.Loads, load)
	}
	return r
}

func TestAnHourFitsInTwoMegabytes(t *testing.T) {
	page := render(t, "html", long(3600))
	if len(page) > 2_000_000 {
		t.Errorf("8 probes and 2 loads, an hour at a second each, take %d bytes", len(page))
	}
}

// TestNoPeakIsLostHoweverLongTheRun because a chart and a table that leave readings out must not leave out the one that
// the verdict rests on.
func TestNoPeakIsLostHoweverLongTheRun(t *testing.T) {
	for _, seconds := range []int{60, 3600, 2 * 3600} {
		r := long(seconds)
		c := r.chart(r.Probes[0])
		if len(c.X) > 3*mostReadings {
			t.Errorf("%d seconds: a chart of %d points", seconds, len(c.X))
		}
		if len(c.Out) != 1 || *c.Y[c.Out[0][0]] != 9 {
			t.Errorf("%d seconds: out of bounds at %v", seconds, c.Out)
		}
		rows := r.Probes[0].Rows()
		if len(rows) > mostRows {
			t.Errorf("%d seconds: a table of %d rows", seconds, len(rows))
		}
		out, covered := 0, 0.0
		for _, row := range rows {
			covered += row.Span
			if row.Out && row.Value == 9 && row.Note == "the worst" {
				out++
			}
		}
		if out != 1 || covered != float64(seconds) {
			t.Errorf("%d seconds: the worst reading is in %d rows, and all rows together speak of %v s", seconds, out, covered)
		}
		var sent uint64
		for _, row := range r.Loads[0].Rows() {
			sent += row.Sent
		}
		if want := uint64(1666 * seconds); sent != want {
			t.Errorf("%d seconds: rows of %d requests, want %d", seconds, sent, want)
		}
		var seen uint64
		for _, column := range r.loadChart(r.Loads[0]).Heat {
			for _, n := range column.Counts {
				seen += n
			}
		}
		if want := uint64(60 * 28 * seconds); seen != want {
			t.Errorf("%d seconds: a map of %d requests, want %d", seconds, seen, want)
		}
	}
}

func TestThinnedReadingsHaveNoHolesButThoseThatThereWere(t *testing.T) {
	r := long(4 * 3600)
	all := r.Probes[0].Readings
	holed := append(append([]Reading{}, all[:1000]...), all[4000:]...)
	for _, c := range []struct {
		readings []Reading
		holes    int
	}{{all, 0}, {holed, 1}} {
		got := chart{axis: r.axis()}
		got.trace(thin(c.readings, 2000))
		holes := 0
		for _, y := range got.Y {
			if y == nil {
				holes++
			}
		}
		if holes != c.holes {
			t.Errorf("%d holes, want %d", holes, c.holes)
		}
	}
}

func TestHistogramsKeepEveryCount(t *testing.T) {
	var h, other Histogram
	for _, s := range []float64{0, 1e-9, 1e-6, 0.001, 0.02, 600} {
		h.Add(s, 2)
	}
	other.Add(0.00005, 3)
	h.Merge(&other)
	h.Merge(nil)
	var n uint64
	for _, count := range h.Counts {
		n += count
	}
	if n != 15 || h.First != 0 || h.Counts[0] != 6 {
		t.Errorf("%+v counts %d", h, n)
	}
	for at, want := range map[float64]int{1e-6: 0, 1.99e-6: 3, 2e-6: 4, 1.024e-3: 40} {
		if got := bucket(at); got != want {
			t.Errorf("%v s is in bucket %d, want %d", at, got, want)
		}
	}
	if !strings.Contains(string(render(t, "json", &Result{Loads: []Load{{Seconds: []LoadSecond{{Histogram: &other}}}}})), `"first": 22`) {
		t.Error("50 µs are not in bucket 22 of the record")
	}
}

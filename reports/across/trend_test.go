package across

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gameday/reports"
)

func TestATrendShowsEachRunInItsPlace(t *testing.T) {
	runs := history()
	trend := NewTrend(runs)
	if len(trend.Experiments) != 2 || trend.Experiments[1].Experiment != "web" {
		t.Fatalf("got %+v", trend.Experiments)
	}
	web := trend.Experiments[1]
	if got := web.Verdicts(); got != ".-F." {
		t.Errorf("verdicts are %q", got)
	}
	lines := map[string]string{}
	for _, s := range web.Series {
		lines[s.What] = s.Sparkline() + " " + s.Median() + " " + s.Last()
	}
	want := map[string]string{"time to recover": "▁  █ 15s 20s", "alb_latency.p99, worst": "▁ ▅█ 2s 3s"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]Shift{{"d", "another file"}, {"d", "speed 10"}}, web.Changes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEveryFormatOfATrendTellsTheSame(t *testing.T) {
	trend := NewTrend(history())
	var text, html, data bytes.Buffer
	for _, err := range []error{trend.WriteText(&text), trend.WriteHTML(&html), trend.WriteJSON(&data)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"▁ ▅█", ".-F.", "another file", ". 2 passed"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(html.String(), want) {
			t.Errorf("%q is not in both of\n%s%s", want, text.String(), html.String())
		}
	}
	var read Trend
	if err := json.Unmarshal(data.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(trend, &read); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
}

// history is four runs of one experiment, one of which left no record, and one of another.
func history() []Summary {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	latency := func(v float64) []Worst { return []Worst{{"alb_latency.p99", "s", v}} }
	return []Summary{
		{Run: "a", Experiment: "web", Verdict: reports.Passed, Started: at, SHA256: "1", Speed: 1, Recovery: &Recovery{SinceFault: 10}, Worst: latency(1)},
		{Run: "b", Experiment: "web", Started: at.Add(time.Hour)},
		{Run: "x", Experiment: "dns", Verdict: reports.Aborted, Started: at.Add(time.Hour)},
		{Run: "c", Experiment: "web", Verdict: reports.Failed, Started: at.Add(2 * time.Hour), SHA256: "1", Speed: 1, Worst: latency(2)},
		{Run: "d", Experiment: "web", Verdict: reports.Passed, Started: at.Add(3 * time.Hour), SHA256: "2", Speed: 10, Recovery: &Recovery{SinceFault: 20}, Worst: latency(3)},
		{Run: "y", Started: at.Add(4 * time.Hour)},
	}
}

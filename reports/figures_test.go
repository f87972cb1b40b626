package reports

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFiguresAreWhatTheVerdictRestsOn(t *testing.T) {
	for name, want := range map[string][]string{
		"passed":          {"3 of 3", "46.71ms", "–", "14s", "1 of 1", "130,000"},
		"failed":          {"1 of 3", "4.2s", "6s", "not within 25s", "1 of 1", "129,987"},
		"not_rolled_back": {"0 of 1", "0.006024%", "–", "35s", "1 of 2"},
		"unsteady":        {"0 of 1"},
	} {
		var got []string
		for _, f := range fixture(t, name).Figures() {
			got = append(got, f.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestTimelineTellsWhatItShows because who cannot see it has its table.
func TestTimelineTellsWhatItShows(t *testing.T) {
	p := page{Result: fixture(t, "failed")}
	var lanes []string
	for _, l := range p.Lanes() {
		lanes = append(lanes, l.Name)
	}
	if diff := cmp.Diff([]string{"Phases", "Step 1", "Time to detect"}, lanes); diff != "" {
		t.Errorf("lanes: -want +got:\n%s", diff)
	}
	var events []string
	for _, e := range p.Events() {
		events = append(events, p.Since(e.At)+" "+e.What)
	}
	want := []string{
		"−20s baseline begins", "+0s fault begins",
		"+1.4s step 1 is in effect: terminate instance i-0c1d2e3f (3 tasks) in eu-west-1b",
		"+6s load_latency.p99 leaves its bounds: 4.2s, above max 3s by 1.2s, for 3s",
		"+7.4s load_latency.p99 shows the fault, 6s after the first step was in effect",
		"+9s load_latency.p99 is back within its bounds", "+30s undo begins", "+32s step 1 is healed", "+33s recovery begins",
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events: -want +got:\n%s", diff)
	}
}

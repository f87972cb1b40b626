package live

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gameday/experiments"
	"gameday/reports"
)

var update = flag.Bool("update", false, "rewrite the golden files from what the code draws now")

// troubled is a run in the middle of its fault, in which not everything is well.
func troubled() experiments.Status {
	at := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	curve := func(bad int, values ...float64) (all []experiments.Sample) {
		for i, v := range values {
			all = append(all, experiments.Sample{At: at.Add(time.Duration(i) * time.Second), Value: v, Out: i >= bad})
		}
		return all
	}
	return experiments.Status{
		At: at, Phase: reports.Fault, Left: 42 * time.Second, Waiting: "waiting for step 2 to be in effect",
		Phases: []reports.Phase{{Name: reports.Baseline, From: at.Add(-2 * time.Minute), To: at.Add(-time.Minute)}, {Name: reports.Fault, From: at.Add(-time.Minute)}},
		Probes: []experiments.ProbeStatus{
			{ID: "alb_5xx.errors", Rules: "unchanged (confidence 0.99)", Known: true, Value: "0%", Age: 90 * time.Second, Recent: curve(9, 0, 0, 0, 0)},
			{ID: "load_latency.viewers", Rules: "max 3s", Known: true, Value: "5.2s", Out: true, Recent: curve(4, 0.1, 0.12, 0.1, 0.9, 4, 5.2)},
			{ID: "ecs_service.whole", Rules: "min 100%, up to 25s out of bounds", Known: true, Value: "100%", Recent: curve(9, 1, 1, 1, 1)},
			{ID: "log_count.egress", Rules: "max 0, must be exceeded", Proof: true, Known: true, Value: "2", Out: true, Recent: curve(2, 0, 0, 2)},
			{ID: "http.health", Rules: "max 1s", Blind: true},
		},
		Steps: []experiments.StepStatus{
			{N: 1, Text: "cut private-a (subnet-0da12ebbfb2cde96b) in eu-west-1a off from the internet", State: reports.StepDone},
			{N: 2, Text: "cut private-b (subnet-0597509691cb8446d) in eu-west-1b off\nfrom the internet", State: experiments.StepDoing},
			{N: 3, Text: "terminate i-05186593dd72e1815", State: reports.StepPlanned, Final: true},
		},
		Loads: []experiments.LoadStatus{{Name: "viewers", Known: true, Asked: 1666.7, Sent: 1650.2, Errors: 0.012}, {Name: "robots"}},
	}
}

func TestFrame(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 20}, {40, 8}} {
		name := fmt.Sprintf("%dx%d.txt", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			got := ansi.Strip(Frame(troubled(), size[0], size[1]))
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s has changed (go test ./cmd/gameday/live -update accepts it):\n%s", path, diff)
			}
		})
	}
}

// TestFrameFits holds every size against its promise, the impossible ones included.
func TestFrameFits(t *testing.T) {
	for width := 1; width <= 200; width += 7 {
		for height := 10; height <= 30; height++ {
			frame := Frame(troubled(), width, height)
			for line := range strings.Lines(frame) {
				if w := ansi.StringWidth(line); w > width {
					t.Fatalf("%dx%d: a line is %d cells wide: %q", width, height, w, line)
				}
			}
			if n := strings.Count(frame, "\n"); width >= 40 && n > height {
				t.Fatalf("%dx%d: the frame has %d lines", width, height, n)
			}
		}
	}
}

func TestTroubleIsShownWhereThereIsRoomForLittle(t *testing.T) {
	if frame := ansi.Strip(Frame(troubled(), 60, 5)); !strings.Contains(frame, "✗ load_latency.viewers") {
		t.Errorf("the probe that is out of bounds is not shown:\n%s", frame)
	}
}

func TestFrameSaysWhatCtrlCWouldDo(t *testing.T) {
	status := func(change func(*experiments.Status)) experiments.Status {
		s := troubled()
		change(&s)
		return s
	}
	for want, s := range map[string]experiments.Status{
		"Ctrl-C stops and undoes 2 changes.": troubled(),
		"Ctrl-C stops; nothing has been changed yet.": status(func(s *experiments.Status) {
			s.Phase, s.Steps = reports.Baseline, nil
		}),
		"Stopping. Ctrl-C says what is still being undone; it skips nothing.": status(func(s *experiments.Status) { s.Stopping = true }),
		"Ctrl-C skips no undo; it ends the wait for recovery.":                status(func(s *experiments.Status) { s.Phase = reports.Undo }),
		"Ctrl-C stops; what was done cannot be taken back.": status(func(s *experiments.Status) {
			s.Steps = []experiments.StepStatus{{N: 1, State: reports.StepDone, Final: true}}
		}),
		"Ctrl-C stops; everything is back.": status(func(s *experiments.Status) {
			s.Phase, s.Steps = reports.Recover, []experiments.StepStatus{{N: 1, State: reports.StepUndone}}
		}),
	} {
		if frame := ansi.Strip(Frame(s, 120, 40)); !strings.Contains(frame, want) {
			t.Errorf("the frame does not say %q:\n%s", want, frame)
		}
	}
}

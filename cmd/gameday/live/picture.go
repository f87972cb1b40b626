package live

import (
	"fmt"
	"strings"

	"gameday/experiments"
	"gameday/reports"
)

// picture is a Status in the words and signs of a frame, for a page.
type picture struct {
	Phases    []pagePhase
	Waiting   string
	Probes    []pageProbe
	Steps     []pageStep
	Loads     []pageLoad
	Interrupt string
}

type pagePhase struct {
	Text  string
	Going bool
}

type pageProbe struct {
	Mark, ID, Value, Rules, State string
	Class                         string // how it stands: "good", "trouble", "doubt", "quiet"
	Curve                         string // points of an SVG polyline in a box of 120 by 24
}

type pageStep struct {
	N           int
	State, Text string
}

type pageLoad struct{ Name, Text string }

func newPicture(s experiments.Status) picture {
	v := picture{Waiting: s.Waiting, Interrupt: strings.ReplaceAll(interrupt(s), "Ctrl-C", "The button")}
	if s.Stopping {
		v.Interrupt = "Stopping. Whatever was changed is put back."
	}
	for _, name := range order {
		v.Phases = append(v.Phases, pagePhase{Text: phaseText(s, name), Going: name == s.Phase})
	}
	for _, p := range s.Probes {
		mark, manner, state := standing(p)
		v.Probes = append(v.Probes, pageProbe{mark, p.ID, valueOf(p), p.Rules, state, manner, curve(p.Recent)})
	}
	for _, step := range s.Steps {
		v.Steps = append(v.Steps, pageStep{step.N, inEffect(step), step.Text})
	}
	for _, l := range s.Loads {
		v.Loads = append(v.Loads, pageLoad{l.Name, loadText(l)})
	}
	return v
}

// curve draws readings from zero to the largest of them, evenly spaced.
func curve(samples []experiments.Sample) string {
	largest := 0.0
	for _, s := range samples {
		largest = max(largest, s.Value)
	}
	var points []string
	for i, s := range samples {
		y := 23.0
		if largest > 0 {
			y -= 22 * max(0, s.Value) / largest
		}
		points = append(points, fmt.Sprintf("%.1f,%.1f", 120*float64(i)/float64(max(1, len(samples)-1)), y))
	}
	return strings.Join(points, " ")
}

// loadText says what was asked for of late, and what was sent.
func loadText(l experiments.LoadStatus) string {
	if !l.Known {
		return "nothing known yet"
	}
	return fmt.Sprintf("%s/s asked for, %s/s sent, %s errors", perSecond(l.Asked), perSecond(l.Sent), reports.Value(l.Errors, "%"))
}

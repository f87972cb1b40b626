package loadspike

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/load"
)

// Step makes one load grow.
type Step struct {
	Load  string
	Rate  float64    // requests a second without it
	Shape load.Shape // of what comes on top of them

	growth *load.Growth // nil until Do, and in every other process
}

// String says the shape in words: "grow load "viewers" from 100/s to 400/s over 10m, stay there for 5m, back over 1m: 135000 requests more".
func (s *Step) String() string {
	text := fmt.Sprintf("grow load %q from %s", s.Load, written(s.Rate))
	var parts []string
	at := 0.0
	for _, p := range s.Shape {
		jump, how := p.From != at, ""
		if p.Curve == load.Exponential {
			how = " exponentially"
		}
		switch {
		case p.From != p.To && p.To == 0:
			parts = append(parts, fmt.Sprintf("back%s over %s", how, span(p.For)))
		case p.From != p.To:
			parts = append(parts, fmt.Sprintf("to %s%s over %s", written(s.Rate+p.To), how, span(p.For)))
		case jump && p.To == 0:
			parts = append(parts, "back at once")
		case jump:
			parts = append(parts, fmt.Sprintf("to %s at once", written(s.Rate+p.To)), stay(p.For))
		default:
			parts = append(parts, stay(p.For))
		}
		at = p.To
	}
	return text + " " + strings.Join(parts, ", ") + ": " + s.more()
}

func stay(d time.Duration) string {
	if d == 0 {
		return "stay there until it is undone"
	}
	return "stay there for " + span(d)
}

// more says how many requests it comes to.
func (s *Step) more() string {
	if n := s.Shape.Requests(); !math.IsInf(n, 1) {
		return fmt.Sprintf("%.0f requests more", n)
	}
	text := written(s.Shape[len(s.Shape)-1].To) + " more"
	if n := s.bounded().Requests(); n > 0 {
		text += fmt.Sprintf(", after %.0f requests more on the way", n)
	}
	return text
}

// bounded is the shape without a last piece that goes on until it is undone.
func (s *Step) bounded() load.Shape {
	last := len(s.Shape) - 1
	if s.Shape[last].For > 0 {
		return s.Shape
	}
	return s.Shape[:last]
}

// span writes a duration without the units that are zero: "1h30m".
func span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Describe says that nothing outlives the process.
func (s *Step) Describe() injectors.Description {
	return injectors.Description{
		Undo: "send no more of these requests, at once; the load goes on as it was",
		Manual: []string{
			"# the requests come from the process of the run and end with it. This shows such processes, if there are any: kill them",
			"pgrep -fl gameday",
		},
	}
}

// Do returns once the first second has begun in which more requests come.
func (s *Step) Do(ctx context.Context, env *cloud.Env) (err error) {
	l, running := env.Loads[s.Load]
	if !running {
		return fmt.Errorf("load %q does not run in this process", s.Load)
	}
	if s.growth, err = l.Grow(s.Shape); err != nil {
		return fmt.Errorf("grow load %q: %w", s.Load, err)
	}
	begins := time.NewTimer(time.Until(s.growth.From()))
	defer begins.Stop()
	select {
	case <-begins.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Insure has nothing to do: with the machine that sends them, the requests end by themselves.
func (s *Step) Insure(context.Context, *cloud.Env) ([]injectors.Call, error) { return nil, nil }

// Grows is by how much the load has grown at its peak.
func (s *Step) Grows() (string, float64) {
	more, _ := highest(s.Shape)
	return s.Load, more
}

// Undo stops what Do began. In any other process than that of Do there is nothing to stop: requests do not outlive who sends them.
func (s *Step) Undo(context.Context, *cloud.Env) error {
	s.growth.Stop()
	return nil
}

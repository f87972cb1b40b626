// Package loadrate measures whether a load really was what it was meant to be.
package loadrate

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// Probe is the probe as its author wrote it.
type Probe struct {
	Load string `hcl:"load,optional" doc:"name of the load block; not needed where there is only one"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "load_rate",
		Summary: "share of a load's schedule that was really sent, second by second",
		New:     func() probes.Probe { return &Probe{} },
		Page:    page,
		Example: example,
	}
}

// OfLoad is the name of the load block that is measured.
func (p *Probe) OfLoad() string { return p.Load }

// Scale says that values are shares of the schedule, one a second, and that less is worse.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Ratio, Label: "share of the schedule that was sent", Falls: true, Events: true, Period: time.Second}
}

// Measure returns one reading for every second of the schedule that is over. What was stopped is no longer asked for.
func (p *Probe) Measure(_ context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	l, err := load.Named(env.Loads, p.Load)
	if err != nil {
		return nil, err
	}
	var readings []probes.Reading
	for _, s := range l.Recording().Seconds(from, to) {
		asked, share := s.Scheduled-s.NotSent["stopped"], 1.0
		if asked > 0 {
			share = float64(s.Sent) / float64(asked)
		}
		readings = append(readings, probes.Reading{
			At: s.At, Span: s.Span, Value: share, Of: float64(asked),
			Note: fmt.Sprintf("%d of %d sent", s.Sent, asked),
		})
	}
	return readings, nil
}

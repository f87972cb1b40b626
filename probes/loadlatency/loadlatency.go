// Package loadlatency measures how long a load's users waited.
package loadlatency

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"gameday/internal/attr"
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
	Load     string        `hcl:"load,optional" doc:"name of the load block; not needed where there is only one"`
	Quantile float64       `hcl:"quantile,optional" doc:"which latency, from 0 to 1: 0.99 is what one request in a hundred exceeds"`
	Over     attr.Duration `hcl:"over,optional" doc:"how long each reading speaks of, in whole seconds"`
	Service  bool          `hcl:"service_time,optional" doc:"measure from the moment of sending instead of the intended one, which hides waiting for a connection"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "load_latency",
		Summary: "how long a load's users waited, at any quantile, second by second",
		New:     func() probes.Probe { return &Probe{Quantile: 0.99, Over: "1s"} },
		Page:    page,
		Example: example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() (problems []attr.Problem) {
	if d := p.Over.Std(); d == 0 || d%time.Second != 0 {
		problems = append(problems, attr.Problem{Attr: "over", Summary: "No such length", Detail: "A load is recorded second by second. Write whole seconds, like \"1s\" or \"1m\"."})
	}
	if !(p.Quantile > 0 && p.Quantile <= 1) {
		problems = append(problems, attr.Problem{Attr: "quantile", Summary: "No such quantile", Detail: "Write a number above 0 and up to 1: 0.99 for p99, 0.5 for the median, 1 for the slowest request."})
	}
	return problems
}

// OfLoad is the name of the load block that is measured.
func (p *Probe) OfLoad() string { return p.Load }

// Scale says that values are seconds, one a second.
func (p *Probe) Scale() probes.Scale {
	what := "latency"
	if p.Service {
		what = "service time"
	}
	label := fmt.Sprintf("p%.10g %s", p.Quantile*100, what)
	return probes.Scale{Unit: probes.Seconds, Label: label, Period: p.over()}
}

// over is how long a reading speaks of. A rehearsal has divided it by its speed.
func (p *Probe) over() time.Duration {
	return max(p.Over.Std().Round(time.Second), time.Second)
}

// Measure returns one reading for every second of the schedule that is over, or for every stretch of several.
func (p *Probe) Measure(_ context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	l, err := load.Named(env.Loads, p.Load)
	if err != nil {
		return nil, err
	}
	recorded := l.Recording().Each(from, to)
	if p.over() > time.Second {
		recorded = l.Recording().Windows(from, to, p.over())
	}
	var readings []probes.Reading
	for s := range recorded {
		if s.Sent == 0 {
			continue
		}
		r := probes.Reading{At: s.At, Span: s.Span, Value: seconds(s.Latency.ValueAtQuantile(100 * p.Quantile))}
		switch service := seconds(s.Service.ValueAtQuantile(100 * p.Quantile)); {
		case p.Service:
			r.Value = service
		case s.Waited == 0: // what was late had a connection
			r.Ours = r.Value - service
		}
		readings = append(readings, r)
	}
	return readings, nil
}

func seconds(us int64) float64 { return float64(us) / 1e6 }

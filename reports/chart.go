package reports

import (
	"fmt"
	"slices"
	"time"
)

// chart is a probe as the page's script draws it. Times are seconds of the Unix clock.
type chart struct {
	Label    string      `json:"label"`
	Unit     string      `json:"unit"`
	Max      *float64    `json:"max"`
	Min      *float64    `json:"min"`
	Baseline *float64    `json:"baseline"` // what an unchanged probe is compared with
	Origin   float64     `json:"origin"`   // the moment that the time axis counts from
	Phases   []chartSpan `json:"phases"`
	Marks    []chartMark `json:"marks"`
	X        []float64   `json:"x"`
	Y        []*float64  `json:"y"`      // null where the line breaks
	Out      []*float64  `json:"out"`    // the same, where out of bounds
	Points   bool        `json:"points"` // some speak of an instant, and no line shows one that stands alone

	from, to float64 // the axis
}

type chartSpan struct {
	Name string  `json:"name"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

type chartMark struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

func (r *Result) chart(p Probe) chart {
	_, origin := r.origin()
	c := chart{Label: p.Label, Unit: p.Unit, Max: p.Max, Min: p.Min, Origin: float64(origin) / 1000, Phases: []chartSpan{}, Marks: []chartMark{}}
	if u := p.Unchanged; u != nil && u.BaselineN > 0 {
		c.Baseline = &u.Baseline
	}
	for _, phase := range r.Phases {
		c.Phases = append(c.Phases, chartSpan{phase.Name, unix(phase.From), unix(phase.To)})
	}
	for _, s := range r.Steps {
		if s.Done != nil {
			c.Marks = append(c.Marks, chartMark{unix(*s.Done), fmt.Sprintf("step %d", s.N)})
		}
	}
	// All charts of a report have the same axis, that of the whole run, whatever was measured of it.
	c.from, c.to = unix(r.Started), unix(r.Ended)
	c.point(c.from, nil, nil)
	c.trace(p.marked())
	c.point(c.to, nil, nil)
	return c
}

// marked are the readings, with those of a violation marked as out of bounds. Of unchanged only the comparison knows
// what they are.
func (p Probe) marked() []Reading {
	all := slices.Clone(p.Readings)
	for i, r := range all {
		all[i].Out = r.Out || slices.ContainsFunc(p.Violations, func(v Violation) bool { return !r.At.Before(v.From) && r.At.Before(v.To) })
	}
	return all
}

// trace draws the readings. One that speaks of a span is a level stroke as long as that, one that speaks of an
// instant is a point and a corner of the line; where the next is missing, the line breaks.
func (c *chart) trace(readings []Reading) {
	step := usualStep(readings)
	for i, r := range readings {
		from := unix(r.At)
		stroke := lasts(r, step)
		c.Points = c.Points || !stroke
		if i > 0 {
			before := readings[i-1]
			end := unix(before.At) + before.Span
			if stroke && from > end+r.Span/2 || !stroke && from-end > 3*step {
				c.point(end, nil, nil)
			}
		}
		value := r.Value
		var out *float64
		if r.Out {
			out = &value
		}
		c.point(from, &value, out)
		if stroke {
			c.point(from+r.Span, &value, out)
		}
	}
}

// lasts reports whether a reading speaks of a span that can be seen. A look takes a moment, and records have periods of
// a second or more.
func lasts(r Reading, step float64) bool {
	short := 0.5
	if step > 0 {
		short = min(short, step/2)
	}
	return r.Span >= short
}

// point adds a point, never before the last one nor off the axis: readings may overlap, the axis may not run backwards,
// and a record's first minute may have begun before the run.
func (c *chart) point(x float64, y, out *float64) {
	x = min(max(x, c.from), c.to)
	if n := len(c.X); n > 0 {
		x = max(x, c.X[n-1])
	}
	c.X, c.Y, c.Out = append(c.X, x), append(c.Y, y), append(c.Out, out)
}

// usualStep is the median time between readings, in seconds.
func usualStep(readings []Reading) float64 {
	if len(readings) < 2 {
		return 0
	}
	var steps []float64
	for i, r := range readings[1:] {
		steps = append(steps, unix(r.At)-unix(readings[i].At))
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

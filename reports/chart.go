package reports

import (
	"math"
	"slices"
)

// chart is a probe as the page's script draws it.
type chart struct {
	Label    string     `json:"label"`
	Unit     string     `json:"unit"`
	Max      *float64   `json:"max"`
	Min      *float64   `json:"min"`
	Baseline *float64   `json:"baseline"` // what an unchanged probe is compared with
	X        []int64    `json:"x"`        // milliseconds: the first since the axis begins, the others since the one before
	Y        []*float64 `json:"y"`        // null where the line breaks
	Out      [][2]int   `json:"out"`      // which points are out of bounds: the first of a stretch, and the one after its last
	Points   bool       `json:"points"`   // some speak of an instant, and no line shows one that stands alone

	axis axis
	last int64 // where the last point is, in milliseconds since the axis begins
}

// mostReadings is how many readings a chart shows as they are: an hour of them, one a second. Of more, it shows the
// highest and the lowest of each few.
const mostReadings = 4000

func (r *Result) chart(p Probe) chart {
	c := chart{Label: p.Label, Unit: p.Unit, Max: p.Max, Min: p.Min, Out: [][2]int{}, axis: r.axis()}
	if u := p.Unchanged; u != nil && u.BaselineN > 0 {
		c.Baseline = &u.Baseline
	}
	c.point(c.axis.From, nil, false)
	c.trace(thin(p.marked(), mostReadings))
	c.point(c.axis.To, nil, false)
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
				c.point(end, nil, false)
			}
		}
		value := significant(r.Value)
		c.point(from, &value, r.Out)
		if stroke {
			c.point(from+r.Span, &value, r.Out)
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
func (c *chart) point(x float64, y *float64, out bool) {
	at := max(c.last, int64(math.Round((min(x, c.axis.To)-c.axis.From)*1000)))
	c.X, c.Y = append(c.X, at-c.last), append(c.Y, y)
	c.last = at
	if n := len(c.X); out {
		if last := len(c.Out) - 1; last >= 0 && c.Out[last][1] == n-1 {
			c.Out[last][1] = n
		} else {
			c.Out = append(c.Out, [2]int{n - 1, n})
		}
	}
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

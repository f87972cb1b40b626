package metrics

import (
	"cmp"
	"math"
	"slices"
)

// Cell is what is known of the values of one bucket. The zero Cell knows of none.
type Cell struct {
	Count, Sum, Min, Max float64
	Bars                 []Bar // for percentiles; in the order of value, nil where the series has none
}

// Bar says how often a value occurred, the value being rounded to what the recorder resolves.
type Bar struct {
	Value float32
	Count uint32
}

// One is the cell of a single value.
func One(v float64) Cell {
	return Cell{Count: 1, Sum: v, Min: v, Max: v, Bars: []Bar{{Value: float32(v), Count: 1}}}
}

// Total is the cell of n events that count one each: what a request counter puts.
func Total(n uint64) Cell {
	if n == 0 {
		return Cell{}
	}
	return Cell{Count: float64(n), Sum: float64(n), Min: 1, Max: 1}
}

func (c *Cell) merge(d Cell) {
	if d.Count == 0 {
		return
	}
	if c.Count == 0 {
		*c = d
		c.Bars = slices.Clone(d.Bars)
		return
	}
	c.Count += d.Count
	c.Sum += d.Sum
	c.Min = min(c.Min, d.Min)
	c.Max = max(c.Max, d.Max)
	c.Bars = mergeBars(c.Bars, d.Bars)
}

func mergeBars(a, b []Bar) []Bar {
	merged := make([]Bar, 0, len(a)+len(b))
	merged = append(append(merged, a...), b...)
	slices.SortFunc(merged, func(x, y Bar) int { return cmp.Compare(x.Value, y.Value) })
	last := 0
	for i := 1; i < len(merged); i++ {
		if merged[i].Value == merged[last].Value {
			merged[last].Count += merged[i].Count
			continue
		}
		last++
		merged[last] = merged[i]
	}
	return merged[:min(len(merged), last+1)]
}

// quantile returns the smallest value that at least q of all values do not exceed, false where no values were kept.
func (c *Cell) quantile(q float64) (float64, bool) {
	var all uint64
	for _, b := range c.Bars {
		all += uint64(b.Count)
	}
	if all == 0 {
		return 0, false
	}
	rank := max(1, uint64(math.Ceil(q*float64(all))))
	var seen uint64
	for _, b := range c.Bars {
		seen += uint64(b.Count)
		if seen >= rank {
			// Rounded values must not leave the range of the true ones.
			return min(max(float64(b.Value), c.Min), c.Max), true
		}
	}
	return c.Max, true
}

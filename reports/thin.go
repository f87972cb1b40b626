package reports

import (
	"cmp"
	"iter"
	"slices"
)

// thin picks about so many of the readings to be drawn, all where there are no more: of each few in a row the highest and
// the lowest, and one that is out of bounds if there is any, so that no peak is lost, however short. Readings of a span
// are drawn out over those that were left out beside them.
func thin(readings []Reading, most int) []Reading {
	if len(readings) <= most {
		return readings
	}
	var all []Reading
	for few := range unbroken(readings, 2*(len(readings)+most-1)/most) {
		picked := extremes(few)
		last := few[len(few)-1]
		for i := range picked {
			if picked[i].Span == 0 {
				continue
			}
			if i == 0 {
				picked[i].At = few[0].At
			}
			end := last.At.Sub(picked[i].At).Seconds() + last.Span
			if i+1 < len(picked) {
				end = picked[i+1].At.Sub(picked[i].At).Seconds()
			}
			picked[i].Span = end
		}
		all = append(all, picked...)
	}
	return all
}

// unbroken yields the readings so many at a time, and fewer where some are missing after a span.
func unbroken(readings []Reading, most int) iter.Seq[[]Reading] {
	return func(yield func([]Reading) bool) {
		begin := 0
		for i := 1; i <= len(readings); i++ {
			if i < len(readings) && i-begin < most && !apart(readings[i-1], readings[i]) {
				continue
			}
			if !yield(readings[begin:i]) {
				return
			}
			begin = i
		}
	}
}

// apart reports whether there is a hole between two readings of spans.
func apart(a, b Reading) bool {
	return b.Span > 0 && unix(b.At) > unix(a.At)+a.Span+b.Span/2
}

// extremes are the highest and the lowest of a few readings, and one that is out of bounds where neither of them is.
func extremes(few []Reading) []Reading {
	byValue := func(a, b Reading) int { return cmp.Compare(a.Value, b.Value) }
	picked := []Reading{slices.MinFunc(few, byValue), slices.MaxFunc(few, byValue)}
	out := func(r Reading) bool { return r.Out }
	if i := slices.IndexFunc(few, out); i >= 0 && !slices.ContainsFunc(picked, out) {
		picked = append(picked, few[i])
	}
	slices.SortFunc(picked, func(a, b Reading) int { return a.At.Compare(b.At) })
	return slices.CompactFunc(picked, func(a, b Reading) bool { return a.At.Equal(b.At) })
}

package load

import (
	"slices"
	"time"
)

// Merge is what all segments of a load did, second by second, as one machine would have recorded it: counts are added up, and
// histograms count by count. Each part is the Seconds of a run that is over, and all runs began at the same moment.
func Merge(parts ...[]Second) []Second {
	all := slices.Concat(parts...)
	slices.SortStableFunc(all, func(a, b Second) int { return a.At.Compare(b.At) })
	var merged []Second
	for _, s := range all {
		if last := len(merged) - 1; last < 0 || merged[last].At.Before(s.At) {
			merged = append(merged, newSecond(s.At))
		}
		merged[len(merged)-1].add(s)
	}
	for i := range merged {
		merged[i].Final = true
		if i+1 < len(merged) {
			merged[i].Span = merged[i+1].At.Sub(merged[i].At)
		} else {
			merged[i].Span = rest(parts, merged[i].At)
		}
	}
	return merged
}

// rest is how long after the last second of all parts the first of them would have had something due.
func rest(parts [][]Second, last time.Time) time.Duration {
	span := forever
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		end := part[len(part)-1]
		if due := end.At.Add(end.Span).Sub(last); due > 0 {
			span = min(span, due)
		}
	}
	return span
}

package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// quantile writes a latency of the load, "–" where it has none.
func (l Load) quantile(name string) string {
	v, ok := l.Latency[name]
	if !ok {
		return "–"
	}
	return Value(v, "s")
}

// Tally writes counts by name, the largest first: "12 connection reset, 3 timeout".
func Tally(counts map[string]uint64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
		}
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, ", ")
}

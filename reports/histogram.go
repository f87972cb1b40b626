package reports

import (
	"math"
	"slices"
)

// perDoubling is how many buckets of a Histogram a time passes through until it has doubled: each is 19% wide.
const perDoubling = 4

// Histogram counts times in buckets that grow with the time: bucket n holds those from 2^(n/4) µs up to 2^((n+1)/4) µs,
// and the first one also what is shorter. Buckets before the first and after the last that holds anything are left out.
type Histogram struct {
	First  int      `json:"first"` // number of the first bucket in Counts
	Counts []uint64 `json:"counts"`
}

// Add counts n times of so many seconds.
func (h *Histogram) Add(seconds float64, n uint64) {
	if n > 0 {
		h.add(bucket(seconds), n)
	}
}

// Merge adds what another histogram has counted.
func (h *Histogram) Merge(other *Histogram) {
	if other == nil {
		return
	}
	for i, n := range other.Counts {
		if n > 0 {
			h.add(other.First+i, n)
		}
	}
}

func (h *Histogram) add(at int, n uint64) {
	if len(h.Counts) == 0 {
		h.First = at
	}
	if at < h.First {
		h.Counts = slices.Concat(make([]uint64, h.First-at), h.Counts)
		h.First = at
	}
	if missing := at - h.First - len(h.Counts) + 1; missing > 0 {
		h.Counts = append(h.Counts, make([]uint64, missing)...)
	}
	h.Counts[at-h.First] += n
}

func bucket(seconds float64) int {
	return max(0, int(math.Floor(perDoubling*math.Log2(seconds*1e6))))
}

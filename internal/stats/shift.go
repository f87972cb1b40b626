package stats

import (
	"math"
	"slices"
)

// Shift returns the Hodges-Lehmann estimate of how far the values moved up from baseline to fault: the median of
// all differences between a reading of the one and a reading of the other. It is 0 without readings on either
// side. Values must be finite.
//
// Hodges, J. L. and Lehmann, E. L. (1963), Estimates of location based on rank tests, Annals of Mathematical
// Statistics 34, 598-611.
func Shift(baseline, fault []float64) float64 {
	n := len(baseline) * len(fault)
	if n == 0 {
		return 0
	}
	low, high := slices.Sorted(slices.Values(baseline)), slices.Sorted(slices.Values(fault))
	return (difference(low, high, (n-1)/2) + difference(low, high, n/2)) / 2
}

// Median returns the middle of the values, the mean of the middle two where they are even in number, 0 where there
// are none.
func Median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// difference returns the k-th smallest (from 0) of all b[j]-a[i], both sorted. It halves the range of floating-point
// numbers until one is left, because the differences themselves may be too many to hold.
func difference(a, b []float64, k int) float64 {
	least, most := position(b[0]-a[len(a)-1]), position(b[len(b)-1]-a[0])
	for least < most {
		middle := least + (most-least)/2
		if countUpTo(a, b, at(middle)) > k {
			most = middle
		} else {
			least = middle + 1
		}
	}
	return at(least)
}

// countUpTo counts the pairs with b[j]-a[i] ≤ limit. The boundary only ever moves up, so it is walked once.
func countUpTo(a, b []float64, limit float64) int {
	count, j := 0, 0
	for _, v := range a {
		for j < len(b) && b[j]-v <= limit {
			j++
		}
		count += j
	}
	return count
}

// position numbers the floating-point numbers in ascending order; at is its inverse.
func position(v float64) uint64 {
	bits := math.Float64bits(v)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

func at(position uint64) float64 {
	if position>>63 == 1 {
		return math.Float64frombits(position &^ (1 << 63))
	}
	return math.Float64frombits(^position)
}

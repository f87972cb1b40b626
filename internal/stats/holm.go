package stats

import (
	"cmp"
	"slices"
)

// Holm adjusts the p of several tests for there being several: compared with a level, the adjusted ones keep the chance
// of even one false finding among all of them below it, however the tests hang together. The order stays. The k-th
// smallest of m is multiplied by m-k+1, is at most 1, and is never below the one before it.
//
// Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted, least := make([]float64, len(p)), 0.0
	for k, i := range order {
		least = max(least, min(1, p[i]*float64(len(p)-k)))
		adjusted[i] = least
	}
	return adjusted
}

package stats

import "sort"

// RankSumFloor returns the least p that RankSumRise can give for n0 readings of baseline and n1 of the fault phase:
// that of a fault phase whose every reading is above every one of the baseline, 1/C(n0+n1, n1). Ties between the
// two only raise it. It is 1 where either has no readings.
func RankSumFloor(n0, n1 int) float64 {
	choices := 1.0
	for i := 1; i <= min(n0, n1); i++ {
		choices = choices * float64(max(n0, n1)+i) / float64(i)
	}
	return 1 / choices
}

// RankSumNeed returns the least number of baseline readings with which RankSumRise can reach alpha against n1 of
// the fault phase: 99 for one reading and an alpha of 0.01, 13 for two. It is 0 where a million would not do.
func RankSumNeed(n1 int, alpha float64) int {
	const most = 1_000_000
	need := 1 + sort.Search(most, func(i int) bool { return RankSumFloor(1+i, n1) <= alpha })
	if need > most {
		return 0
	}
	return need
}

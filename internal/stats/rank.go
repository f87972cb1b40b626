package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// RankSumRise returns the one-sided p of the Mann-Whitney U test (Wilcoxon's rank-sum test): the chance of ranks at
// least as high in the fault phase if all readings came from one distribution. Only the order of the values counts,
// so one extreme reading weighs no more than any other that is above the rest. Values must be numbers, infinite
// ones included. Without readings on either side, p is 1.
//
// The p is exact, with ties too, as long as that costs a moment at most (50 readings against 50, or 12 against
// 400); beyond that it is the normal approximation with corrections for ties and continuity.
//
// Mann, H. B. and Whitney, D. R. (1947), On a test of whether one of two random variables is stochastically larger
// than the other, Annals of Mathematical Statistics 18, 50-60. Ties: Lehmann, E. L. (1975), Nonparametrics, 1.4.
func RankSumRise(baseline, fault []float64) float64 {
	n0, n1 := len(baseline), len(fault)
	if n0 == 0 || n1 == 0 {
		return 1
	}
	ranks, ties := rank(baseline, fault)
	sum := 0
	for _, r := range ranks[n0:] {
		sum += r
	}
	if (n0+n1)*min(n0, n1) > exactLimit {
		return normalTail(sum, n0, n1, ties)
	}
	if n1 <= n0 {
		return tail(ranks, n1, sum)
	}
	// High ranks in the larger group are low ranks in the smaller one: mirrored, it is the same question and cheaper.
	mirror := 2 * (n0 + n1 + 1)
	lower := 0
	for i, r := range ranks {
		ranks[i] = mirror - r
		if i < n0 {
			lower += ranks[i]
		}
	}
	return tail(ranks, n0, lower)
}

// exactLimit bounds readings times those of the smaller group. The exact p takes some milliseconds at the limit.
const exactLimit = 5000

// rank returns twice the rank of each value of a and then b among all of them. Tied values share the mean of their
// ranks, which is a half at worst, so that twice of it is whole. With it comes the sum of t³-t over all ties of t.
func rank(a, b []float64) (doubled []int, ties float64) {
	all := slices.Concat(a, b)
	order := make([]int, len(all))
	for i, v := range all {
		if math.IsNaN(v) {
			panic(fmt.Sprintf("stats: value %d is not a number", i))
		}
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(all[i], all[j]) })
	doubled = make([]int, len(all))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && all[order[to]] == all[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			doubled[i] = from + 1 + to
		}
		t := float64(to - from)
		ties += t*t*t - t
		from = to
	}
	return doubled, ties
}

// tail returns the share of all choices of m ranks whose sum is at least least. It counts them rank by rank: ways
// to reach a sum with j ranks = ways without this rank + ways to reach the rest with j-1.
func tail(ranks []int, m, least int) float64 {
	ranks = slices.Sorted(slices.Values(ranks))
	upTo := make([]int, len(ranks)+1) // the sum of the first ranks, which bounds what j of them can add up to
	for i, r := range ranks {
		upTo[i+1] = upTo[i] + r
	}
	most := upTo[len(ranks)] - upTo[len(ranks)-m]
	ways := make([][]float64, m+1) // by number of ranks and by their sum
	for j := range ways {
		ways[j] = make([]float64, most+1)
	}
	ways[0][0] = 1
	for i, r := range ranks {
		for j := min(i+1, m); j >= 1; j-- {
			with, without := ways[j], ways[j-1]
			for sum := upTo[j-1] + r; sum <= upTo[i+1]-upTo[i+1-j]; sum++ {
				with[sum] += without[sum-r]
			}
		}
	}
	var all, hit float64
	for sum, w := range ways[m] {
		all += w
		if sum >= least {
			hit += w
		}
	}
	return hit / all
}

// normalTail approximates the chance of a sum of doubled ranks of at least sum in the fault phase:
//
//	U = R₁ - n₁(n₁+1)/2,  μ = n₀n₁/2,  σ² = n₀n₁/12 · (N+1 - Σ(t³-t)/(N(N-1))),  p = 1 - Φ((U - μ - ½)/σ)
func normalTail(sum, n0, n1 int, ties float64) float64 {
	a, b := float64(n0), float64(n1)
	n := a + b
	u := float64(sum)/2 - b*(b+1)/2
	sigma := math.Sqrt(a * b / 12 * (n + 1 - ties/(n*(n-1))))
	if sigma == 0 { // all values are the same
		return 1
	}
	return math.Erfc((u-a*b/2-0.5)/sigma/math.Sqrt2) / 2
}

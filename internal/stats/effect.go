package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Superiority returns how often a reading of b is above one of a, ties counted by half: 0.5 where neither is typically higher,
// 1 where all of b is above all of a. It is NaN without readings on either side.
//
// Vargha, A. and Delaney, H. D. (2000), A critique and improvement of the CL common language effect size statistics of
// McGraw and Wong, Journal of Educational and Behavioral Statistics 25, 101-132.
func Superiority(a, b []float64) float64 {
	ranks, _ := rank(a, b)
	sum := 0
	for _, r := range ranks[len(a):] {
		sum += r
	}
	n0, n1 := float64(len(a)), float64(len(b))
	return (float64(sum)/2 - n1*(n1+1)/2) / (n0 * n1)
}

// RatioInterval returns the exact two-sided interval for the ratio of two Poisson rates, k1/n1 to k0/n0, at a confidence above 0 and
// below 1. It is the one that belongs to RateRise: all ratios that its test, made both ways, would not reject. Its upper end is infinite
// where there were no events to compare with. Both n have to be above zero.
//
// Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the case of the
// binomial, Biometrika 26, 404-413.
func RatioInterval(k0, n0, k1, n1, confidence float64) (low, high float64) {
	k0, k1 = math.Round(k0), math.Round(k1)
	tail := (1 - confidence) / 2
	low, high = 0, math.Inf(1)
	if k1 > 0 {
		q := mathext.InvRegIncBeta(k1, k0+1, tail)
		low = q / (1 - q) * n0 / n1
	}
	if k0 > 0 {
		q := mathext.InvRegIncBeta(k1+1, k0, 1-tail)
		high = q / (1 - q) * n0 / n1
	}
	return low, high
}

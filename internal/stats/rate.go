package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// RateRise returns the one-sided p of the exact conditional test for two Poisson rates: the chance of at least as
// many events in the fault phase if the rate had not risen. The baseline had k0 events of n0 opportunities, the
// fault phase k1 of n1. Events are rounded to whole ones. None of the four may be negative, NaN or infinite; there
// may be events without opportunities.
//
// Given all K = k₀ + k₁ events, those of the fault phase are binomial if the rates are equal, each one falling into
// it with the chance q that the phase's share of the opportunities gives it:
//
//	p = P(X ≥ k₁),  X ~ Binomial(K, q),  q = n₁/(n₀+n₁)
//
// So no rate needs to be known or estimated, and zero events are as good a baseline as any. Where an opportunity
// has at most one event, the counts vary less than Poisson's, and p errs on the high side. Without any
// opportunities at all, p is 1.
//
// Przyborowski, J. and Wilenski, H. (1940), Homogeneity of results in testing samples from Poisson series,
// Biometrika 31, 313-323.
func RateRise(k0, n0, k1, n1 float64) float64 {
	for _, v := range []float64{k0, n0, k1, n1} {
		if !(v >= 0) || math.IsInf(v, 1) {
			panic(fmt.Sprintf("stats: %v events of %v against %v of %v", k1, n1, k0, n0))
		}
	}
	k0, k1 = math.Round(k0), math.Round(k1)
	q := n1 / (n0 + n1)
	switch {
	case k1 == 0 || math.IsNaN(q):
		return 1
	case q == 0 || q == 1:
		return q
	}
	return mathext.RegIncBeta(k1, k0+1, q) // the binomial tail from k1 on, without adding up its terms
}

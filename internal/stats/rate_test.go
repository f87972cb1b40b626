package stats

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestRateRiseAddsUpTheBinomialTail holds RateRise against the tail added up term by term in exact arithmetic.
func TestRateRiseAddsUpTheBinomialTail(t *testing.T) {
	exposures := []int64{1, 2, 3, 7, 100, 4001}
	for _, n0 := range exposures {
		for _, n1 := range exposures {
			for k0 := int64(0); k0 <= 12; k0++ {
				for k1 := int64(0); k1 <= 12; k1++ {
					got := RateRise(float64(k0), float64(n0), float64(k1), float64(n1))
					near(t, fmt.Sprintf("%d/%d against %d/%d", k1, n1, k0, n0), got, binomialTail(k0+k1, k1, n1, n0+n1), 1e-12)
				}
			}
		}
	}
}

// binomialTail returns P(X ≥ from) for X ~ Binomial(n, a/b).
func binomialTail(n, from, a, b int64) float64 {
	q := big.NewRat(a, b)
	other := new(big.Rat).Sub(big.NewRat(1, 1), q)
	sum := new(big.Rat)
	for k := from; k <= n; k++ {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		for i := range n {
			if i < k {
				term.Mul(term, q)
			} else {
				term.Mul(term, other)
			}
		}
		sum.Add(sum, term)
	}
	p, _ := sum.Float64()
	return p
}

func TestRateRiseAgreesWithR(t *testing.T) {
	// poisson.test(c(11, 21), c(800, 3011)), an example of R's manual, gives a two-sided p of 0.07967. That is the
	// upper tail at 11 and the lower tail up to the likeliest count that is no likelier than 11.
	upper := RateRise(21, 3011, 11, 800)
	lower := RateRise(2, 800, 30, 3011)
	near(t, "two-sided p", upper+lower, 0.07967, 5e-6)
}

func TestRateRiseAtTheEdges(t *testing.T) {
	cases := map[string]struct{ k0, n0, k1, n1, want float64 }{
		"no events":                    {0, 100, 0, 100, 1},
		"none in the fault phase":      {5, 100, 0, 100, 1},
		"nothing at all":               {0, 0, 0, 0, 1},
		"no traffic at baseline":       {0, 0, 3, 100, 1},
		"only events in the fault":     {2, 100, 3, 0, 0},
		"only events at baseline":      {3, 0, 0, 100, 1},
		"one event, equal opportunity": {0, 100, 1, 100, 0.5},
		"nearly whole events":          {0, 100, 4.9999999, 100, 1. / 32},
	}
	for name, c := range cases {
		near(t, name, RateRise(c.k0, c.n0, c.k1, c.n1), c.want, 1e-12)
	}
}

func TestRateRiseRefusesWhatIsNoCount(t *testing.T) {
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		panics(t, func() { RateRise(bad, 1, 1, 1) })
		panics(t, func() { RateRise(1, 1, 1, bad) })
	}
}

func TestRateRiseFallsAsEventsAreAdded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		k0, k1 := float64(r.IntN(50)), float64(r.IntN(50))
		n0, n1 := float64(1+r.IntN(10_000)), float64(1+r.IntN(10_000))
		p := RateRise(k0, n0, k1, n1)
		if p < 0 || p > 1 {
			t.Fatalf("p = %v", p)
		}
		const dust = 1e-12
		if RateRise(k0, n0, k1+1, n1) > p+dust || RateRise(k0+1, n0, k1, n1) < p-dust || RateRise(k0, n0, k1, n1*2) < p-dust {
			t.Fatalf("not monotone at %v/%v against %v/%v", k1, n1, k0, n0)
		}
	}
}

func TestRateRiseHoldsItsLevelWhereNothingRose(t *testing.T) {
	source := rand.NewPCG(2, 2)
	for _, mean := range []float64{0.5, 3, 20, 400} {
		for _, longer := range []float64{0.2, 1, 3} {
			before := distuv.Poisson{Lambda: mean, Src: source}
			after := distuv.Poisson{Lambda: mean * longer, Src: source}
			holdsLevel(t, fmt.Sprintf("mean %v, %v times as long", mean, longer), func() float64 {
				return RateRise(before.Rand(), 1000, after.Rand(), 1000*longer)
			})
		}
	}
}

func TestRateRiseSeesARise(t *testing.T) {
	if p := RateRise(40, 400_000, 400, 500_000); p > 1e-30 {
		t.Errorf("an eightfold rise has p = %v", p)
	}
}

// holdsLevel draws p many times where nothing changed: at most a share of alpha of them, give or take four standard
// errors, may be alpha or less.
func holdsLevel(t *testing.T, name string, draw func() float64) {
	t.Helper()
	const draws = 2000
	alphas := []float64{0.2, 0.1, 0.05, 0.01}
	hits := make([]int, len(alphas))
	for range draws {
		p := draw()
		for i, alpha := range alphas {
			if p <= alpha {
				hits[i]++
			}
		}
	}
	for i, alpha := range alphas {
		slack := 4 * math.Sqrt(alpha*(1-alpha)/draws)
		if share := float64(hits[i]) / draws; share > alpha+slack {
			t.Errorf("%s: p <= %v in %.4f of all draws", name, alpha, share)
		}
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}

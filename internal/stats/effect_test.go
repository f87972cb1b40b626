package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestSuperiorityIsTheShareOfPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 50 {
		a, b := sample(r, 1+r.IntN(9), 0, 2), sample(r, 1+r.IntN(9), 0.5, 2)
		near(t, fmt.Sprintf("%v against %v", b, a), Superiority(a, b), wins(a, b)/float64(len(a)*len(b)), 1e-12)
	}
}

// TestRatioIntervalEndsWhereTheTestDoes holds the interval against RateRise: at its ends, with the opportunities scaled by the ratio
// so that the rates would be equal, the test is exactly at half the level.
func TestRatioIntervalEndsWhereTheTestDoes(t *testing.T) {
	for _, c := range [][4]float64{{3, 100, 11, 80}, {40, 7000, 55, 9000}, {1, 10, 1, 10}, {0, 50, 6, 50}, {6, 50, 0, 50}} {
		k0, n0, k1, n1 := c[0], c[1], c[2], c[3]
		low, high := RatioInterval(k0, n0, k1, n1, 0.95)
		if k1 > 0 {
			near(t, fmt.Sprintf("%v, low end", c), RateRise(k0, n0, k1, n1*low), 0.025, 1e-9)
		} else if low != 0 {
			t.Errorf("%v: low end %v without any events", c, low)
		}
		if k0 > 0 {
			near(t, fmt.Sprintf("%v, high end", c), RateRise(k1, n1*high, k0, n0), 0.025, 1e-9)
		} else if !math.IsInf(high, 1) {
			t.Errorf("%v: high end %v with nothing to compare with", c, high)
		}
	}
}

func TestHolmIsTheExampleOfTheBooks(t *testing.T) {
	// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
	got := Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, fmt.Sprint(i), got[i], want, 1e-12)
	}
	near(t, "never above 1", Holm([]float64{0.9, 0.8})[0], 1, 0)
}

// TestHolmFindsNothingWhereNothingIs among eight comparisons that hang together more often than its level says.
func TestHolmFindsNothingWhereNothingIs(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	holdsLevel(t, "eight", func() float64 {
		common, least, p := r.NormFloat64(), 1.0, make([]float64, 8)
		for i := range p {
			p[i] = math.Erfc((common+r.NormFloat64())/2) / 2
		}
		for _, adjusted := range Holm(p) {
			least = min(least, adjusted)
		}
		return least
	})
}

package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/combin"
)

// TestRankSumRiseAgreesWithTheTables checks the exact p against the tables of Mann & Whitney (1947): the chance
// that U is at most u.
func TestRankSumRiseAgreesWithTheTables(t *testing.T) {
	tables := map[int][]float64{ // by the size of both samples, from u = 0
		3: {.050, .100, .200, .350, .500},
		4: {.014, .029, .057, .100, .171, .243, .343, .443, .557},
		5: {.004, .008, .016, .028, .048, .075, .111, .155, .210, .274, .345, .421, .500},
	}
	for n, table := range tables {
		for u, want := range table {
			baseline, fault := withU(n, u)
			near(t, fmt.Sprintf("n = %d, u = %d", n, u), RankSumRise(baseline, fault), want, 0.0005)
		}
	}
}

// withU returns two samples of n of which exactly u pairs have the baseline above the fault phase.
func withU(n, u int) (baseline, fault []float64) {
	for i := range n {
		baseline = append(baseline, float64(i))
		fault = append(fault, float64(100+i))
	}
	for i := n - 1; u > 0; i-- {
		above := min(u, n)
		baseline[i] = 100 + float64(above) - 0.5 - float64(n-i)*0.01
		u -= above
	}
	return baseline, fault
}

// TestRankSumRiseCountsAllArrangements holds the exact p against a count of all ways to deal the same values out
// to baseline and fault phase, with few and many ties.
func TestRankSumRiseCountsAllArrangements(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 150 {
		n0, n1 := 1+r.IntN(6), 1+r.IntN(6)
		distinct := 1 + r.IntN(12)
		all := make([]float64, n0+n1)
		for i := range all {
			all[i] = float64(r.IntN(distinct)) / 4
		}
		baseline, fault := all[:n0], all[n0:]
		near(t, fmt.Sprintf("%v against %v", fault, baseline), RankSumRise(baseline, fault), arrangements(all, n1, wins(baseline, fault)), 1e-12)
	}
}

// arrangements returns the share of all choices of n values for the fault phase that win at least as often.
func arrangements(all []float64, n int, least float64) float64 {
	hits, total := 0, 0
	for _, chosen := range combin.Combinations(len(all), n) {
		inFault := map[int]bool{}
		for _, i := range chosen {
			inFault[i] = true
		}
		var baseline, fault []float64
		for i, v := range all {
			if inFault[i] {
				fault = append(fault, v)
			} else {
				baseline = append(baseline, v)
			}
		}
		total++
		if wins(baseline, fault) >= least {
			hits++
		}
	}
	return float64(hits) / float64(total)
}

// wins is Mann and Whitney's U by its definition: pairs in which the fault phase is above, ties by half.
func wins(baseline, fault []float64) float64 {
	u := 0.0
	for _, b := range baseline {
		for _, f := range fault {
			switch {
			case f > b:
				u++
			case f == b:
				u += 0.5
			}
		}
	}
	return u
}

func TestRankSumRiseIsContinuousWhereTheApproximationTakesOver(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, ties := range []float64{0, 10} { // the number of distinct values, 0 for all
		for _, shift := range []float64{0, 0.1, 0.3} {
			baseline, fault := sample(r, 50, 0, ties), sample(r, 50, shift, ties)
			exact := RankSumRise(baseline, fault)
			ranks, t3 := rank(baseline, fault)
			sum := 0
			for _, d := range ranks[len(baseline):] {
				sum += d
			}
			approximate := normalTail(sum, len(baseline), len(fault), t3)
			if exact < 1e-3 || exact > 0.999 {
				t.Fatalf("p = %v compares nothing", exact)
			}
			if ratio := approximate / exact; ratio < 0.8 || ratio > 1.25 {
				t.Errorf("ties %v, shift %v: exact %v, approximate %v", ties, shift, exact, approximate)
			}
		}
	}
}

func TestRankSumRiseHoldsItsLevelWhereNothingRose(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, size := range [][2]int{{3, 3}, {9, 5}, {5, 9}, {60, 50}} {
		for _, ties := range []float64{0, 4} {
			holdsLevel(t, fmt.Sprintf("%v, ties %v", size, ties), func() float64 {
				return RankSumRise(sample(r, size[0], 0, ties), sample(r, size[1], 0, ties))
			})
		}
	}
}

func TestRankSumRiseDependsOnOrderAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for _, size := range [][2]int{{7, 9}, {9, 7}, {90, 80}} {
		baseline, fault := sample(r, size[0], 0, 20), sample(r, size[1], 0.2, 20)
		p := RankSumRise(baseline, fault)
		near(t, "stretched", RankSumRise(each(baseline, math.Exp), each(fault, math.Exp)), p, 0)

		negated := func(v float64) float64 { return -v }
		near(t, "turned round", RankSumRise(each(fault, negated), each(baseline, negated)), p, 1e-12)

		higher := func(v float64) float64 { return v + 0.3 }
		if RankSumRise(baseline, each(fault, higher)) > p {
			t.Error("p rises where the fault phase does")
		}
	}
}

func TestRankSumRiseAtTheEdges(t *testing.T) {
	cases := map[string]struct {
		baseline, fault []float64
		want            float64
	}{
		"nothing":              {nil, nil, 1},
		"no baseline":          {nil, []float64{1}, 1},
		"no fault":             {[]float64{1}, nil, 1},
		"all the same":         {[]float64{1, 1, 1}, []float64{1, 1}, 1},
		"very many, the same":  {make([]float64, 500), make([]float64, 500), 1},
		"one above nine":       {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, []float64{10}, 0.1},
		"infinity is a number": {[]float64{1, 2, 3}, []float64{math.Inf(1), math.Inf(1), math.Inf(1)}, 0.05},
	}
	for name, c := range cases {
		near(t, name, RankSumRise(c.baseline, c.fault), c.want, 1e-12)
	}
	panics(t, func() { RankSumRise([]float64{1}, []float64{math.NaN()}) })
}

// sample draws n values around mean. With ties they fall on that many steps in each unit.
func sample(r *rand.Rand, n int, mean, ties float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = mean + r.NormFloat64()
		if ties > 0 {
			v[i] = math.Round(v[i]*ties) / ties
		}
	}
	return v
}

func each(values []float64, f func(float64) float64) []float64 {
	changed := make([]float64, len(values))
	for i, v := range values {
		changed[i] = f(v)
	}
	return changed
}

func BenchmarkRankSumRise(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, size := range [][2]int{{50, 50}, {400, 12}, {600, 600}} {
		baseline, fault := sample(r, size[0], 0, 0), sample(r, size[1], 0, 0)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				RankSumRise(baseline, fault)
			}
		})
	}
}

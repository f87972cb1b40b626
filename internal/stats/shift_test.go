package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestShiftIsTheMedianOfAllDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 500 {
		baseline, fault := sample(r, 1+r.IntN(12), 0, 0), sample(r, 1+r.IntN(12), 1, 0)
		if r.IntN(2) == 0 {
			baseline, fault = sample(r, 1+r.IntN(12), -3, 2), sample(r, 1+r.IntN(12), -3, 2)
		}
		var all []float64
		for _, b := range baseline {
			for _, f := range fault {
				all = append(all, f-b)
			}
		}
		near(t, "shift", Shift(baseline, fault), Median(all), 1e-15)
	}
}

func TestShiftFindsWhatWasAdded(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	baseline := sample(r, 3000, 10, 0)
	fault := each(sample(r, 2000, 10, 0), func(v float64) float64 { return v + 0.25 })
	near(t, "shift", Shift(baseline, fault), 0.25, 0.1)
	near(t, "no shift", Shift(baseline, baseline), 0, 0)
}

func TestShiftWithoutReadings(t *testing.T) {
	near(t, "nothing", Shift(nil, nil), 0, 0)
	near(t, "no baseline", Shift(nil, []float64{1}), 0, 0)
	near(t, "no fault", Shift([]float64{1}, nil), 0, 0)
}

func TestMedian(t *testing.T) {
	cases := []struct {
		values []float64
		want   float64
	}{
		{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 3, 2, 1}, 2.5},
		{[]float64{math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64},
	}
	for _, c := range cases {
		before := slices.Clone(c.values)
		near(t, "median", Median(c.values), c.want, 0)
		if !slices.Equal(c.values, before) {
			t.Errorf("%v was reordered to %v", before, c.values)
		}
	}
}

func TestPositionKeepsTheOrderOfNumbers(t *testing.T) {
	numbers := []float64{-math.MaxFloat64, -2, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 1, 1.5, math.MaxFloat64}
	for i, v := range numbers {
		near(t, "there and back", at(position(v)), v, 0)
		if i > 0 && position(numbers[i-1]) >= position(v) {
			t.Errorf("%v is not after %v", v, numbers[i-1])
		}
	}
}

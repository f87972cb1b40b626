package world

import (
	"math"
	"slices"
	"testing"
)

// periods are as many of the newest values as given, and NaN before.
func periods(newest ...float64) []float64 {
	values := slices.Repeat([]float64{math.NaN()}, periodsBelow)
	copy(values[periodsBelow-len(newest):], newest)
	return values
}

func TestTargetTrackingWants(t *testing.T) {
	p := &scaling{Scaling: Scaling{Min: 2, Max: 10, Target: 100}}
	nan := math.NaN()
	for _, c := range []struct {
		name             string
		desired, serving int
		values           []float64
		want             int
	}{
		{"nothing measured", 4, 4, periods(), 4},
		{"at the target", 4, 4, periods(100, 100, 100), 4},
		{"two periods above it", 4, 4, periods(100, 180, 180), 4},
		{"three periods above it", 4, 4, periods(140, 150, 160), 6},
		{"a gap among them", 4, 4, periods(180, nan, 180), 4},
		{"as many as there may be", 4, 4, periods(900, 900, 900), 10},
		{"the others are still starting", 6, 4, periods(150, 150, 150), 6},
		{"some are lost, and the rest bears it", 6, 3, periods(150, 150, 150), 6},
		{"set by hand above the most", 12, 12, periods(150, 150, 150), 12},
		{"a little below", 6, 6, slices.Repeat([]float64{95}, periodsBelow), 6},
		{"half of it for a while", 6, 6, slices.Repeat([]float64{50}, periodsBelow), 3},
		{"half of it for a moment", 6, 6, periods(50, 50, 50, 50), 6},
		{"half of it but for one period", 6, 6, append(slices.Repeat([]float64{50}, periodsBelow-1), 80), 5},
		{"half of it and a period without data", 6, 6, append(slices.Repeat([]float64{50}, periodsBelow-1), nan), 6},
		{"as few as there may be", 6, 6, slices.Repeat([]float64{1}, periodsBelow), 2},
		{"set by hand below the least", 1, 1, slices.Repeat([]float64{1}, periodsBelow), 1},
	} {
		if got := p.wants(c.desired, c.serving, c.values); got != c.want {
			t.Errorf("%s: want %d tasks, got %d", c.name, c.want, got)
		}
	}
}

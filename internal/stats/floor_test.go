package stats

import (
	"fmt"
	"testing"
)

func TestRankSumFloorIsWhatTheTestGivesAtBest(t *testing.T) {
	for n0 := 1; n0 <= 9; n0++ {
		for n1 := 1; n1 <= 9; n1++ {
			baseline, fault := make([]float64, n0), make([]float64, n1)
			for i := range baseline {
				baseline[i] = float64(i)
			}
			for i := range fault {
				fault[i] = 100 + float64(i)
			}
			near(t, fmt.Sprintf("%d against %d", n1, n0), RankSumFloor(n0, n1), RankSumRise(baseline, fault), 1e-14)
		}
	}
	near(t, "no baseline", RankSumFloor(0, 3), 1, 0)
	near(t, "no fault", RankSumFloor(3, 0), 1, 0)
	near(t, "a thousand each", RankSumFloor(1000, 1000), 0, 1e-300)
}

func TestRankSumNeedIsTheLeastThatWillDo(t *testing.T) {
	cases := []struct {
		n1    int
		alpha float64
		want  int
	}{{1, 0.01, 99}, {2, 0.01, 13}, {3, 0.05, 3}, {5, 0.01, 4}, {100, 0.01, 1}, {1, 1e-5, 99_999}, {0, 0.5, 0}, {1, 1e-7, 0}}
	for _, c := range cases {
		need := RankSumNeed(c.n1, c.alpha)
		if need != c.want {
			t.Errorf("%d readings at alpha %v: got %d, want %d", c.n1, c.alpha, need, c.want)
		}
		if need > 0 && RankSumFloor(need, c.n1) > c.alpha || need > 1 && RankSumFloor(need-1, c.n1) <= c.alpha {
			t.Errorf("%d readings at alpha %v: %d is not the least", c.n1, c.alpha, need)
		}
	}
}

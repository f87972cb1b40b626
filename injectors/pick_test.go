package injectors

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestAmount(t *testing.T) {
	two, none := 2, 0
	named := []string{"a", "b", "c", "a"}
	for _, c := range []struct {
		name   string
		amount Amount
		of     int
		want   int      // 0 where there is not so much
		guilty []string // attributes
	}{
		{name: "one", of: 6, want: 1},
		{name: "a count", amount: Amount{Count: &two}, of: 6, want: 2},
		{name: "too many", amount: Amount{Count: &two}, of: 1},
		{name: "a share, rounded down", amount: Amount{Percent: "34%"}, of: 5, want: 1},
		{name: "a share that comes out even", amount: Amount{Percent: "29%"}, of: 100, want: 29},
		{name: "a share of few", amount: Amount{Percent: "10%"}, of: 3, want: 1},
		{name: "a share of nothing", amount: Amount{Percent: "10%"}, of: 0},
		{name: "all", amount: Amount{Percent: "100%"}, of: 6, want: 6},
		{name: "all that are named, each once", amount: Amount{Named: named}, of: 3, want: 3},
		{name: "some that are named", amount: Amount{Named: named, Count: &two}, of: 3, want: 2},
		{name: "both", amount: Amount{Count: &two, Percent: "50%"}, of: 6, want: 3, guilty: []string{"percent"}},
		{name: "no share", amount: Amount{Percent: "0%"}, of: 6, want: 1, guilty: []string{"percent"}},
		{name: "no share and no count", amount: Amount{Count: &none, Percent: "0%"}, of: 6, want: 1, guilty: []string{"percent", "count", "percent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			picked, err := Pick(Scope{Rand: rand.New(rand.NewPCG(1, 0))}, make([]int, c.of), c.amount)
			if len(picked) != c.want || (err == nil) != (c.want > 0) {
				t.Errorf("picked %d, %v, want %d", len(picked), err, c.want)
			}
			var guilty []string
			for _, p := range c.amount.Check("kill") {
				guilty = append(guilty, p.Attr)
				if p.Summary == "" || p.Detail == "" {
					t.Errorf("does not say what is wrong, or what to do: %+v", p)
				}
			}
			if !slices.Equal(guilty, c.guilty) {
				t.Errorf("guilty: %q, want %q", guilty, c.guilty)
			}
		})
	}
}

func TestSift(t *testing.T) {
	eligible, left := Sift([]int{1, 2, 3, 4}, strconv.Itoa, func(n int) string {
		if n%2 > 0 {
			return "it is odd"
		}
		return ""
	})
	if !slices.Equal(eligible, []int{2, 4}) || !slices.Equal(left, []LeftOut{{"1", "it is odd"}, {"3", "it is odd"}}) {
		t.Errorf("eligible %v, left out %v", eligible, left)
	}
}

func TestASeedRepeatsThePick(t *testing.T) {
	five, candidates := 5, []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	pick := func(seed uint64) []string {
		picked, err := Pick(Scope{Rand: rand.New(rand.NewPCG(seed, 0))}, candidates, Amount{Count: &five})
		if err != nil {
			t.Fatal(err)
		}
		return picked
	}
	first := pick(1)
	if again := pick(1); !slices.Equal(again, first) {
		t.Errorf("picked %q, then %q", first, again)
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(first)))); n != five {
		t.Errorf("%q has repetitions", first)
	}
	if !slices.ContainsFunc([]uint64{2, 3, 4}, func(seed uint64) bool { return !slices.Equal(pick(seed), first) }) {
		t.Error("every seed picks the same")
	}
}

func TestMissingTag(t *testing.T) {
	scope := Scope{RequireTags: map[string]string{"chaos": "allowed", "env": "staging"}}
	for want, tags := range map[string]map[string]string{
		"":              {"chaos": "allowed", "env": "staging", "more": "of them"},
		"chaos=allowed": nil,
		"env=staging":   {"chaos": "allowed", "env": "production"},
	} {
		if got := scope.MissingTag(tags); got != want {
			t.Errorf("%v lack %q, want %q", tags, got, want)
		}
	}
}

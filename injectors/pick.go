package injectors

import (
	"fmt"
	"math"
	"slices"

	"gameday/internal/attr"
)

// Amount is how many targets to pick, as kinds offer it by their attributes count and percent.
type Amount struct {
	Count   *int       // nil where it is absent
	Percent attr.Share // of the eligible ones, rounded down, but never to nothing; "" where it is absent
	Named   []string   // targets that are asked for one by one: all of them where both are absent, and else 1
}

// Check finds what is wrong with the attributes. Verb is what is done to targets: "kill".
func (a Amount) Check(verb string) []attr.Problem {
	var problems []attr.Problem
	if a.Count != nil && a.Percent != "" {
		problems = append(problems, attr.Problem{Attr: "percent", Summary: "Both count and percent", Detail: "Keep one of them."})
	}
	if a.Count != nil && *a.Count < 1 {
		problems = append(problems, attr.Problem{Attr: "count", Summary: "Nothing to " + verb, Detail: "Set count to 1 or more."})
	}
	if a.Percent != "" && a.Percent.Check() == nil && a.Percent.Ratio() == 0 {
		problems = append(problems, attr.Problem{Attr: "percent", Summary: "Nothing to " + verb, Detail: "Set percent to more than 0 %."})
	}
	return problems
}

// outOf is how many that is where so many are eligible.
func (a Amount) outOf(eligible int) int {
	switch {
	case a.Percent != "":
		share := a.Percent.Ratio() * float64(eligible)
		if whole := math.Round(share); math.Abs(share-whole) < 1e-9 { // 29% of 100 comes out as 28.999999999999996
			share = whole
		}
		return max(1, int(math.Floor(share)))
	case a.Count != nil:
		return *a.Count
	}
	return max(1, len(slices.Compact(slices.Sorted(slices.Values(a.Named)))))
}

// Sift separates the candidates that may be picked from those that may not. Against is the first reason not to pick one, ""
// if there is none.
func Sift[T any](candidates []T, id, against func(T) string) (eligible []T, left []LeftOut) {
	for _, c := range candidates {
		if why := against(c); why != "" {
			left = append(left, LeftOut{ID: id(c), Why: why})
		} else {
			eligible = append(eligible, c)
		}
	}
	return eligible, left
}

// Counted writes "1 task" and "2 tasks".
func Counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Pick chooses that many of the candidates at random, without repetition. Candidates must come in an order that does not
// change from one call to the next, or the seed does not repeat the pick.
func Pick[T any](scope Scope, candidates []T, a Amount) ([]T, error) {
	n := a.outOf(len(candidates))
	if n > len(candidates) {
		return nil, fmt.Errorf("asked for %d targets and only %d are eligible", n, len(candidates))
	}
	picked := make([]T, 0, n)
	for _, i := range scope.Rand.Perm(len(candidates))[:n] {
		picked = append(picked, candidates[i])
	}
	return picked, nil
}

// MissingTag names the first required tag that tags lack, or "" where they carry all of them.
func (s Scope) MissingTag(tags map[string]string) string {
	missing := ""
	for key, value := range s.RequireTags {
		if tags[key] != value && (missing == "" || key < missing) {
			missing = key
		}
	}
	if missing == "" {
		return ""
	}
	return fmt.Sprintf("%s=%s", missing, s.RequireTags[missing])
}

package injectors

import (
	"fmt"
	"math"

	"gameday/internal/attr"
)

// Pick chooses count or percent of candidates at random, without repetition. Candidates must come in an order
// that does not change from one call to the next, or the seed does not repeat the pick. A percentage rounds
// down, but never to nothing: at least one is picked.
func Pick[T any](scope Scope, candidates []T, count int, percent attr.Share) ([]T, error) {
	n := count
	if percent != "" {
		n = max(1, int(math.Floor(percent.Ratio()*float64(len(candidates)))))
	}
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

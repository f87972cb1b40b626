package experiments

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// suggest returns the candidate that given was most likely meant to be, "" where none is near. Case and the
// choice between - and _ do not count.
func suggest(given string, candidates []string) string {
	plain := strings.NewReplacer("-", "_", " ", "_")
	given = plain.Replace(strings.ToLower(given))
	nearest, least := "", 0
	for _, c := range candidates {
		distance := levenshtein.Distance(given, plain.Replace(strings.ToLower(c)), nil)
		if distance > (max(len(given), len(c))+1)/3 {
			continue
		}
		if nearest == "" || distance < least {
			nearest, least = c, distance
		}
	}
	return nearest
}

// DidYouMean is a sentence to end a message with: the nearest candidate, or all of them where none is near.
func DidYouMean(given string, candidates []string) string {
	if s := suggest(given, candidates); s != "" {
		return fmt.Sprintf("Did you mean %q?", s)
	}
	switch len(candidates) {
	case 0:
		return ""
	case 1:
		return "There is only " + candidates[0] + "."
	}
	return "There are " + listed(candidates) + "."
}

// listed is "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

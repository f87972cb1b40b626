package cloud

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// shown is how many of the things that exist an error lists: enough to recognise a typing mistake or a wrong region.
const shown = 10

// Nonexistent is a mistake of whoever wrote the name, and no failure of AWS.
type Nonexistent struct{ text string }

func (n *Nonexistent) Error() string { return n.text }

// NoSuch is the *Nonexistent for a name that nothing carries: what kind of thing it is ("load balancer"), the name asked
// for, and the names that do exist. It suggests the nearest of them and lists the first few.
func NoSuch(what, name string, exist []string) error {
	if len(exist) == 0 {
		return nonexistent("there is no %s %q, nor any other: is this the right account and region?", what, name)
	}
	if near := nearest(name, exist); near != "" {
		return nonexistent("there is no %s %q, did you mean %q? (there are: %s)", what, name, near, list(exist))
	}
	return nonexistent("there is no %s %q (there are: %s)", what, name, list(exist))
}

func nonexistent(format string, args ...any) error { return &Nonexistent{fmt.Sprintf(format, args...)} }

// nearest returns the name that a typing mistake would turn into the one asked for, "" if none is near enough.
func nearest(name string, exist []string) string {
	best, distance := "", min(len(name), 1+max(2, len(name)/3))
	for _, candidate := range exist {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

func list(names []string) string {
	names = slices.Sorted(slices.Values(names))
	quoted := make([]string, 0, shown)
	for _, name := range names[:min(len(names), shown)] {
		quoted = append(quoted, strconv.Quote(name))
	}
	if more := len(names) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(quoted, ", "), more)
	}
	return strings.Join(quoted, ", ")
}

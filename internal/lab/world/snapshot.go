package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Snapshot is what can be said of an account at one moment: of every resource ("instance i-0...", "service web/front") its
// facts by name ("state": "running"). It is plain data: compare it with Diff or reflect.DeepEqual, print it, keep it.
//
// It holds what a client of the API could change and would have to put back. Left out is what moves by itself or cannot
// be had back from AWS:
//
//   - tasks, their ids and addresses, and how many run: services replace them (WaitSteady says when they have);
//   - how many tasks a service wants that is scaled by its load, as long as it is within its bounds;
//   - terminated instances, deregistered container instances and stopped tasks: history;
//   - ids of associations: AWS gives a new one for each replacement, so what is associated with what is told instead;
//   - times, event texts, activities, versions, idempotency tokens;
//   - public addresses, which stopped instances lose;
//   - the health of targets, and which agents speak just now;
//   - metrics, alarms and logs: what was measured stays measured.
//
// Targets that are tasks are counted and not named. What is on its way from one state to another shows the state it is in, so
// compare once it has settled.
type Snapshot map[string]Facts

// Facts are what is said of one resource.
type Facts map[string]string

// Diff tells what differs in after, a sentence for each fact in the order of resources; nothing where both are the same.
func (s Snapshot) Diff(after Snapshot) []string {
	var differ []string
	for _, resource := range both(s, after) {
		was, is := s[resource], after[resource]
		switch {
		case was == nil:
			differ = append(differ, fmt.Sprintf("%s is new: %s", resource, is))
		case is == nil:
			differ = append(differ, fmt.Sprintf("%s is gone: %s", resource, was))
		default:
			for _, fact := range both(was, is) {
				if was[fact] != is[fact] {
					differ = append(differ, fmt.Sprintf("%s: %s was %q and is %q", resource, fact, was[fact], is[fact]))
				}
			}
		}
	}
	return differ
}

// String is one resource a line.
func (s Snapshot) String() string {
	var b strings.Builder
	for _, resource := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&b, "%s: %s\n", resource, s[resource])
	}
	return b.String()
}

// String is all facts in the order of their names, on one line.
func (f Facts) String() string {
	var all []string
	for _, fact := range slices.Sorted(maps.Keys(f)) {
		all = append(all, fmt.Sprintf("%s=%q", fact, f[fact]))
	}
	return strings.Join(all, " ")
}

// both are the keys of two maps, in order.
func both[K cmp.Ordered, V any](a, b map[K]V) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// tell adds facts about a resource: a name and a value each, in turn. Tags become facts of their own.
func (s Snapshot) tell(resource string, tags map[string]string, facts ...any) {
	f := make(Facts, len(facts)/2+len(tags))
	for i := 0; i < len(facts); i += 2 {
		f[facts[i].(string)] = fmt.Sprint(facts[i+1])
	}
	for key, value := range tags {
		f["tag "+key] = value
	}
	if s[resource] != nil {
		panic("world: two of " + resource)
	}
	s[resource] = f
}

// listed is a list in an order that does not depend on who came first.
func listed[T any](items []T, show func(T) string) string {
	shown := make([]string, len(items))
	for i, item := range items {
		shown[i] = show(item)
	}
	slices.Sort(shown)
	return strings.Join(shown, ", ")
}

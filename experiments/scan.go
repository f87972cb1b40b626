package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/deadman"
	"gameday/internal/journal"
)

// Scan finds what runs have left in effect in the account and region by the tags on it, without any journal: the
// oldest run first. It changes nothing. A run that is going on looks the same as one that was lost.
func Scan(ctx context.Context, env *cloud.Env, kinds Kinds) ([]injectors.Found, error) {
	var all []injectors.Found
	for _, kind := range kinds.Injectors {
		if kind.Scan == nil {
			continue
		}
		found, err := kind.Scan(ctx, env)
		if err != nil {
			return nil, fmt.Errorf("look for what %s has left: %w", kind.Name, err)
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b injectors.Found) int { return strings.Compare(a.Run, b.Run) })
	return all, nil
}

// RollbackFound undoes what Scan has found. One failed undo does not stop the others; the error joins all failures.
func RollbackFound(ctx context.Context, env *cloud.Env, found []injectors.Found, say func(string)) error {
	failures := make([]error, len(found))
	unsettled := map[string]bool{} // runs of which something may still be in effect
	var mu sync.Mutex
	var starts []func() <-chan struct{}
	for i, f := range found {
		own := *env
		own.RunID = f.Run
		starts = append(starts, background(func() {
			say(fmt.Sprintf("undo %s: %s", f.Step, f.Step.Describe().Undo))
			var healed string
			err := insist(ctx, &own, func(ctx context.Context) (err error) {
				healed, err = outcome(f.Step.Undo(ctx, &own))
				return err
			})
			if err != nil && !conflicting(err) {
				mu.Lock()
				unsettled[f.Run] = true
				mu.Unlock()
			}
			switch {
			case err != nil:
				failures[i] = notUndone(f.Step, journal.Begin{}, 0, err)
			case healed != "":
				say(fmt.Sprintf("%s could not be taken back, but has healed: %s", f.Step, healed))
			default:
				say(fmt.Sprintf("%s is undone", f.Step))
			}
		}))
	}
	inTurn(starts)
	for _, run := range runsOf(found) {
		if !unsettled[run] {
			disarmRun(ctx, env, run, say)
		}
	}
	return errors.Join(failures...)
}

// runsOf names the runs that have left something, each once.
func runsOf(found []injectors.Found) []string {
	var runs []string
	for _, f := range found {
		runs = append(runs, f.Run)
	}
	slices.Sort(runs)
	return slices.Compact(runs)
}

// disarmRun sees that AWS does not end a lost run's faults once more, over the head of whoever has the targets by then.
func disarmRun(ctx context.Context, env *cloud.Env, run string, say func(string)) {
	own := *env
	own.RunID = run
	if err := deadman.New(&own, "").DisarmRun(ctx); err != nil {
		say(fmt.Sprintf("whether run %s left a dead man's switch armed is not known: %s", run, cause(err)))
	}
}

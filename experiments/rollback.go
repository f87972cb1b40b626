package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/journal"
)

// Leftover is a run that may still have something in effect.
type Leftover struct {
	Dir     string
	Begin   journal.Begin
	Pending []journal.Record // the latest first
	Alive   bool             // the run is still going on, and undoes its steps itself
}

// Leftovers reads the journals below runsDir and returns the runs that have something pending or are still going on, the
// oldest first.
// A run against a lab that lived and died with its process leaves nothing behind, and is not listed.
func Leftovers(runsDir string) ([]Leftover, error) {
	entries, err := os.ReadDir(runsDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for earlier runs: %w", err)
	}
	var left []Leftover
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		l, err := leftover(filepath.Join(runsDir, e.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look at run %s: %w", e.Name(), err)
		}
		if !l.Begin.Lab && (l.Alive || len(l.Pending) > 0) {
			left = append(left, l)
		}
	}
	return left, nil
}

func leftover(dir string) (Leftover, error) {
	records, err := journal.Read(dir)
	if err != nil {
		return Leftover{}, err
	}
	alive, err := journal.Locked(dir)
	if err != nil {
		return Leftover{}, err
	}
	return Leftover{Dir: dir, Begin: beginOf(records), Pending: journal.Pending(records), Alive: alive}, nil
}

func beginOf(records []journal.Record) journal.Begin {
	if len(records) == 0 || records[0].Begin == nil {
		return journal.Begin{}
	}
	return *records[0].Begin
}

// Rollback undoes whatever is pending in the journal in dir, the latest step first. It needs no experiment file: the
// journaled steps are whole in themselves. One failed undo does not stop the others. The error joins all failures;
// errors.Is(err, journal.ErrLocked) says that the run is still alive, and that nothing was touched.
func Rollback(ctx context.Context, env *cloud.Env, kinds Kinds, dir string, say func(string)) error {
	j, records, err := journal.Open(dir)
	if err != nil {
		return err
	}
	defer j.Close()
	own := *env
	own.RunID = beginOf(records).Run
	var failures []error
	for _, r := range journal.Pending(records) {
		failures = append(failures, rollback(ctx, &own, kinds, j, r, say))
	}
	return errors.Join(failures...)
}

// rollback undoes one journaled step and writes down how that went. An irreversible step that does not heal is
// given up: there is nothing that a later attempt could do about it.
func rollback(ctx context.Context, env *cloud.Env, kinds Kinds, j *journal.Journal, r journal.Record, say func(string)) error {
	step, err := kinds.step(r)
	if err != nil {
		return errors.Join(err, j.UndoFailed(r.N, err))
	}
	say(fmt.Sprintf("undo step %d: %s", r.N, step))
	ctx, cancel := context.WithTimeout(ctx, maxUndo)
	defer cancel()
	switch err := step.Undo(ctx, env); {
	case err == nil:
		say(fmt.Sprintf("step %d is undone", r.N))
		return j.Undone(r.N)
	case r.Irreversible && errors.Is(err, cloud.ErrNotYet):
		say(fmt.Sprintf("step %d cannot be taken back, and has not healed: %v", r.N, err))
		return j.Lost(r.N, err)
	default:
		return errors.Join(leftBehind(r, step, err), j.UndoFailed(r.N, err))
	}
}

// leftBehind says what could not be undone, and how to do it by hand.
func leftBehind(r journal.Record, step injectors.Step, err error) error {
	text := fmt.Errorf("step %d (%s) could not be undone: %w", r.N, step, err)
	for _, command := range step.Describe().Manual {
		text = fmt.Errorf("%w\n  by hand: %s", text, command)
	}
	return text
}

// step reads a step back from the journal.
func (k Kinds) step(r journal.Record) (injectors.Step, error) {
	for _, kind := range k.Injectors {
		if kind.Name != r.Kind {
			continue
		}
		step := kind.Step()
		if err := json.Unmarshal(r.Step, step); err != nil {
			return nil, fmt.Errorf("read step %d of kind %s from the journal: %w", r.N, r.Kind, err)
		}
		return step, nil
	}
	return nil, fmt.Errorf("step %d is of kind %q, which this version of gameday does not know: roll back with the version that made the run", r.N, r.Kind)
}

package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/deadman"
	"gameday/internal/journal"
)

// Leftover is a run that may still have something in effect.
type Leftover struct {
	Dir         string
	Begin       journal.Begin
	Started     time.Time
	Pending     []journal.Record // the latest first
	Alive       bool             // the run is still going on, and undoes its steps itself
	RollingBack bool             // the run has died, and another process is putting back what it left
}

// Leftovers reads the journals below runsDir and returns the runs that have something pending or are still going on,
// the oldest first. A run against a lab that lived and died with its process leaves behind only what was never in there,
// and is listed only where it has. The error tells of the journals that cannot be read; the others are returned all the same.
func Leftovers(runsDir string, kinds Kinds) ([]Leftover, error) {
	entries, err := os.ReadDir(runsDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for earlier runs: %w", err)
	}
	var left []Leftover
	var unread []error
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		l, err := ReadLeftover(filepath.Join(runsDir, e.Name()), kinds)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			unread = append(unread, fmt.Errorf("look at run %s: %w", e.Name(), err))
			continue
		}
		if len(l.Pending) > 0 || l.Alive && !l.Begin.Lab {
			left = append(left, l)
		}
	}
	return left, errors.Join(unread...)
}

// ReadLeftover reads the journal of the run in dir.
func ReadLeftover(dir string, kinds Kinds) (Leftover, error) {
	busy, err := journal.Locked(dir) // before it is read: a run that ends in between has nothing pending then
	if err != nil {
		return Leftover{}, err
	}
	records, err := journal.Read(dir)
	if err != nil {
		return Leftover{}, err
	}
	var started time.Time
	if len(records) > 0 {
		started = records[0].Time
	}
	taken := slices.ContainsFunc(records, func(r journal.Record) bool { return r.Type == journal.TypeRollback })
	return Leftover{
		Dir: dir, Begin: beginOf(records), Started: started, Pending: kinds.pending(records),
		Alive: busy && !taken, RollingBack: busy && taken,
	}, nil
}

// pending is what a journal says is still in effect. Of a run in a lab that is gone, this is what was never in there.
func (k Kinds) pending(records []journal.Record) []journal.Record {
	all := journal.Pending(records)
	if !beginOf(records).Lab {
		return all
	}
	return slices.DeleteFunc(all, func(r journal.Record) bool {
		return !slices.ContainsFunc(k.Injectors, func(kind injectors.Kind) bool { return kind.Name == r.Kind && kind.Outside })
	})
}

func beginOf(records []journal.Record) journal.Begin {
	if len(records) == 0 || records[0].Begin == nil {
		return journal.Begin{}
	}
	return *records[0].Begin
}

// Rollback undoes whatever is pending in the journal in dir, the latest step first. It needs no experiment file: the
// journaled steps are whole in themselves. One failed undo does not stop the others. The error joins all failures;
// errors.Is(err, journal.ErrLocked) says that another process is at work on the run, and that nothing was touched.
func Rollback(ctx context.Context, env *cloud.Env, kinds Kinds, dir string, say func(string)) error {
	j, records, err := journal.Open(dir)
	if err != nil {
		return err
	}
	defer j.Close()
	own := *env
	own.RunID = beginOf(records).Run
	r := rollback{env: &own, kinds: kinds, journal: j, say: say, run: beginOf(records), did: map[int]bool{}}
	for _, record := range records {
		r.did[record.N] = r.did[record.N] || record.Type == journal.TypeDid
	}
	if err := j.Rollback(); err != nil {
		say(fmt.Sprintf("the journal cannot be written (%v); everything is undone all the same", err))
	}
	return r.all(ctx, kinds.pending(records))
}

// rollback undoes what a run has left.
type rollback struct {
	env     *cloud.Env
	kinds   Kinds
	journal *journal.Journal
	say     func(string)
	run     journal.Begin
	did     map[int]bool // the steps that are known to have been done
}

func (r rollback) all(ctx context.Context, pending []journal.Record) error {
	failures := make([]error, len(pending))
	var starts []func() <-chan struct{}
	for i, record := range pending {
		starts = append(starts, background(func() { failures[i] = r.one(ctx, record) }))
	}
	inTurn(starts)
	return errors.Join(failures...)
}

// one undoes one journaled step and writes down how that went.
func (r rollback) one(ctx context.Context, record journal.Record) error {
	step, err := r.kinds.step(record)
	if err != nil {
		r.note(r.journal.UndoFailed(record.N, err))
		return err
	}
	r.say(fmt.Sprintf("undo step %d: %s", record.N, step.Describe().Undo))
	var lost error
	var healed string
	err = insist(ctx, r.env, func(ctx context.Context) error {
		lost = nil
		var err error
		if healed, err = outcome(undoStep(ctx, r.env, step, r.did[record.N])); err == nil || conflicting(err) {
			err = errors.Join(err, r.disarm(ctx, record.N))
		}
		switch {
		case err == nil: // written last: from then on nobody comes for it any more, and others may have the target
			r.note(r.journal.Undone(record.N))
		case record.Irreversible && (errors.Is(err, cloud.ErrNotYet) || errors.Is(err, injectors.ErrStays)):
			lost = err
			r.note(r.journal.Lost(record.N, err))
			return nil
		default:
			r.say(undoFailed(record.N, err))
			r.note(r.journal.UndoFailed(record.N, err))
		}
		return err
	})
	switch {
	case err != nil:
		return notUndone(step, r.run, record.N, err)
	case lost != nil: // there is nothing that a later attempt could do about it
		r.say(fmt.Sprintf("step %d stays as it is: %v", record.N, lost))
	case healed != "":
		r.say(fmt.Sprintf("step %d could not be taken back, but has healed: %s", record.N, healed))
	default:
		r.say(fmt.Sprintf("step %d is undone", record.N))
	}
	return nil
}

// disarm takes back what was left with AWS for the case that nobody comes.
func (r rollback) disarm(ctx context.Context, step int) error {
	if r.run.DeadMan == "" {
		return nil
	}
	_, err := deadman.New(r.env, r.run.DeadMan).Disarm(ctx, step)
	return err
}

// note says that the journal failed. The next rollback looks again then, which is harmless.
func (r rollback) note(err error) {
	if err != nil {
		r.say(fmt.Sprintf("the journal could not be written: %v", err))
	}
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

// Unfinished is a change of a run that is not undone yet.
type Unfinished struct {
	N      int
	Step   string   // what it did
	Undo   string   // how it is taken back
	Manual []string // AWS CLI commands that do it by hand; none where it ends with a lab
}

// StillToUndo lists what the run in dir has yet to undo, the latest first. The run may be going on.
func StillToUndo(kinds Kinds, dir string) ([]Unfinished, error) {
	records, err := journal.Read(dir)
	if err != nil {
		return nil, err
	}
	var left []Unfinished
	outlives := kinds.pending(records)
	for _, r := range journal.Pending(records) {
		step, err := kinds.step(r)
		if err != nil {
			return nil, err
		}
		about := step.Describe()
		commands := manual(step, beginOf(records), r.N)
		if !slices.ContainsFunc(outlives, func(o journal.Record) bool { return o.N == r.N }) {
			commands = nil
		}
		left = append(left, Unfinished{N: r.N, Step: step.String(), Undo: about.Undo, Manual: commands})
	}
	return left, nil
}

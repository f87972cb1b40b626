package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
	"gameday/reports/across"
)

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:  "runs",
		Usage: "list earlier runs, the latest last",
		Description: "Examples:\n" +
			"  gameday runs\n" +
			"  gameday runs --experiment sudden_death --verdict failed --since 7d\n" +
			"  gameday runs --since 2026-11-01 --until 2026-11-30 --json\n" +
			"  gameday runs --limit 1",
		Flags: join([]cli.Flag{runsDirFlag()}, selectionFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON instead of text"},
		}),
		Action: printing(func(c *cli.Context) error {
			if err := atMost(c, 0); err != nil {
				return err
			}
			s, err := readSelection(c, c.StringSlice("experiment"))
			if err != nil {
				return err
			}
			runs, err := s.runs(c)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return json.NewEncoder(c.App.Writer).Encode(runs)
			}
			return writeRuns(c.App.Writer, runs, columns(c.App.Writer), s.narrows())
		}),
	}
}

// listRuns summarizes all runs, the oldest first. A folder that was named has to be there.
func listRuns(c *cli.Context) ([]across.Summary, error) {
	if c.IsSet("runs-dir") {
		if err := thereAreRuns(c.String("runs-dir")); err != nil {
			return nil, err
		}
	}
	return summaries(c.String("runs-dir"))
}

// summaries are those of all runs in a folder, the oldest first.
func summaries(runsDir string) ([]across.Summary, error) {
	ids, err := runIDs(runsDir)
	if err != nil {
		return nil, err
	}
	all := make([]across.Summary, 0, len(ids))
	for _, l := range across.OpenIndex(indexFile(runsDir), version()).List(runsDir, ids) {
		if l.Err != nil {
			l.Summary = withoutSummary(filepath.Join(runsDir, l.Run), l.Err)
		}
		all = append(all, l.Summary)
	}
	return all, nil
}

// withoutSummary is what a list has of a run whose record is not there or cannot be read.
func withoutSummary(dir string, err error) across.Summary {
	s := across.Summary{Run: filepath.Base(dir), Sentence: fmt.Sprintf("Cannot be read: %v.", err)}
	if errors.Is(err, fs.ErrNotExist) {
		s.Sentence = withoutResult(dir)
	}
	if l, err := experiments.ReadLeftover(dir, kinds()); err == nil {
		s.Experiment, s.Started = l.Begin.Experiment, l.Started
	}
	return s
}

// withoutResult says what there is to say of a run that left no result.
func withoutResult(dir string) string {
	l, err := experiments.ReadLeftover(dir, kinds())
	switch {
	case err != nil:
		return "Its journal cannot be read, so nothing is known of it."
	case l.Alive:
		return "Still going on."
	case l.RollingBack:
		return "Died, and is being rolled back."
	case len(l.Pending) > 0:
		return fmt.Sprintf("Died and left %s in effect: gameday rollback %s%s.", reports.Counted(len(l.Pending), "change"), inRunsDir(filepath.Dir(l.Dir)), filepath.Base(l.Dir))
	case l.Begin.Lab:
		return "Died, and its lab with it."
	default:
		return "Died; nothing of it is in effect."
	}
}

// writeRuns writes a line for each run. A terminal gets as much of each sentence as it has room for.
func writeRuns(w io.Writer, runs []across.Summary, width int, narrowed bool) error {
	switch {
	case len(runs) == 0 && narrowed:
		_, err := fmt.Fprintln(w, "No run is like that: gameday runs lists all of them.")
		return err
	case len(runs) == 0:
		_, err := fmt.Fprintln(w, "No runs yet.")
		return err
	}
	return across.WriteList(w, runs, width)
}

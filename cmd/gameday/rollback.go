package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/journal"
	"gameday/reports"
)

func rollbackCommand() *cli.Command {
	return &cli.Command{
		Name:      "rollback",
		Usage:     "undo what earlier runs have left in effect; safe at any time, any number of times",
		ArgsUsage: "[RUN]",
		Description: "Examples:\n" +
			"  gameday rollback\n" +
			"  gameday rollback 2026-11-23T10-00-00-sudden_death-k2f7",
		Flags: []cli.Flag{runsDirFlag(), profileFlag()},
		Action: func(c *cli.Context) error {
			left, err := experiments.Leftovers(c.String("runs-dir"))
			if err != nil {
				return err
			}
			if c.NArg() > 0 {
				run, err := findRun(c.String("runs-dir"), c.Args().First())
				if err != nil {
					return err
				}
				left = slices.DeleteFunc(left, func(l experiments.Leftover) bool { return filepath.Base(l.Dir) != run })
			}
			if len(left) == 0 {
				fmt.Fprintln(c.App.Writer, "Nothing is left to undo.")
				return nil
			}
			var failures []error
			for _, l := range left {
				failures = append(failures, rollbackLeftover(c, l))
			}
			if err := errors.Join(failures...); err != nil {
				fmt.Fprintln(c.App.ErrWriter, describe(err))
				return &outcome{reports.NotRolledBack}
			}
			return nil
		},
	}
}

// rollbackLeftover undoes what a run has left, unless somebody else does.
func rollbackLeftover(c *cli.Context, l experiments.Leftover) error {
	name := filepath.Base(l.Dir)
	switch {
	case l.Alive:
		fmt.Fprintf(c.App.ErrWriter, "Run %s is still going on, and undoes its changes itself: stop it with `gameday stop %s`.\n", name, name)
		return nil
	case l.RollingBack:
		fmt.Fprintf(c.App.ErrWriter, "Run %s is being rolled back by another process, its watchdog perhaps: waiting for that.\n", name)
		if err := journal.Await(l.Dir); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.App.Writer, "Run %s\n", name)
	return rollbackRun(c.Context, l.Dir, c.String("profile"), func(text string) { fmt.Fprintln(c.App.Writer, " ", text) })
}

// rollbackRun undoes a run where it was run: in its region, with credentials of its account.
func rollbackRun(ctx context.Context, dir, profile string, say func(string)) error {
	name := filepath.Base(dir)
	records, err := journal.Read(dir)
	if err != nil {
		return err
	}
	if len(journal.Pending(records)) == 0 {
		say("nothing is left to undo")
		return nil
	}
	begin := records[0].Begin
	env, err := cloud.Open(ctx, cloud.Options{Region: begin.Region, Profile: profile})
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	id, err := cloud.Identify(ctx, env)
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	if id.Account != begin.Account {
		return fmt.Errorf("run %s was in account %s, and these credentials are for %s: use the other profile", name, begin.Account, id.Account)
	}
	err = experiments.Rollback(ctx, env, kinds(), dir, say)
	if errors.Is(err, journal.ErrLocked) {
		return fmt.Errorf("run %s: another gameday process is at work on it; try again when that is over", name)
	}
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	return nil
}

func profileFlag() cli.Flag {
	return &cli.StringFlag{Name: "profile", Usage: "AWS `PROFILE` of ~/.aws/config"}
}

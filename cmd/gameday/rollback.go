package main

import (
	"errors"
	"fmt"
	"path/filepath"

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
		Flags: []cli.Flag{
			runsDirFlag(),
			&cli.StringFlag{Name: "profile", Usage: "AWS `PROFILE` of ~/.aws/config"},
		},
		Action: func(c *cli.Context) error {
			left, err := experiments.Leftovers(c.String("runs-dir"))
			if err != nil {
				return err
			}
			if c.NArg() > 0 {
				left = only(left, c.Args().First())
			}
			if len(left) == 0 {
				fmt.Fprintln(c.App.Writer, "Nothing is left to undo.")
				return nil
			}
			var failures []error
			for _, l := range left {
				if l.Alive {
					fmt.Fprintf(c.App.ErrWriter, "Run %s is still going on, and undoes its changes itself: stop it with Ctrl-C.\n", filepath.Base(l.Dir))
					continue
				}
				failures = append(failures, rollbackOne(c, l))
			}
			if err := errors.Join(failures...); err != nil {
				fmt.Fprintln(c.App.ErrWriter, describe(err))
				return &outcome{reports.NotRolledBack}
			}
			return nil
		},
	}
}

func only(left []experiments.Leftover, run string) []experiments.Leftover {
	for _, l := range left {
		if filepath.Base(l.Dir) == run {
			return []experiments.Leftover{l}
		}
	}
	return nil
}

// rollbackOne undoes one run where it was run: in its region, with credentials of its account.
func rollbackOne(c *cli.Context, l experiments.Leftover) error {
	name := filepath.Base(l.Dir)
	env, err := cloud.Open(c.Context, cloud.Options{Region: l.Begin.Region, Profile: c.String("profile")})
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	id, err := cloud.Identify(c.Context, env)
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	if id.Account != l.Begin.Account {
		return fmt.Errorf("run %s was in account %s, and these credentials are for %s: use the other profile", name, l.Begin.Account, id.Account)
	}
	fmt.Fprintf(c.App.Writer, "Run %s, %s to undo\n", name, reports.Counted(len(l.Pending), "step"))
	err = experiments.Rollback(c.Context, env, kinds(), l.Dir, func(text string) { fmt.Fprintln(c.App.Writer, " ", text) })
	if errors.Is(err, journal.ErrLocked) {
		return fmt.Errorf("run %s is still going on: stop it with Ctrl-C, and it undoes its changes itself", name)
	}
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	return nil
}

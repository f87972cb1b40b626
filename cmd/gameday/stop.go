package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/internal/journal"
	"gameday/reports"
)

func stopCommand() *cli.Command {
	return &cli.Command{
		Name:      "stop",
		Usage:     "stop a run from anywhere: it puts everything back, and this waits until it has",
		ArgsUsage: "RUN",
		Description: "Exit code: 0 stopped and everything is back, 5 not rolled back.\n\nExamples:\n" +
			"  gameday stop 2026-11-23T10-00-00-sudden_death-k2f7\n" +
			"  gameday stop 2026-11-23   # the beginning is enough where it is unique",
		Flags: []cli.Flag{runsDirFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return errors.New("which run? gameday stop RUN; gameday runs lists them")
			}
			run, err := findRun(c.String("runs-dir"), c.Args().First())
			if err != nil {
				return err
			}
			dir := filepath.Join(c.String("runs-dir"), run)
			err = experiments.Stop(dir)
			if errors.Is(err, experiments.ErrOver) {
				return fmt.Errorf("run %s is not going on%s", run, afterwards(dir))
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(c.App.ErrWriter, "Run %s was asked to stop, and puts everything back.\n", run)
			if err := journal.Await(dir); err != nil {
				return err
			}
			if err := awaitWatchdog(dir); err != nil {
				return err
			}
			left, err := experiments.StillToUndo(kinds(), dir)
			if err != nil {
				return err
			}
			if len(left) > 0 {
				fmt.Fprintf(c.App.Writer, "Run %s is over, and %s still in effect: gameday rollback %s%s\n", run, reports.Counted(len(left), "change"), inRunsDir(c.String("runs-dir")), run)
				return &outcome{reports.NotRolledBack}
			}
			fmt.Fprintf(c.App.Writer, "Run %s is over, and nothing of it is in effect.\n", run)
			return nil
		},
	}
}

// afterwards is what to say of a run that is over and may have left something.
func afterwards(dir string) string {
	if left, err := experiments.StillToUndo(kinds(), dir); err == nil && len(left) > 0 {
		return fmt.Sprintf(", but it has left %s in effect: gameday rollback %s%s", reports.Counted(len(left), "change"), inRunsDir(filepath.Dir(dir)), filepath.Base(dir))
	}
	return ""
}

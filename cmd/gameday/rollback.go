package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/injectors"
	"gameday/internal/claim"
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
			"  gameday rollback 2026-11-23T10-00-00-sudden_death-k2f7\n" +
			"  gameday rollback --scan --region eu-west-1   # what the tags on AWS tell, where the run's folder is lost",
		Flags: []cli.Flag{
			runsDirFlag(), regionFlag(), profileFlag(),
			&cli.BoolFlag{Name: "scan", Usage: "go by the tags on AWS instead of by the folders of runs"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "with --scan: undo what is found without asking"},
		},
		Action: func(c *cli.Context) error {
			if err := atMost(c, 1); err != nil {
				return err
			}
			if c.Bool("scan") {
				return rollbackScanned(c)
			}
			if c.IsSet("region") {
				return errors.New("--region says where to --scan: without that, a run is rolled back in the region that it ran in")
			}
			if err := thereAreRuns(c.String("runs-dir")); err != nil {
				return fmt.Errorf("%w; gameday rollback --scan goes by the tags on AWS instead", err)
			}
			left, unread := experiments.Leftovers(c.String("runs-dir"), kinds())
			if c.NArg() > 0 {
				run, err := findRun(c.String("runs-dir"), c.Args().First())
				if err != nil {
					return err
				}
				left = slices.DeleteFunc(left, func(l experiments.Leftover) bool { return filepath.Base(l.Dir) != run })
			}
			if len(left) == 0 && unread == nil {
				fmt.Fprintln(c.App.Writer, "Nothing is left to undo.")
				return nil
			}
			var failed error
			for _, l := range left {
				if err := rollbackLeftover(c, l); err != nil {
					sayNotUndone(c.App.ErrWriter, filepath.Base(l.Dir), ranAt(l.Begin, l.Dir), err)
					failed = &outcome{reports.NotRolledBack}
				}
			}
			if unread != nil { // what they left nobody can tell
				fmt.Fprintln(c.App.ErrWriter, describe(unread)+"\n  gameday rollback --scan goes by the tags on AWS instead")
				failed = &outcome{reports.NotRolledBack}
			}
			return failed
		},
	}
}

// rollbackScanned undoes what the tags on AWS tell, once somebody has said yes: a run that goes on elsewhere looks
// the same as one that was lost.
func rollbackScanned(c *cli.Context) error {
	env, err := cloud.Open(c.Context, cloud.Options{Region: c.String("region"), Profile: c.String("profile")})
	if err != nil {
		return err
	}
	id, err := cloud.Identify(c.Context, env)
	if err != nil {
		return errors.New(strings.TrimPrefix(describe(err), "gameday: "))
	}
	found, err := experiments.Scan(c.Context, env, kinds())
	if err != nil {
		return errors.New(strings.TrimPrefix(describe(err), "gameday: "))
	}
	found = slices.DeleteFunc(found, func(f injectors.Found) bool { return c.NArg() > 0 && f.Run != c.Args().First() })
	claims := claimsDir(c.String("runs-dir"), env, id)
	var mine []injectors.Found
	for _, f := range found {
		if held, err := claim.Holds(claims, f.Run); err == nil && held {
			fmt.Fprintf(c.App.ErrWriter, "Run %s is still going on on this machine, and undoes its changes itself: %s\n", f.Run, f.Step)
			continue
		}
		if l, err := experiments.ReadLeftover(filepath.Join(c.String("runs-dir"), f.Run), kinds()); err == nil && (l.Alive || l.RollingBack) {
			fmt.Fprintf(c.App.ErrWriter, "Run %s is still going on here, and undoes its changes itself: %s\n", f.Run, f.Step)
			continue
		}
		fmt.Fprintf(c.App.Writer, "Run %s: %s\n  %s\n", f.Run, f.Step, f.Step.Describe().Undo)
		mine = append(mine, f)
	}
	if len(found) == 0 && c.NArg() == 0 {
		fmt.Fprintf(c.App.Writer, "Nothing in %s carries the mark of a run.\n", env.AWS.Region)
		return claim.Forget(claims, lost)
	}
	if len(mine) == 0 {
		fmt.Fprintln(c.App.Writer, "Nothing else is left to undo.")
		return nil
	}
	if err := confirm(c.Context, c); err != nil {
		return err
	}
	err = experiments.RollbackFound(c.Context, env, mine, func(text string) { fmt.Fprintln(c.App.Writer, " ", text) })
	if err != nil {
		sayNotUndone(c.App.ErrWriter, "", reports.Environment{Account: id.Account, Region: id.Region}, err)
		return &outcome{reports.NotRolledBack}
	}
	if c.NArg() > 0 { // of other runs nothing was asked
		return nil
	}
	return claim.Forget(claims, lost)
}

// lost reports whether the journal of a run that claimed targets is gone. Where nothing on AWS carries a mark any more, nothing of it
// is in effect there.
func lost(o claim.Owner) bool {
	_, err := journal.Read(o.Folder)
	return errors.Is(err, fs.ErrNotExist)
}

// rollbackLeftover undoes what a run has left, unless somebody else does.
func rollbackLeftover(c *cli.Context, l experiments.Leftover) error {
	name := filepath.Base(l.Dir)
	switch {
	case l.Alive:
		fmt.Fprintf(c.App.ErrWriter, "Run %s is still going on, and undoes its changes itself: stop it with `gameday stop %s%s`.\n", name, inRunsDir(c.String("runs-dir")), name)
		return nil
	case l.RollingBack:
		fmt.Fprintf(c.App.ErrWriter, "Run %s is being rolled back by another process, its watchdog perhaps: waiting for that.\n", name)
		if err := journal.Await(l.Dir); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.App.Writer, "Run %s\n", name)
	for {
		err := rollbackRun(c.Context, l.Dir, c.String("profile"), func(text string) { fmt.Fprintln(c.App.Writer, " ", text) })
		if !errors.Is(err, journal.ErrLocked) {
			return err
		}
		if err := journal.Await(l.Dir); err != nil { // somebody was quicker, its watchdog perhaps
			return err
		}
	}
}

// rollbackRun undoes a run where it was run: in its region, with credentials of its account.
func rollbackRun(ctx context.Context, dir, profile string, say func(string)) error {
	name := filepath.Base(dir)
	left, err := experiments.ReadLeftover(dir, kinds())
	if err != nil {
		return err
	}
	if len(left.Pending) == 0 {
		say("nothing is left to undo")
		return nil
	}
	env, err := whereItRan(ctx, left.Begin, profile)
	if err != nil {
		return fmt.Errorf("roll back run %s: %w", name, err)
	}
	err = experiments.Rollback(ctx, env, kinds(), dir, say)
	if errors.Is(err, journal.ErrLocked) {
		return fmt.Errorf("run %s: %w; try again when that is over", name, journal.ErrLocked)
	}
	if err == nil && !left.Begin.Lab { // else they would outlive the run's folder
		at := claimsDir(filepath.Dir(dir), env, cloud.Identity{Account: left.Begin.Account, Region: left.Begin.Region})
		if err := claim.Forget(at, func(o claim.Owner) bool { return o.Run == left.Begin.Run }); err != nil {
			say(fmt.Sprintf("the claims on its targets could not be given back: %v", err))
		}
	}
	return err
}

// whereItRan opens the region that a run was in, with credentials of its account. A lab is gone with its run: what looks
// for it must find nobody, and never a real account.
func whereItRan(ctx context.Context, begin journal.Begin, profile string) (*cloud.Env, error) {
	if begin.Lab {
		return cloud.Open(ctx, cloud.Options{Region: begin.Region, Endpoint: "http://127.0.0.1:1", Key: "nobody", Secret: "nobody"})
	}
	env, err := cloud.Open(ctx, cloud.Options{Region: begin.Region, Profile: profile})
	if err != nil {
		return nil, err
	}
	id, err := cloud.Identify(ctx, env)
	if err != nil {
		return nil, err
	}
	if id.Account != begin.Account {
		return nil, fmt.Errorf("it was in account %s, and these credentials are for %s: use the other profile", begin.Account, id.Account)
	}
	return env, nil
}

func regionFlag() cli.Flag {
	return &cli.StringFlag{Name: "region", Usage: "AWS `REGION`, instead of the one in the environment"}
}

func profileFlag() cli.Flag {
	return &cli.StringFlag{Name: "profile", Usage: "AWS `PROFILE` of ~/.aws/config"}
}

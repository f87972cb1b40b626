package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"gameday/internal/journal"
)

// watching is what a watchdog says once nothing can happen unnoticed any more.
const watching = "watching"

// watchdogCommand is the process that outlives a killed run. Nobody but gameday calls it.
func watchdogCommand() *cli.Command {
	return &cli.Command{
		Name:      "watchdog",
		Hidden:    true,
		Usage:     "wait until the run in FOLDER ends or dies, and undo what it leaves in effect",
		ArgsUsage: "FOLDER",
		Flags:     []cli.Flag{profileFlag()},
		Action: func(c *cli.Context) error {
			signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE) // whatever ends the run must not end this
			dir := c.Args().First()
			fmt.Fprintln(c.App.Writer, watching)
			if err := journal.Await(dir); err != nil {
				return err
			}
			return takeOver(c, dir)
		},
	}
}

// The watchdog goes on trying for so long, ever more rarely: the network may be down, or the credentials expired until somebody
// logs in again.
const (
	dogPatience = 12 * time.Hour
	dogRest     = 5 * time.Minute
)

// takeOver undoes what a run that has died left in effect. A run that ended has said itself what it left. A journal that
// cannot be read may be read later; one that is gone will not.
func takeOver(c *cli.Context, dir string) error {
	if over, err := ended(dir); over || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	log, err := os.OpenFile(filepath.Join(dir, "watchdog.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		log = os.Stderr // nothing to write on is no reason not to undo
	}
	say := func(text string) { fmt.Fprintf(log, "%s  %s\n", time.Now().UTC().Format(time.DateTime), text) }
	say("the run has died: undoing what it left in effect")
	give := time.Now().Add(dogPatience)
	for rest := time.Second; ; rest = min(2*rest, dogRest) {
		err := rollbackRun(c.Context, dir, c.String("profile"), say)
		if _, unread := ended(dir); err == nil || time.Now().After(give) || errors.Is(unread, fs.ErrNotExist) {
			return err
		}
		say(describe(err))
		time.Sleep(rest)
	}
}

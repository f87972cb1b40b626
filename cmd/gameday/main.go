// Command gameday runs chaos experiments on AWS: it plans, injects, measures, puts everything back and judges.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

func main() {
	os.Exit(gameday(os.Args, os.Stdout, os.Stderr))
}

// gameday is the whole program: it runs one command and returns the code to exit with.
func gameday(args []string, stdout, stderr io.Writer) int {
	app := newApp(stdout, stderr)
	err := app.RunContext(context.Background(), flagsFirst(app, args))
	var o *outcome
	switch {
	case err == nil:
		return 0
	case errors.As(err, &o):
		return o.verdict.ExitCode()
	default:
		fmt.Fprintln(stderr, "gameday:", err)
		return reports.Invalid.ExitCode()
	}
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                      "gameday",
		Usage:                     "chaos experiments for AWS that put everything back",
		Version:                   version(),
		Description:               "Start with:\n  gameday run --lab --yes experiments/examples/sudden_death.hcl",
		Writer:                    stdout,
		ErrWriter:                 stderr,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,                         // a comma is part of a value: --var 'zones=["a","b"]'
		ExitErrHandler:            func(*cli.Context, error) {}, // the exit happens once, in main
		Action:                    noCommand,
		OnUsageError:              misused,
		Commands: []*cli.Command{
			initCommand(), runCommand(), planCommand(), validateCommand(), fmtCommand(),
			stopCommand(), rollbackCommand(), runsCommand(), reportCommand(), compareCommand(), trendCommand(),
			labCommand(), kindsCommand(), completionCommand(), completeCommand(), watchdogCommand(),
		},
	}
	for _, command := range app.Commands {
		command.OnUsageError = misused
	}
	return app
}

// noCommand answers a call that names no command, or none that there is.
func noCommand(c *cli.Context) error {
	switch {
	case c.Args().First() == "help" && c.NArg() > 1:
		return cli.ShowCommandHelp(c, c.Args().Get(1))
	case c.NArg() == 0, c.Args().First() == "help":
		return cli.ShowAppHelp(c)
	}
	return fmt.Errorf("no command %q. %s", c.Args().First(), experiments.DidYouMean(c.Args().First(), commandNames(c.App)))
}

// outcome ends a command with a verdict whose words have been said already.
type outcome struct{ verdict reports.Verdict }

func (o *outcome) Error() string { return string(o.verdict) }

// version is that of the module, or of the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v == "(devel)" {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		return "(devel)"
	}
	return v
}

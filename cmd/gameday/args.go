package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
)

// flagsFirst moves flags in front of a command's arguments, so that `gameday run FILE --lab` means what it says;
// urfave/cli v2 alone would take --lab for a second file.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) < 3 {
		return args
	}
	command := app.Command(args[1])
	if command == nil || command.SkipFlagParsing {
		return args
	}
	flags, files := []string{}, []string{}
	rest := args[2:]
	for i := 0; i < len(rest); i++ {
		switch a := rest[i]; {
		case a == "--":
			files = append(files, rest[i:]...)
			i = len(rest)
		case !strings.HasPrefix(a, "-") || a == "-":
			files = append(files, a)
		default:
			flags = append(flags, a)
			if takesValue(command, a) && i+1 < len(rest) {
				i++
				flags = append(flags, rest[i])
			}
		}
	}
	return slices.Concat(args[:2], flags, files)
}

// atMost refuses more than n arguments, by name: whoever wrote them believes that they count.
func atMost(c *cli.Context, n int) error {
	if c.NArg() <= n {
		return nil
	}
	takes := c.Command.ArgsUsage
	if n == 0 {
		takes = "no arguments"
	}
	return fmt.Errorf("%s: too much: %s takes %s; see gameday %s --help", strings.Join(c.Args().Slice()[n:], " "), c.Command.Name, takes, c.Command.Name)
}

// takesValue reports whether the flag as written expects its value in the next argument.
func takesValue(command *cli.Command, written string) bool {
	if strings.Contains(written, "=") {
		return false
	}
	name := strings.TrimLeft(written, "-")
	for _, f := range command.Flags {
		if _, boolean := f.(*cli.BoolFlag); slices.Contains(f.Names(), name) {
			return !boolean
		}
	}
	return false
}

// misused answers a flag that does not exist or cannot be read in one line, where urfave/cli prints the whole help.
func misused(c *cli.Context, err error, _ bool) error {
	if name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); unknown {
		return fmt.Errorf("%s has no flag --%s. %s", c.Command.Name, strings.TrimLeft(name, "-"), experiments.DidYouMean("--"+strings.TrimLeft(name, "-"), flagNames(c.Command)))
	}
	return fmt.Errorf("%w: see gameday %s --help", err, c.Command.Name)
}

// flagNames lists the long names of a command's flags.
func flagNames(command *cli.Command) (names []string) {
	for _, f := range command.VisibleFlags() {
		names = append(names, "--"+f.Names()[0])
	}
	return names
}

// commandNames lists the commands that are there to be used.
func commandNames(app *cli.App) (names []string) {
	for _, command := range app.Commands {
		if !command.Hidden {
			names = append(names, command.Name)
		}
	}
	return names
}

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves flags in front of a command's arguments, so that `gameday run FILE --lab` means what it says;
// urfave/cli v2 alone would take --lab for a second file.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) < 3 {
		return args
	}
	command := app.Command(args[1])
	if command == nil {
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

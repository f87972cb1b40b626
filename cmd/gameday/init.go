package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "write a first experiment to edit",
		ArgsUsage: "[FILE]",
		Description: "Examples:\n" +
			"  gameday init                       # writes sudden_death.hcl\n" +
			"  gameday init chaos/first.hcl",
		Action: func(c *cli.Context) error {
			name := "sudden_death.hcl"
			if c.NArg() > 0 {
				name = c.Args().First()
			}
			f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already, and is left as it is: give another name", name)
			}
			if err != nil {
				return fmt.Errorf("write a first experiment: %w", err)
			}
			_, err = f.WriteString(experiments.First)
			if err := errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("write a first experiment: %w", err)
			}
			fmt.Fprintf(c.App.Writer, "Wrote %s. Look at it, then: gameday plan --lab %s\n", name, name)
			return nil
		},
	}
}

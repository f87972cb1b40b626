package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
			if err := atMost(c, 1); err != nil {
				return err
			}
			name := "sudden_death.hcl"
			if c.NArg() > 0 {
				name = c.Args().First()
			}
			if strings.HasPrefix(name, "-") {
				return fmt.Errorf("%s looks like a flag: a file of that name is ./%s", name, name)
			}
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				return fmt.Errorf("write a first experiment: %w", err)
			}
			f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already, and is left as it is: give another name", name)
			}
			if err != nil {
				return fmt.Errorf("write a first experiment: %w", err)
			}
			_, err = f.WriteString(first(name))
			if err := errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("write a first experiment: %w", err)
			}
			fmt.Fprintf(c.App.Writer, "Wrote %s. Look at it, then: gameday plan --lab %s\n", name, name)
			return nil
		},
	}
}

// first is the first experiment with the commands in its head made out for the file that it is written to.
func first(name string) string {
	return strings.NewReplacer("experiments/examples/sudden_death.hcl", name, "sudden_death.hcl", name).Replace(experiments.First)
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

func fmtCommand() *cli.Command {
	return &cli.Command{
		Name:      "fmt",
		Usage:     "rewrite experiment files in the canonical layout",
		ArgsUsage: "FILE|DIR...|-",
		Description: "Examples:\n" +
			"  gameday fmt experiments/examples           # the *.hcl files in it, not those in folders below\n" +
			"  gameday fmt --check experiments/examples   # change nothing, list what is not formatted, exit 1\n" +
			"  gameday fmt - < sudden_death.hcl",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "change nothing; list what is not formatted and exit 1"},
		},
		Action: printing(func(c *cli.Context) error {
			if c.NArg() == 1 && c.Args().First() == "-" {
				source, err := io.ReadAll(os.Stdin)
				if err != nil {
					return fmt.Errorf("read stdin: %w", err)
				}
				return format(c, "<stdin>", source, func(formatted []byte) error {
					if !c.Bool("check") {
						_, err := c.App.Writer.Write(formatted)
						return err
					}
					if !bytes.Equal(source, formatted) {
						fmt.Fprintln(c.App.Writer, "<stdin>")
						return &outcome{reports.Failed}
					}
					return nil
				})
			}
			if c.NArg() == 0 {
				return errors.New("fmt takes an experiment file: gameday fmt FILE")
			}
			return formatAll(c)
		}),
	}
}

// formatAll formats every file that the arguments name, and lists the ones that were not formatted.
func formatAll(c *cli.Context) error {
	names, diags := experiments.Gather(c.Args().Slice())
	showDiagnostics(c, diags)
	failed := diags.HasErrors()
	unformatted := false
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(c.App.ErrWriter, "gameday:", err)
			failed = true
			continue
		}
		err = format(c, name, source, func(formatted []byte) error {
			if bytes.Equal(source, formatted) {
				return nil
			}
			unformatted = true
			if !c.Bool("check") {
				if err := os.WriteFile(name, formatted, 0o644); err != nil {
					fmt.Fprintln(c.App.ErrWriter, "gameday:", err)
					return err
				}
			}
			fmt.Fprintln(c.App.Writer, name)
			return nil
		})
		if err != nil {
			failed = true
		}
	}
	switch {
	case failed:
		return &outcome{reports.Invalid}
	case unformatted && c.Bool("check"):
		return &outcome{reports.Failed}
	}
	return nil
}

// format hands on the formatted source, or shows why it cannot be formatted and leaves it alone.
func format(c *cli.Context, name string, source []byte, write func([]byte) error) error {
	formatted, diags := experiments.Format(name, source)
	showDiagnostics(c, diags)
	if diags.HasErrors() {
		return &outcome{reports.Invalid}
	}
	return write(formatted)
}

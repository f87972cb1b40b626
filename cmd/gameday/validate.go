package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

type diagnostics = hcl.Diagnostics

func validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check experiment files; needs no credentials",
		ArgsUsage: "FILE|DIR...",
		Description: "Examples:\n" +
			"  gameday validate sudden_death.hcl\n" +
			"  gameday validate --json experiments/examples   # the *.hcl files in it, not those in folders below",
		Flags: append(varFlags(), &cli.BoolFlag{Name: "json", Usage: "print the diagnostics as JSON, for editors"}),
		Action: printing(func(c *cli.Context) error {
			if c.NArg() == 0 {
				return fmt.Errorf("validate takes an experiment file: gameday validate FILE")
			}
			o, err := readOptions(c)
			if err != nil {
				return err
			}
			files, diags := experiments.ReadFiles(c.Args().Slice(), o)
			if c.Bool("json") {
				if _, err := c.App.Writer.Write(experiments.DiagnosticsJSON(diags)); err != nil {
					return err
				}
			} else {
				showDiagnostics(c, diags)
			}
			if diags.HasErrors() {
				return &outcome{reports.Invalid}
			}
			if !c.Bool("json") {
				for _, f := range files {
					fmt.Fprintf(c.App.Writer, "%s is valid, experiments: %d\n", f.Name, len(f.Experiments))
				}
			}
			return nil
		}),
	}
}

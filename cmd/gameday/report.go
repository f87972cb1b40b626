package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/reports"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "render the report of a run again, in any format",
		ArgsUsage: "RUN",
		Description: "Examples:\n" +
			"  gameday report 2026-11-23T10-00-00-sudden_death-k2f7\n" +
			"  gameday report 2026-11-23 --as html -o report.html",
		Flags: []cli.Flag{
			runsDirFlag(),
			&cli.StringFlag{Name: "as", Value: "text", Usage: "`FORMAT`: " + strings.Join(formatNames(), ", ")},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of stdout"},
		},
		Action: printing(func(c *cli.Context) error {
			if c.NArg() != 1 {
				return fmt.Errorf("report takes one run: gameday runs lists them")
			}
			write, ok := reports.Formats()[c.String("as")]
			if !ok {
				return fmt.Errorf("no format is called %q: use one of %s", c.String("as"), strings.Join(formatNames(), ", "))
			}
			r, err := readResult(c.String("runs-dir"), c.Args().First())
			if err != nil {
				return err
			}
			if c.String("output") != "" {
				return saveReport(c.String("output"), write, r)
			}
			return write(c.App.Writer, r)
		}),
	}
}

func formatNames() []string { return slices.Sorted(maps.Keys(reports.Formats())) }

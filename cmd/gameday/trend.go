package main

import (
	"github.com/urfave/cli/v2"

	"gameday/reports/across"
)

func trendCommand() *cli.Command {
	return &cli.Command{
		Name:      "trend",
		Usage:     "show how the runs of each experiment went over time: verdict, time to recover, what was worst",
		ArgsUsage: "[EXPERIMENT...]",
		Description: "Examples:\n" +
			"  gameday trend\n" +
			"  gameday trend sudden_death --since 30d\n" +
			"  gameday trend --as html -o trend.html",
		Flags: join([]cli.Flag{runsDirFlag(), asFlag()}, spanFlags(), []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of stdout"},
		}),
		Action: printing(func(c *cli.Context) error {
			s, err := readSelection(c, c.Args().Slice())
			if err != nil {
				return err
			}
			runs, err := s.runs(c)
			if err != nil {
				return err
			}
			return writeAs(c, across.NewTrend(runs))
		}),
	}
}

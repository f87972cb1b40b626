package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"gameday/reports"
	"gameday/reports/across"
)

func compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "say what got better or worse from one run to another, and how sure that is",
		ArgsUsage: "BEFORE AFTER",
		Description: "Exit code: 0 compared; with --exit-code also 1 where a probe got worse, 3 where one cannot be compared.\n\nExamples:\n" +
			"  gameday compare 2026-11-22 2026-11-23\n" +
			"  gameday compare --as html -o compare.html 2026-11-22 2026-11-23\n" +
			"  gameday compare --exit-code --confidence 0.999 2026-11-22 2026-11-23",
		Flags: []cli.Flag{
			runsDirFlag(), asFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of stdout"},
			&cli.Float64Flag{Name: "confidence", Value: 0.99, Usage: "that nothing is called better or worse by chance, of all probes together"},
			&cli.BoolFlag{Name: "exit-code", Usage: "end as a gate: 1 where a probe got worse, 3 where one cannot be compared"},
		},
		Action: printing(func(c *cli.Context) error {
			if c.NArg() != 2 {
				return errors.New("compare takes two runs: gameday compare BEFORE AFTER; gameday runs lists them")
			}
			confidence := c.Float64("confidence")
			if !(confidence > 0 && confidence < 1) {
				return fmt.Errorf("--confidence lies between 0 and 1, like 0.99, not at %v", confidence)
			}
			before, err := readResult(c.String("runs-dir"), c.Args().Get(0))
			if err != nil {
				return err
			}
			after, err := readResult(c.String("runs-dir"), c.Args().Get(1))
			if err != nil {
				return err
			}
			if before.Run == after.Run {
				return fmt.Errorf("both are run %s: compare it with another one", before.Run)
			}
			comparison := across.Compare(before, after, confidence)
			if err := writeAs(c, comparison); err != nil {
				return err
			}
			return gate(c, comparison)
		}),
	}
}

// gate ends with the verdict that a comparison comes to, where that was asked for.
func gate(c *cli.Context, found *across.Comparison) error {
	switch {
	case !c.Bool("exit-code"):
		return nil
	case found.Found(across.Worse):
		return &outcome{reports.Failed}
	case found.Found(across.Unable) || len(found.Probes) == 0:
		return &outcome{reports.Inconclusive}
	}
	return nil
}

func asFlag() cli.Flag {
	return &cli.StringFlag{Name: "as", Value: "text", Usage: "`FORMAT`: text, json or html"}
}

// presentable is what looks at several runs, in each of its formats.
type presentable interface {
	WriteText(w io.Writer) error
	WriteJSON(w io.Writer) error
	WriteHTML(w io.Writer) error
}

// writeAs writes in the format that was asked for, to where that was asked for.
func writeAs(c *cli.Context, p presentable) error {
	formats := map[string]func(io.Writer) error{"text": p.WriteText, "json": p.WriteJSON, "html": p.WriteHTML}
	write, ok := formats[c.String("as")]
	switch {
	case !ok:
		return fmt.Errorf("no format is called %q: use one of text, json, html", c.String("as"))
	case c.String("output") != "":
		return save(c.String("output"), write)
	}
	return write(c.App.Writer)
}

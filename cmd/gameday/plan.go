package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

func planCommand() *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "show what a run would touch, and change nothing",
		ArgsUsage: "FILE|DIR...",
		Description: "Examples:\n" +
			"  gameday plan sudden_death.hcl\n" +
			"  gameday plan --lab --json experiments/examples/sudden_death.hcl\n" +
			"  gameday plan -o plan.json sudden_death.hcl   # look, then: gameday run plan.json",
		Flags: join(fileFlags(), worldFlags(), []cli.Flag{
			seedFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON instead of text"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the plan of one file to `PLAN.json`, for gameday run"},
			&cli.BoolFlag{Name: "force", Usage: "with -o: replace a plan that is there already"},
		}),
		Action: printing(func(c *cli.Context) error {
			if there, err := os.Stat(c.String("output")); err == nil && there.Mode().IsRegular() && !c.Bool("force") {
				return fmt.Errorf("%s is there already, and may have been reviewed: give another name, or --force to replace it", c.String("output"))
			}
			files, err := readFiles(c)
			if err != nil {
				return err
			}
			if c.IsSet("output") && len(files) != 1 {
				return fmt.Errorf("-o takes the plan of one file, and there are %d", len(files))
			}
			w, err := openWorld(c, quietLog(c))
			if err != nil {
				return err
			}
			defer w.Close()
			return planAll(c, w, files)
		}),
	}
}

func planAll(c *cli.Context, w *world, files []source) error {
	var verdicts []reports.Verdict
	for _, f := range files {
		plans, refused := planFile(c, w, f)
		verdicts = append(verdicts, refused...)
		if len(refused) == 0 {
			if err := writePlanFile(c, f, plans); err != nil {
				return err
			}
		}
	}
	if v := reports.MostUrgent(verdicts); v != reports.Passed {
		return &outcome{v}
	}
	return nil
}

// planFile plans every experiment of a file and shows each plan, or why there is none.
func planFile(c *cli.Context, w *world, f source) (plans []*experiments.Plan, refused []reports.Verdict) {
	stdout := f.redact.Writer(c.App.Writer)
	defer stdout.Close()
	for _, e := range f.experiments() {
		plan, err := f.plan(c.Context, c, w.env, e)
		if err != nil {
			fmt.Fprintln(c.App.ErrWriter, f.redact.String(describe(err)))
			refused = append(refused, verdictOf(err))
			continue
		}
		plans = append(plans, plan)
		if !c.Bool("json") {
			writePlan(stdout, plan, columns(c.App.Writer))
		}
	}
	return plans, refused
}

// writePlanFile writes the plans of one file to stdout or to a file, where that was asked for.
func writePlanFile(c *cli.Context, f source, plans []*experiments.Plan) error {
	if !c.Bool("json") && !c.IsSet("output") {
		return nil
	}
	data, err := json.MarshalIndent(experiments.NewPlanFile(f.file, f.speed, plans), "", "  ")
	if err != nil {
		return err
	}
	text := f.redact.String(string(data)) + "\n"
	if c.Bool("json") {
		fmt.Fprint(c.App.Writer, text)
	}
	if !c.IsSet("output") {
		return nil
	}
	if err := writeWhole(c.String("output"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	fmt.Fprintf(c.App.ErrWriter, "\nPlan written to %s at %s; run it with: gameday run %s\n", c.String("output"), time.Now().Format("15:04:05"), c.String("output"))
	return nil
}

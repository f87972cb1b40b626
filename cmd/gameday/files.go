package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/reports"
)

// varFlags set variables.
func varFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "var", Usage: "set a variable, `NAME=VALUE`; may be given several times"},
		&cli.StringSliceFlag{Name: "var-file", Usage: "set variables from `FILE`; may be given several times, later ones win"},
	}
}

// fileFlags say how experiment files are read.
func fileFlags() []cli.Flag {
	return append(varFlags(), &cli.Float64Flag{Name: "speed", Value: 1, Usage: "divide every duration of the file by `N`, for rehearsals in the lab; rates stay as they are"})
}

// source is an experiment file that has been read, alone or behind a plan that was reviewed.
type source struct {
	file     *experiments.File
	redact   *experiments.Redactor
	speed    float64
	approved map[string]experiments.PlannedExperiment // by the experiment's name; nil where no plan was given
}

// readFiles reads everything that the arguments name. Mistakes are shown before it fails.
func readFiles(c *cli.Context) ([]source, error) {
	if c.NArg() == 0 {
		return nil, fmt.Errorf("%s takes an experiment file: gameday %s FILE", c.Command.Name, c.Command.Name)
	}
	var plans, names []string
	for _, arg := range c.Args().Slice() {
		if filepath.Ext(arg) == ".json" {
			plans = append(plans, arg)
		} else {
			names = append(names, arg)
		}
	}
	if len(plans) > 0 {
		for _, flag := range []string{"seed", "speed"} {
			if c.IsSet(flag) {
				return nil, fmt.Errorf("%s has a %s of its own, which was reviewed with it: leave --%s out, or plan again with it and look", plans[0], flag, flag)
			}
		}
	}
	var sources []source
	if len(names) > 0 {
		o, err := readOptions(c)
		if err != nil {
			return nil, err
		}
		files, err := load(c, names, o)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			sources = append(sources, source{file: f, redact: experiments.NewRedactor(f.Secrets...), speed: o.Speed})
		}
	}
	for _, name := range plans {
		s, err := readPlan(c, name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// readPlan reads a plan and the experiment file that it was made from, which must not have changed since.
func readPlan(c *cli.Context, name string) (source, error) {
	opened, err := os.Open(name)
	if err != nil {
		return source{}, err
	}
	defer opened.Close()
	plan, err := experiments.ReadPlanFile(opened)
	if err != nil {
		return source{}, fmt.Errorf("%s: %w", name, err)
	}
	o, err := readOptions(c)
	if err != nil {
		return source{}, err
	}
	o.Speed = plan.Speed
	o.Environ = append(o.Environ, experiments.Environ(plan.Vars)...) // the weakest: what says otherwise shows, and is refused
	files, err := load(c, []string{plan.Name}, o)
	if err != nil {
		return source{}, err
	}
	s := source{file: files[0], redact: experiments.NewRedactor(files[0].Secrets...), speed: plan.Speed, approved: map[string]experiments.PlannedExperiment{}}
	if s.file.SHA256 != plan.SHA256 {
		return source{}, fmt.Errorf("%s has changed since %s was made: plan again and look", plan.Name, name)
	}
	if err := asPlanned(name, plan.Vars, s.file.Vars); err != nil {
		return source{}, err
	}
	for _, e := range plan.Experiments {
		s.approved[e.Name] = e
	}
	return s, nil
}

// asPlanned fails where a variable has another value than the plan was made with. Sensitive ones are in neither.
func asPlanned(plan string, planned, given map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if want, got := planned[name], given[name]; want != got {
			return fmt.Errorf("%s was made with %s = %q, and --var, --var-file or the environment says %q: leave that out, or plan again with it and look", plan, name, want, got)
		}
	}
	return nil
}

func readOptions(c *cli.Context) (experiments.Options, error) {
	o := experiments.Options{Kinds: kinds(), Vars: map[string]string{}, VarFiles: c.StringSlice("var-file"), Environ: os.Environ(), Speed: 1}
	for _, pair := range c.StringSlice("var") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return o, fmt.Errorf("--var %s: write it as --var NAME=VALUE", pair)
		}
		o.Vars[name] = value
	}
	if c.IsSet("speed") {
		o.Speed = c.Float64("speed")
	}
	if !(o.Speed > 0) || math.IsInf(o.Speed, 0) {
		return o, errors.New("--speed must be a number above 0: 10 makes an hour six minutes")
	}
	return o, nil
}

// load reads files and shows what is wrong with them.
func load(c *cli.Context, names []string, o experiments.Options) ([]*experiments.File, error) {
	files, diags := experiments.ReadFiles(names, o)
	showDiagnostics(c, diags)
	if diags.HasErrors() {
		return nil, &outcome{reports.Invalid}
	}
	return files, nil
}

// plan makes the plan of one experiment, and checks it against the one that was reviewed where there is one.
func (s source) plan(ctx context.Context, c *cli.Context, env *cloud.Env, e *experiments.Experiment) (*experiments.Plan, error) {
	if s.speed != 1 && !env.Local() {
		return nil, &experiments.Refusal{Text: "--speed is for rehearsals in the lab: on AWS nothing goes faster because it is asked to"}
	}
	approved, reviewed := s.approved[e.Name]
	if !reviewed {
		return experiments.MakePlan(ctx, env, s.file, e, seed(c), s.speed)
	}
	approved.Keep(e)
	p, err := experiments.MakePlan(ctx, env, s.file, e, approved.Seed, s.speed)
	if err != nil {
		return nil, err
	}
	return p, approved.Holds(p)
}

// experiments lists what is to be run: all of the file's, or those of the plan.
func (s source) experiments() []*experiments.Experiment {
	if s.approved == nil {
		return s.file.Experiments
	}
	return slices.DeleteFunc(slices.Clone(s.file.Experiments), func(e *experiments.Experiment) bool {
		_, planned := s.approved[e.Name]
		return !planned
	})
}

// wide is how wide text may be where no terminal says.
const wide = 100

// showDiagnostics shows mistakes to whoever still looks at stderr.
func showDiagnostics(c *cli.Context, found diagnostics) {
	color, width := false, wide
	if n := columns(c.App.ErrWriter); n > 0 {
		color, width = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", n
	}
	_ = experiments.WriteDiagnostics(c.App.ErrWriter, found, color, width) // the exit code says it too
}

// columns is how wide a terminal is, 0 where w is none.
func columns(w io.Writer) int {
	if a, ok := w.(*attentive); ok {
		w = a.to
	}
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return wide
	}
	return n
}

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/reports"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "plan, then run: inject, measure, put everything back, judge",
		ArgsUsage: "FILE|DIR|PLAN.json...",
		Description: "Exit code: 0 passed, 1 failed, 2 invalid, 3 inconclusive, 4 aborted, 5 not rolled back.\n" +
			"In GitHub Actions, what broke is annotated in the experiment file, and the summary is added to the job's.\n\nExamples:\n" +
			"  gameday run --lab --yes experiments/examples/sudden_death.hcl\n" +
			"  gameday run --lab --weakness single_task --yes experiments/examples/sudden_death.hcl\n" +
			"  gameday run --var pace=production --seed 42 sudden_death.hcl\n" +
			"  gameday run --lab --yes --repeat 5 experiments/examples/sudden_death.hcl\n" +
			"  gameday run --lab --listen 8080 sudden_death.hcl\n" +
			"  gameday run plan.json",
		Flags: join(fileFlags(), worldFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask before the first change"},
			seedFlag(),
			runsDirFlag(),
			&cli.StringFlag{Name: "listen", Usage: "show the runs in a browser too, with a stop button, at `ADDR`: a port (0 for any that is free), or host:port; without a host for this machine only"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "what to print of each experiment that was run: `text`, or json, its record as one line"},
			&cli.IntFlag{Name: "repeat", Value: 1, Usage: "run every experiment `N` times, to see whether its verdict is always the same; each time with random picks of its own, or with the same where --seed is given"},
		}),
		Action: func(c *cli.Context) error {
			if f := c.String("format"); f != "text" && f != "json" {
				return fmt.Errorf("--format is text or json, not %q", f)
			}
			if n := c.Int("repeat"); n < 1 {
				return fmt.Errorf("--repeat is how often to run each experiment, 1 or more, not %d", n)
			}
			files, err := readFiles(c)
			if err != nil {
				return err
			}
			w, err := openWorld(c, quietLog(c))
			if err != nil {
				return err
			}
			defer w.Close()
			page, err := listen(c)
			if err != nil {
				return err
			}
			defer page.Close()
			return runAll(c, w, page, files)
		},
	}
}

// runAll runs every experiment, one after the other, and ends with the most urgent verdict. After one that was not
// rolled back, nothing else is begun.
func runAll(c *cli.Context, w *world, page *livePage, files []source) error {
	signals := &interrupts{stderr: c.App.ErrWriter}
	ctx, stop := signals.during(c.Context)
	defer stop()
	queue := queued(files, c.Int("repeat"))
	var verdicts []reports.Verdict
	for n, next := range queue {
		if next.of > 1 {
			fmt.Fprintf(c.App.ErrWriter, "\nThis is %s.\n", next)
		}
		verdict, err := runOne(ctx, c, w, page, signals, next.source, next.experiment)
		switch {
		case verdict == "" && err != nil && ctx.Err() != nil:
			fmt.Fprintln(c.App.ErrWriter, "gameday: stopped before anything was touched")
			verdict = reports.Aborted
		case err != nil:
			fmt.Fprintln(c.App.ErrWriter, next.source.redact.String(describe(err)))
			verdict = reports.MostUrgent([]reports.Verdict{verdictOf(err), verdict})
		}
		verdicts = append(verdicts, verdict)
		if ctx.Err() != nil || verdict == reports.Aborted || verdict == reports.NotRolledBack {
			sayNotRun(c, queue[n+1:], next, verdict)
			break
		}
	}
	tally := c.App.Writer
	if c.String("format") == "json" {
		tally = c.App.ErrWriter
	}
	writeTally(tally, queue, verdicts)
	if v := reports.MostUrgent(verdicts); v != reports.Passed {
		return &outcome{v}
	}
	return nil
}

// runOne plans an experiment, shows the plan, asks, runs, and leaves the reports in the run's folder. There may be a
// verdict and an error: a run whose reports could not be written.
func runOne(ctx context.Context, c *cli.Context, w *world, page *livePage, signals *interrupts, f source, e *experiments.Experiment) (reports.Verdict, error) {
	if err := refuseLeftovers(c); err != nil {
		return "", err
	}
	stderr := f.redact.Writer(c.App.ErrWriter)
	defer stderr.Close()
	plan, err := f.plan(ctx, c, w.env, e)
	if err != nil {
		return "", err
	}
	writePlan(stderr, plan, columns(c.App.ErrWriter))
	if err := confirm(ctx, c); err != nil {
		return "", err
	}
	if err := refuseLeftovers(c); err != nil { // the answer may have taken an hour
		return "", err
	}
	id := newRunID(e.Name)
	dir := filepath.Join(c.String("runs-dir"), id)
	fmt.Fprintf(stderr, "\nRun %s\n", id)
	shown := page.beside(newDisplay(c.App.ErrWriter, stderr), id, dir)
	options := experiments.RunOptions{ID: id, Dir: dir, Version: version(), Lab: w.lab != nil, Observe: shown}
	if w.lab == nil {
		options.Claims = claimsDir(c.String("runs-dir"), w.env, plan.Identity)
	}
	if w.lab == nil || plan.ReachesOutside() {
		dogs := &watchdogs{profile: c.String("profile"), say: func(text string) { shown.Log(time.Now(), f.redact.String(text)) }}
		options.Watchdog = dogs.start
	}
	signals.enter(dir, shown)
	result, err := experiments.Run(ctx, w.env, plan, options)
	signals.enter("", nil)
	shown.Close()
	page.leave(result, err)
	if err != nil {
		var at *fs.PathError
		if runs := c.String("runs-dir"); errors.As(err, &at) && (strings.HasPrefix(at.Path, runs) || strings.HasPrefix(runs, at.Path)) {
			err = fmt.Errorf("%w; --runs-dir names another folder for what the run writes", err)
		}
		return "", err
	}
	saved := saveReports(dir, result)
	if saved == nil {
		fmt.Fprintf(stderr, "Report: %s\n", filepath.Join(dir, "report.html"))
	}
	show := reports.Text
	if c.String("format") == "json" {
		show = reports.JSONLine
	}
	if err := show(c.App.Writer, result); err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(stderr, "gameday: the result could not be printed: %v\n", err) // which changes nothing of it
	}
	if err := tellGitHub(stderr, result); err != nil {
		fmt.Fprintf(stderr, "gameday: %v\n", err) // nor does this
	}
	return result.Verdict, saved
}

// confirm asks the person at the terminal, unless --yes was said.
func confirm(ctx context.Context, c *cli.Context) error {
	if c.Bool("yes") {
		return nil
	}
	if !isatty.IsTerminal(os.Stdin.Fd()) {
		return errors.New("nobody can be asked here, because stdin is no terminal: look at `gameday plan`, then run with --yes")
	}
	fmt.Fprint(c.App.ErrWriter, "\nDo this? Only \"yes\" means yes: ")
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(os.Stdin).ReadString('\n') // no answer is none but "yes"
		answers <- strings.TrimSpace(answer)
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case answer := <-answers:
		if answer != "yes" {
			return errors.New("not run: the answer was not \"yes\"")
		}
		return nil
	}
}

// refuseLeftovers fails while an earlier run has something in effect. One that is going on is none of ours: no two runs
// get the same target.
func refuseLeftovers(c *cli.Context) error {
	left, err := experiments.Leftovers(c.String("runs-dir"), kinds())
	if err != nil {
		return err
	}
	for _, l := range left {
		name := filepath.Base(l.Dir)
		switch {
		case l.Alive:
		case l.RollingBack:
			return fmt.Errorf("run %s has died, and what it left in effect is being undone this moment: wait for that", name)
		default:
			return fmt.Errorf("run %s has left %s in effect: undo first with `gameday rollback %s%s`", name, reports.Counted(len(l.Pending), "change"), inRunsDir(c.String("runs-dir")), name)
		}
	}
	return nil
}

// claimsDir is where runs against the same account and region claim their targets, whatever folder they keep their
// records in.
func claimsDir(runsDir string, env *cloud.Env, id cloud.Identity) string {
	at := id.Account + "-" + id.Region
	if env.AWS.BaseEndpoint != nil { // not AWS, and not the same account either
		at += "-" + strings.Map(fileSafe, *env.AWS.BaseEndpoint)
	}
	home, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(runsDir, ".claims", at)
	}
	return filepath.Join(home, "gameday", "claims", at)
}

func fileSafe(r rune) rune {
	if r == '/' || r == ':' {
		return '_'
	}
	return r
}

// verdictOf is the verdict of an experiment that could not begin: invalid where its author or the caller has to mend
// something, inconclusive where the world does not let it be done or measured.
func verdictOf(err error) reports.Verdict {
	var refusal *experiments.Refusal
	var nonexistent *cloud.Nonexistent
	var impossible *experiments.Impossible
	switch {
	case errors.As(err, &refusal), errors.As(err, &nonexistent), errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return reports.Invalid
	case errors.As(err, &impossible), cloud.Explain(err) != "":
		return reports.Inconclusive
	}
	return reports.Invalid
}

// describe is an error as a user meets it: what happened, and what to do about it where we know.
func describe(err error) string {
	text := "gameday: " + err.Error()
	if hint := cloud.Explain(err); hint != "" {
		text += "\n  " + hint
	}
	return text
}

func seedFlag() cli.Flag {
	return &cli.Uint64Flag{Name: "seed", Usage: "repeat the random picks of an earlier plan or run", DefaultText: "random, and printed"}
}

// seed is the one asked for, or a random one.
func seed(c *cli.Context) uint64 {
	if c.IsSet("seed") {
		return c.Uint64("seed")
	}
	var b [4]byte
	rand.Read(b[:])
	return uint64(binary.LittleEndian.Uint32(b[:])) // short enough to type
}

// newRunID names a run so that names sort by time and say what was run.
func newRunID(experiment string) string {
	return fmt.Sprintf("%s-%s-%s", time.Now().UTC().Format("2006-01-02T15-04-05"), experiment, strings.ToLower(rand.Text()[:4]))
}

func quietLog(*cli.Context) *slog.Logger { return slog.New(slog.DiscardHandler) }

func join(lists ...[]cli.Flag) []cli.Flag {
	var all []cli.Flag
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

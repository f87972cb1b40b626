package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"gameday/experiments"
	"gameday/reports"
)

// interrupts turn Ctrl-C, SIGTERM and the terminal going away into the end of a context, once. Nothing skips the undo;
// whoever asks again is told what is still being undone, and then how to finish it by hand.
type interrupts struct {
	stderr io.Writer

	mu  sync.Mutex
	dir string // of the run that is going on, "" if none is
}

// during returns a context that the first interrupt ends, until stop is called. A broken pipe is taken notice of
// and nothing more, because Go would otherwise end the process at its next line of output, with the fault in effect.
func (i *interrupts) during(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		times := 0
		for s := range signals {
			if s == syscall.SIGPIPE {
				continue
			}
			times++
			cancel(experiments.ErrOperator)
			go i.answer(times) // a terminal that is held up holds up nobody
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// enter says which run is going on.
func (i *interrupts) enter(dir string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.dir = dir
}

// answer says what the n-th interrupt does.
func (i *interrupts) answer(n int) {
	if n == 1 {
		fmt.Fprintln(i.stderr, "\nStopping. Whatever was changed is put back.")
		return
	}
	left := i.left()
	if len(left) == 0 {
		fmt.Fprintln(i.stderr, "\nNothing is in effect any more; a last measurement and the report are still to come.")
		return
	}
	fmt.Fprintf(i.stderr, "\nStill undoing %s; this is not skipped:\n", reports.Counted(len(left), "change"))
	for _, u := range left {
		fmt.Fprintf(i.stderr, "  step %d: %s\n    %s\n", u.N, u.Step, u.Undo)
	}
	if n == 2 {
		fmt.Fprintln(i.stderr, "Once more for the AWS CLI commands that finish this by hand.")
		return
	}
	_ = reports.WriteRemedies(i.stderr, i.remedies(left)) // what a terminal does not take, the report has
	fmt.Fprintln(i.stderr, "\nIf this process must go, kill -9 it: its watchdog goes on undoing, and `gameday rollback` does the same.")
}

// remedies are how to undo by hand what is left. In which account and region, the run's journal tells.
func (i *interrupts) remedies(left []experiments.Unfinished) []reports.Remedy {
	i.mu.Lock()
	dir := i.dir
	i.mu.Unlock()
	run, err := experiments.ReadLeftover(dir, kinds())
	if err != nil {
		fmt.Fprintln(i.stderr, "where the run is cannot be told:", err)
	}
	var steps []reports.Step
	for _, u := range left {
		steps = append(steps, reports.Step{N: u.N, Manual: u.Manual})
	}
	return reports.Remedies(run.Begin.Run, ranAt(run.Begin, dir), steps)
}

// left is what the run that is going on has yet to undo.
func (i *interrupts) left() []experiments.Unfinished {
	i.mu.Lock()
	dir := i.dir
	i.mu.Unlock()
	if dir == "" {
		return nil
	}
	left, err := experiments.StillToUndo(kinds(), dir)
	if err != nil {
		fmt.Fprintln(i.stderr, "what is left cannot be listed:", err)
	}
	return left
}

package main

import (
	"bytes"
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

	mu    sync.Mutex
	dir   string    // of the run that is going on, "" if none is
	shown io.Writer // what shows it to whoever asks
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

// enter says which run is going on, and where its answers are to be shown; "" that none is.
func (i *interrupts) enter(dir string, shown io.Writer) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.dir, i.shown = dir, shown
}

// out is where answers go: to what shows the run that is going on, whose view they would spoil otherwise.
func (i *interrupts) out() io.Writer {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.shown != nil {
		return i.shown
	}
	return i.stderr
}

// answer says what the n-th interrupt does, in one piece.
func (i *interrupts) answer(n int) {
	var b bytes.Buffer
	i.explain(&b, n)
	_, _ = i.out().Write(b.Bytes()) // what a terminal does not take, the report has
}

func (i *interrupts) explain(b *bytes.Buffer, n int) {
	if n == 1 {
		b.WriteString("\nStopping. Whatever was changed is put back.\n")
		return
	}
	left := i.left(b)
	if len(left) == 0 {
		b.WriteString("\nNothing is in effect any more; a last measurement and the report are still to come.\n")
		return
	}
	fmt.Fprintf(b, "\nStill undoing %s; this is not skipped:\n", reports.Counted(len(left), "change"))
	for _, u := range left {
		fmt.Fprintf(b, "  step %d: %s\n    %s\n", u.N, u.Step, u.Undo)
	}
	if n == 2 {
		b.WriteString("Once more for the AWS CLI commands that finish this by hand.\n")
		return
	}
	_ = reports.WriteRemedies(b, i.remedies(b, left)) // a buffer takes everything
	b.WriteString("\nIf this process must go, kill -9 it: its watchdog goes on undoing, and `gameday rollback` does the same.\n")
}

// remedies are how to undo by hand what is left. In which account and region, the run's journal tells.
func (i *interrupts) remedies(b *bytes.Buffer, left []experiments.Unfinished) []reports.Remedy {
	i.mu.Lock()
	dir := i.dir
	i.mu.Unlock()
	run, err := experiments.ReadLeftover(dir, kinds())
	if err != nil {
		fmt.Fprintln(b, "where the run is cannot be told:", err)
	}
	var steps []reports.Step
	for _, u := range left {
		steps = append(steps, reports.Step{N: u.N, Manual: u.Manual})
	}
	return reports.Remedies(run.Begin.Run, ranAt(run.Begin, dir), steps)
}

// left is what the run that is going on has yet to undo.
func (i *interrupts) left(b *bytes.Buffer) []experiments.Unfinished {
	i.mu.Lock()
	dir := i.dir
	i.mu.Unlock()
	if dir == "" {
		return nil
	}
	left, err := experiments.StillToUndo(kinds(), dir)
	if err != nil {
		fmt.Fprintln(b, "what is left cannot be listed:", err)
	}
	return left
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"gameday/experiments"
)

// interruptible is a context that the first Ctrl-C (or SIGTERM, or the terminal going away) ends. Later ones change
// nothing: the undo goes on, and says so. A broken pipe is taken notice of and nothing more, because
// Go would otherwise end the process at its next line of output, with the fault in effect.
func interruptible(parent context.Context, stderr io.Writer) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for s := range signals {
			switch {
			case s == syscall.SIGPIPE:
			case ctx.Err() == nil:
				cancel(experiments.ErrOperator)
				go fmt.Fprintln(stderr, "\nStopping. Whatever was changed is put back.")
			default:
				go fmt.Fprintln(stderr, "Still putting things back; this is not skipped. If it must be left, kill -9 and finish with `gameday rollback`.")
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

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
// nothing: the undo goes on, and says so.
func interruptible(parent context.Context, stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for range signals {
			if ctx.Err() == nil {
				fmt.Fprintln(stderr, "\nStopping: everything that was changed is being put back.")
				cancel(experiments.ErrOperator)
				continue
			}
			fmt.Fprintln(stderr, "Still putting things back; this is not skipped. If it must be left, kill -9 and finish with `gameday rollback`.")
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

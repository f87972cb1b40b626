package main

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// task is what a process is started for.
type task struct {
	Do   string        // "serve", "closed", "open", "stall", "memory", "black hole", "lab"
	With string        `json:",omitempty"` // which generator does it
	URL  string        `json:",omitempty"` // of the server
	Rate float64       `json:",omitempty"` // requests a second
	Warm time.Duration `json:",omitempty"` // how much of it is not counted, to begin with; whole seconds
	For  time.Duration `json:",omitempty"`

	Connections int           `json:",omitempty"` // at most so many; the generator's own where 0
	Timeout     time.Duration `json:",omitempty"` // of a request; likewise
}

// result is what a process has found out.
type result struct {
	Begun                     time.Time // when the first request was due
	Scheduled, Sent, Answered uint64
	Took                      time.Duration
	CPU                       time.Duration // user and system, of the generator's process
	Latency, Service, Lag     percentiles
	Truth                     percentiles // of the latency, from the schedule and what the server did
	Memory, Growth            uint64      // bytes: the most over what the rest of the process took, and by how much that grew after the first sixth
	Goroutines                int         // the most
}

// percentiles of a distribution.
type percentiles struct{ P50, P99, Max time.Duration }

func (t task) do(ctx context.Context) (result, error) {
	switch t.Do {
	case "serve":
		return result{}, serve(ctx)
	case "closed":
		return t.closed(ctx)
	case "open":
		return t.open(ctx)
	case "stall":
		return t.stall(ctx)
	case "memory":
		return t.memory(ctx)
	case "black hole":
		return t.blackHole(ctx)
	case "lab":
		return t.lab(ctx)
	}
	return result{}, fmt.Errorf("nobody knows how to do %q", t.Do)
}

// spent is the processor time that this process has used so far.
func spent() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic("getrusage: " + err.Error())
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

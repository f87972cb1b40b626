package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// stall has the server stall once, in the middle of an open model, and holds what the generator says of latency against the truth.
func (t task) stall(ctx context.Context) (r result, err error) {
	var s silence
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		if err = pause(ctx, t.For/2); err == nil {
			s, err = haveStall(ctx, t.URL)
		}
		return err
	})
	both.Go(func() (err error) {
		r, err = t.open(ctx)
		return err
	})
	if err := both.Wait(); err != nil {
		return r, err
	}
	r.Truth = s.truth(r.Begun, t)
	return r, nil
}

// truth is how long requests took that were due at a steady rate, of a server that answers at once unless it is silent:
// who was due meanwhile waited until the end of that.
func (s silence) truth(begun time.Time, t task) percentiles {
	waits := make([]time.Duration, t.scheduled())
	for n := range waits {
		due := begun.Add(time.Duration(float64(n) / t.Rate * float64(time.Second)))
		if !due.Before(s.From) && due.Before(s.To) {
			waits[n] = s.To.Sub(due)
		}
	}
	slices.Sort(waits)
	at := func(q float64) time.Duration { return waits[int(q*float64(len(waits)-1))] }
	return percentiles{P50: at(0.5), P99: at(0.99), Max: at(1)}
}

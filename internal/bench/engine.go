package main

import (
	"context"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gameday/internal/load"
)

// engines of gameday's.
var engines = []string{string(load.Standard), string(load.Fast)}

// spec is the load that the task asks of one of them.
func (t task) spec() load.Spec {
	return load.Spec{URL: t.URL, Engine: load.Engine(t.With), Rate: t.Rate, Connections: t.Connections, Timeout: t.Timeout}
}

// generate makes that load, does what is to be done meanwhile, and reads the books of the seconds that count.
func (t task) generate(ctx context.Context, meanwhile func() error) (result, error) {
	run, err := load.Start(ctx, t.spec())
	if err != nil {
		return result{}, err
	}
	err = meanwhile()
	run.Stop(ctx)
	var begun time.Time
	for first := range run.Recording().Each(begun, time.Now()) {
		begun = first.At
		break
	}
	all := run.Recording().Between(begun.Add(t.Warm), time.Now())
	return result{
		Begun: begun, Scheduled: all.Scheduled, Sent: all.Sent, Answered: all.Answered[200],
		Latency: read(all.Latency), Service: read(all.Service), Lag: read(all.Lag),
	}, err
}

func read(h *hdrhistogram.Histogram) percentiles {
	at := func(q float64) time.Duration { return time.Duration(h.ValueAtQuantile(q)) * time.Microsecond }
	return percentiles{P50: at(50), P99: at(99), Max: time.Duration(h.Max()) * time.Microsecond}
}

// flood has more due than any machine can send, so that every connection is always busy.
func (t task) flood(ctx context.Context) (result, error) {
	t.Rate, t.Timeout = 1e6, time.Hour // so nothing is too late to be sent
	return t.send(ctx, func() error { return pause(ctx, t.For) })
}

// open sends at a rate, whatever becomes of it.
func (t task) open(ctx context.Context) (result, error) {
	before, begun := spent(), time.Now()
	r, err := t.send(ctx, func() error { return pause(ctx, t.For) })
	r.CPU, r.Took = spent()-before, time.Since(begun)
	return r, err
}

func (t task) send(ctx context.Context, meanwhile func() error) (result, error) {
	if t.With == "vegeta" {
		return t.attack(), nil
	}
	return t.generate(ctx, meanwhile)
}

// scheduled is how many requests are due at a steady rate while the task lasts.
func (t task) scheduled() uint64 { return uint64(t.Rate * t.For.Seconds()) }

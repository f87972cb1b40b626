package loadlatency_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
	"gameday/probes/loadlatency"
)

const patience = time.Minute

// The server keeps the only connection busy for a known while. Who was due meanwhile waited, and latency says so.
func TestWaitingForTheTargetCounts(t *testing.T) {
	var stall atomic.Int64
	var heard atomic.Uint64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if heard.Add(1) != 20 {
			return
		}
		began := time.Now()
		wait(r.Context(), 400*time.Millisecond)
		stall.Store(int64(time.Since(began)))
	}))
	defer server.Close()
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 100, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for heard.Load() < 80 && wait(ctx, time.Millisecond) {
	}
	run.Stop(ctx)
	env := &cloud.Env{Loads: map[string]load.Load{"users": run}}

	slowest := func(p loadlatency.Probe) (longest time.Duration) {
		t.Helper()
		readings, err := p.Measure(t.Context(), env, time.Time{}, time.Now())
		if err != nil || len(readings) == 0 {
			t.Fatal(readings, err)
		}
		for _, r := range readings {
			longest = max(longest, time.Duration(r.Value*float64(time.Second)))
		}
		return longest
	}
	stalled := time.Duration(stall.Load())
	for _, p := range []loadlatency.Probe{{Quantile: 1}, {Quantile: 1, Service: true}} {
		if got := slowest(p); got < stalled*98/100 {
			t.Errorf("the slowest request of %+v took %s, the stall %s", p, got, stalled)
		}
	}
	// Some 40 of at most 100 requests a second were due in the stall: a fifth of them waited for at least half of it.
	corrected, uncorrected := slowest(loadlatency.Probe{Quantile: 0.9}), slowest(loadlatency.Probe{Quantile: 0.9, Service: true})
	if corrected < stalled/4 {
		t.Errorf("p90 is %s in spite of a stall of %s", corrected, stalled)
	}
	if uncorrected >= corrected {
		t.Errorf("p90 of service times is %s, of latencies %s", uncorrected, corrected)
	}
}

// What leaves late although there is a connection for it is this machine's doing, what waits for one is the target's.
func TestWaitingForThisMachineIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		connections int
		ours        bool
	}{
		"a connection for each": {256, true},
		"one for all":           {1, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer server.Close()
			run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 100, Connections: c.connections, Begin: time.Now().Add(-2 * time.Second)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for _, n := run.Recording().Behind(); n < 200 && wait(ctx, time.Millisecond); _, n = run.Recording().Behind() {
			}
			run.Stop(ctx)
			env := &cloud.Env{Loads: map[string]load.Load{"users": run}}
			readings, err := (&loadlatency.Probe{Quantile: 0.99}).Measure(t.Context(), env, time.Time{}, time.Now())
			if err != nil || len(readings) == 0 {
				t.Fatal(readings, err)
			}
			if r := readings[0]; r.Value < 1 || (r.Ours >= 1) != c.ours {
				t.Errorf("p99 of requests that left more than a second late is %v s, of that this machine's %v s", r.Value, r.Ours)
			}
		})
	}
}

// A reading over several seconds is the quantile of all their requests, and is there once all of them are settled.
func TestReadingsOverSeveralSeconds(t *testing.T) {
	var heard atomic.Uint64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	defer server.Close()
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 100})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for heard.Load() < 530 && wait(ctx, time.Millisecond) {
	}
	run.Stop(ctx)
	env := &cloud.Env{Loads: map[string]load.Load{"users": run}}
	measure := func(from, to time.Time) []probes.Reading {
		t.Helper()
		p := loadlatency.Probe{Quantile: 1, Over: "2s"}
		readings, err := p.Measure(t.Context(), env, from, to)
		if err != nil {
			t.Fatal(err)
		}
		return readings
	}
	seconds := run.Recording().Seconds(time.Time{}, time.Now())
	all := measure(time.Time{}, time.Now())
	if len(all) < 2 || !all[0].At.Equal(seconds[0].At) || all[1].At.Sub(all[0].At) != 2*time.Second || all[0].Span != 2*time.Second {
		t.Fatalf("of %d seconds came %v", len(seconds), all)
	}
	for i, r := range all {
		if want := max(seconds[2*i].Latency.Max(), seconds[2*i+1].Latency.Max()); r.Value*1e6 < float64(want)*0.999 || r.Value*1e6 > float64(want)*1.001 {
			t.Errorf("reading %d is %g s, and the slowest request took %d µs", i, r.Value, want)
		}
	}
	within := all[1].At.Add(time.Millisecond)
	if got := measure(within, within.Add(time.Second)); len(got) != 1 || got[0] != all[1] {
		t.Errorf("for a part of the second stretch: %v", got)
	}
	if got := measure(time.Now(), time.Now().Add(time.Hour)); len(got) != 0 {
		t.Errorf("of the future: %v", got)
	}
	env.Loads["users"] = load.Idle{}
	if got := measure(time.Time{}, time.Now()); len(got) != 0 {
		t.Errorf("of a load that has not begun: %v", got)
	}
}

func TestLengthsThatCannotBe(t *testing.T) {
	for over, fine := range map[attr.Duration]bool{"1s": true, "1m": true, "0s": false, "500ms": false, "1500ms": false} {
		if problems := (&loadlatency.Probe{Quantile: 0.5, Over: over}).Validate(); (len(problems) == 0) != fine {
			t.Errorf("over %q: %v", over, problems)
		}
	}
}

// wait is false where ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func TestScaleNamesTheQuantile(t *testing.T) {
	for label, p := range map[string]loadlatency.Probe{
		"p99 latency":        {Quantile: 0.99},
		"p99.9 latency":      {Quantile: 0.999},
		"p50 service time":   {Quantile: 0.5, Service: true},
		"p100 service time":  {Quantile: 1, Service: true},
		"p99.99 latency":     {Quantile: 0.9999},
		"p58 latency":        {Quantile: 0.58},
		"p99.5 service time": {Quantile: 0.995, Service: true},
	} {
		if got := p.Scale().Label; got != label {
			t.Errorf("%+v is labelled %q, want %q", p, got, label)
		}
	}
}

func TestQuantilesThatCannotBe(t *testing.T) {
	for quantile, fine := range map[float64]bool{0.5: true, 0.999: true, 1: true, 0: false, -0.1: false, 99: false, 1.01: false} {
		p := loadlatency.Probe{Quantile: quantile, Over: "1s"}
		if problems := p.Validate(); (len(problems) == 0) != fine {
			t.Errorf("quantile %v: %v", quantile, problems)
		}
	}
}

func TestUnknownLoadIsAnError(t *testing.T) {
	p := loadlatency.Probe{Load: "users", Quantile: 0.99}
	if _, err := p.Measure(t.Context(), &cloud.Env{}, time.Time{}, time.Now()); err == nil {
		t.Error("measured a load that is not there")
	}
}

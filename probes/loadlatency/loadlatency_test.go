package loadlatency_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/load"
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
	env := &cloud.Env{Loads: map[string]*load.Recording{"users": run.Recording()}}

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
		p := loadlatency.Probe{Quantile: quantile}
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

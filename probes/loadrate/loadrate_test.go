package loadrate_test

import (
	"context"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
	"gameday/probes/loadrate"
)

const patience = time.Minute

// drive sends traffic until a second is over that is enough.
func drive(t *testing.T, s load.Spec, enough func(load.Second) bool) (*load.Recording, []probes.Reading) {
	t.Helper()
	run, err := load.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !enough(run.Recording().Total()) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the traffic did not come")
		}
	}
	run.Stop(ctx)
	env := &cloud.Env{Loads: map[string]load.Load{"users": run}}
	readings, err := loadrate.Kind().New().Measure(t.Context(), env, time.Time{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return run.Recording(), readings
}

func TestWholeScheduleWasSent(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	_, readings := drive(t, load.Spec{URL: server.URL, Rate: 50}, func(s load.Second) bool { return s.Scheduled > 0 })
	if r := readings[0]; r.Value != 1 || r.Of != 50 || r.Note != "50 of 50 sent" {
		t.Errorf("got %+v", r)
	}
}

func TestWhatFoundNoConnectionIsMissing(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // connections are accepted by the kernel and never answered
	recording, readings := drive(t, load.Spec{URL: "http://" + listener.Addr().String(), Rate: 200, Connections: 2, Timeout: 50 * time.Millisecond},
		func(s load.Second) bool { return s.NotSent["no free connection"] > 0 })
	var sent, scheduled float64
	for _, r := range readings {
		sent += r.Value * r.Of
		scheduled += r.Of
	}
	total := recording.Total()
	if uint64(math.Round(sent)) != total.Sent || uint64(scheduled) != total.Scheduled-total.NotSent["stopped"] || sent >= scheduled {
		t.Errorf("%v of %v sent, the load says %d of %d", sent, scheduled, total.Sent, total.Scheduled-total.NotSent["stopped"])
	}
}

func TestUnknownLoadIsAnError(t *testing.T) {
	p := loadrate.Probe{Load: "users"}
	if _, err := p.Measure(t.Context(), &cloud.Env{}, time.Time{}, time.Now()); err == nil {
		t.Error("measured a load that is not there")
	}
}

package loadspike

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/load"
)

// spiked has a load of 5 requests a second grow to 50 at once, and returns it and the step.
func spiked(t *testing.T) (*load.Run, *Step, *cloud.Env) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Stop(t.Context()) })
	env := &cloud.Env{Loads: map[string]load.Load{"readers": run}}
	plan, err := (&LoadSpike{To: "50/s", Shape: step}).Plan(t.Context(), env, injectors.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	s := plan.Steps[0].(*Step)
	if err := s.Do(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	return run, s, env
}

// scheduled waits for the first second since then that is over and in which so many were due.
func scheduled(t *testing.T, run *load.Run, since time.Time, want uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var seen []uint64
	for {
		seen = nil
		for _, s := range run.Recording().Seconds(since, time.Now()) {
			if s.Scheduled == want {
				return
			}
			seen = append(seen, s.Scheduled)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("in no second since %s %d requests were due: %v", since, want, seen)
		}
	}
}

func TestALoadGrowsUntilItIsUndone(t *testing.T) {
	t.Parallel()
	run, s, env := spiked(t)
	scheduled(t, run, time.Time{}, 50)
	for range 2 {
		if err := s.Undo(t.Context(), env); err != nil {
			t.Fatal(err)
		}
	}
	scheduled(t, run, time.Now().Add(time.Second), 5)
}

func TestAnotherProcessHasNothingToUndo(t *testing.T) {
	t.Parallel()
	run, s, _ := spiked(t)
	line, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	later := Kind().Step()
	if err := json.Unmarshal(line, later); err != nil {
		t.Fatal(err)
	}
	if err := later.Undo(t.Context(), &cloud.Env{}); err != nil {
		t.Fatal(err)
	}
	if err := later.Do(t.Context(), &cloud.Env{}); err == nil {
		t.Error("a load grew that is not there")
	}
	scheduled(t, run, time.Now().Add(time.Second), 50)
}

var (
	_ injectors.Insurer = (*Step)(nil)
	_ injectors.Growing = (*Step)(nil)
)

func TestWarnings(t *testing.T) {
	aws := &cloud.Env{}
	for says, c := range map[string]struct {
		spec  load.Spec
		spike LoadSpike
	}{
		"connections = 400":                 {load.Spec{Rate: 100, Connections: 399}, LoadSpike{Growth: "300%", Ramp: "2h"}},
		"is not likely to send more":        {load.Spec{Rate: 100, Connections: 28000}, LoadSpike{To: "9000000/s", Ramp: "2h"}},
		"grows by 300% within five minutes": {load.Spec{Rate: 100, Connections: 400}, LoadSpike{Growth: "300%", Shape: step}},
		"grows by 75% within five minutes":  {load.Spec{Rate: 100, Connections: 400}, LoadSpike{Growth: "300%", Ramp: "20m"}},
		"sends 1.08 million requests more":  {load.Spec{Rate: 100, Connections: 400}, LoadSpike{Growth: "300%", Ramp: "2h", Hold: "1s"}},
	} {
		shape, err := c.spike.shape(c.spec.Rate)
		if err != nil {
			t.Fatal(err)
		}
		said := (&Step{Load: "readers", Rate: c.spec.Rate, Shape: shape}).warnings(aws, c.spec)
		if text := strings.Join(said, "\n"); !strings.Contains(text, says) {
			t.Errorf("no word of %q in %q", says, text)
		}
	}
	calm := LoadSpike{Growth: "300%", Ramp: "1h"}
	shape, err := calm.shape(100)
	if err != nil {
		t.Fatal(err)
	}
	if said := (&Step{Load: "readers", Rate: 100, Shape: shape}).warnings(aws, load.Spec{Connections: 400}); len(said) > 0 {
		t.Errorf("warned of the usual: %q", said)
	}
}

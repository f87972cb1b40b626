package loaderrors_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
	"gameday/probes/loaderrors"
)

const patience = time.Minute

// drive sends traffic to a server until enough, and returns it.
func drive(t *testing.T, answer http.HandlerFunc, enough func() bool) load.Load {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 200})
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !enough() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the traffic did not come")
		}
	}
	run.Stop(ctx)
	return run
}

func measure(t *testing.T, r load.Load, status ...string) []probes.Reading {
	t.Helper()
	p := loaderrors.Kind().New().(*loaderrors.Probe)
	if status != nil {
		p.Status = status
	}
	readings, err := p.Measure(t.Context(), &cloud.Env{Loads: map[string]load.Load{"users": r}}, time.Time{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return readings
}

func TestErrorsAreThoseThatTheServerMade(t *testing.T) {
	var heard, broken, missing, cut atomic.Uint64
	recording := drive(t, func(w http.ResponseWriter, _ *http.Request) {
		switch heard.Add(1) % 5 {
		case 0:
			broken.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		case 1:
			missing.Add(1)
			w.WriteHeader(http.StatusNotFound)
		case 2:
			cut.Add(1)
			panic(http.ErrAbortHandler)
		}
	}, func() bool { return heard.Load() > 250 })
	for _, c := range []struct {
		status []string
		want   uint64
		note   string
	}{
		{nil, broken.Load() + cut.Load(), " 503"},
		{[]string{"4xx", "503"}, broken.Load() + cut.Load() + missing.Load(), " 404"},
		{[]string{"404"}, cut.Load() + missing.Load(), " 404"},
		{[]string{}, cut.Load(), " closed early"},
	} {
		var errors, requests float64
		var notes string
		for _, r := range measure(t, recording, c.status...) {
			errors += r.Value * r.Of
			requests += r.Of
			notes += r.Note
			if r.Span != time.Second {
				t.Errorf("a reading speaks of %s", r.Span)
			}
		}
		if got := uint64(math.Round(errors)); got != c.want || uint64(requests) != heard.Load() {
			t.Errorf("status %v: %d of %v failed, the server says %d of %d", c.status, got, requests, c.want, heard.Load())
		}
		if !strings.Contains(notes, c.note) {
			t.Errorf("status %v: no word of%s in %q", c.status, c.note, notes)
		}
	}
}

// Only what was asked for counts, however much else went wrong.
func TestErrorsByCause(t *testing.T) {
	var heard, broken, cut atomic.Uint64
	recording := drive(t, func(w http.ResponseWriter, _ *http.Request) {
		switch heard.Add(1) % 5 {
		case 0:
			broken.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		case 1:
			cut.Add(1)
			panic(http.ErrAbortHandler)
		}
	}, func() bool { return heard.Load() > 250 })
	for _, c := range []struct {
		cause []string
		want  uint64
	}{
		{[]string{"closed early"}, cut.Load()},
		{[]string{"timeout"}, 0},
		{[]string{"unexpected status", "timeout", "5xx"}, broken.Load()},
		{[]string{"503", "closed early"}, broken.Load() + cut.Load()},
	} {
		p := loaderrors.Kind().New().(*loaderrors.Probe)
		p.Cause = c.cause
		if problems := p.Validate(); len(problems) > 0 {
			t.Errorf("cause %v: %v", c.cause, problems)
		}
		readings, err := p.Measure(t.Context(), &cloud.Env{Loads: map[string]load.Load{"users": recording}}, time.Time{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var errors, requests float64
		for _, r := range readings {
			errors += r.Value * r.Of
			requests += r.Of
		}
		if got := uint64(math.Round(errors)); got != c.want || uint64(requests) != heard.Load() {
			t.Errorf("cause %v: %d of %v, the server says %d of %d", c.cause, got, requests, c.want, heard.Load())
		}
	}
}

func TestCausesThatCannotBe(t *testing.T) {
	for cause, fine := range map[string]bool{
		"timeout": true, "unexpected status": true, "unexpected status 503": true, "other: unheard of": true, "5xx": true,
		"timeouts": false, "": false, "600": false, "connection": false,
	} {
		p := loaderrors.Kind().New().(*loaderrors.Probe)
		p.Cause = []string{"timeout", cause}
		if problems := p.Validate(); (len(problems) == 0) != fine {
			t.Errorf("cause %q: %v", cause, problems)
		}
		p.Status = []string{"4xx"}
		if problems := p.Validate(); fine && len(problems) != 1 {
			t.Errorf("with a status of its own: %v", problems)
		}
	}
}

func TestReadingsAreOfTheWindow(t *testing.T) {
	var heard atomic.Uint64
	recording := drive(t, func(http.ResponseWriter, *http.Request) { heard.Add(1) }, func() bool { return heard.Load() > 450 })
	all := measure(t, recording)
	if len(all) < 3 {
		t.Fatalf("450 requests at 200 per second gave %d readings", len(all))
	}
	p := loaderrors.Kind().New()
	second := all[1].At
	got, err := p.Measure(t.Context(), &cloud.Env{Loads: map[string]load.Load{"users": recording}}, second.Add(time.Millisecond), second.Add(500*time.Millisecond))
	if err != nil || len(got) != 1 || !got[0].At.Equal(second) {
		t.Errorf("half of the second at %s gave %v, %v", second, got, err)
	}
}

func TestNoTrafficIsNoReading(t *testing.T) {
	if got := measure(t, load.Idle{}); len(got) != 0 {
		t.Errorf("a load that has not begun gave %v", got)
	}
}

func TestWhichLoadIsMeant(t *testing.T) {
	one, other := load.Idle{Rate: 1}, load.Idle{Rate: 2}
	for _, c := range []struct {
		name  string
		loads map[string]load.Load
		want  string
	}{
		{"readers", map[string]load.Load{"readers": one, "writers": other}, ""},
		{"", map[string]load.Load{"readers": one}, ""},
		{"", map[string]load.Load{"readers": one, "writers": other}, "readers, writers"},
		{"raeders", map[string]load.Load{"readers": one}, `"raeders"`},
		{"", nil, "add a load block"},
	} {
		p := loaderrors.Kind().New().(*loaderrors.Probe)
		p.Load = c.name
		_, err := p.Measure(t.Context(), &cloud.Env{Loads: c.loads}, time.Time{}, time.Now())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("load %q of %d: %v", c.name, len(c.loads), err)
		}
	}
}

func TestStatusesThatCannotBe(t *testing.T) {
	for status, fine := range map[string]bool{"5xx": true, "429": true, "404": true, "6xx": false, "5x": false, "50x": false, "5XX": false, "": false, "teapot": false} {
		p := &loaderrors.Probe{Status: []string{"5xx", status}}
		if problems := p.Validate(); (len(problems) == 0) != fine {
			t.Errorf("status %q: %v", status, problems)
		}
	}
}

// Whoever wants to count a cause finds it where causes are explained.
func TestEveryCauseIsExplained(t *testing.T) {
	for _, at := range []struct{ page, from, to string }{{"README.md", "- A request without an answer fails as", "a note on each reading"}, {"../../docs/load.md", "| failed |", "\n"}} {
		text, err := os.ReadFile(at.page)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), at.from)
		explained, _, _ := strings.Cut(rest, at.to)
		for _, cause := range load.Causes() {
			if !strings.Contains(explained, `"`+cause) {
				t.Errorf("%s does not list %q among the causes", at.page, cause)
			}
		}
	}
}

package experiments

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
	"gameday/reports"
)

// What a run must have seen before it may speak well of a system.

// slowLook takes its time, and saw what was the case when it began.
type slowLook struct {
	fakeProbe
	takes func() time.Duration
}

func (s *slowLook) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	readings, err := s.fakeProbe.Measure(ctx, env, from, to)
	time.Sleep(s.takes())
	return readings, err
}

// conduct runs a plan in simulated time.
func conduct(t *testing.T, plan func() *Plan) (r *reports.Result, took time.Duration) {
	t.Helper()
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var err error
		if r, err = Run(context.Background(), fakeEnv(), plan(), o); err != nil {
			t.Fatal(err)
		}
		took = time.Since(began)
	})
	return r, took
}

func TestNoPassWithoutALookInsideTheFault(t *testing.T) {
	cases := []struct {
		name    string
		damage  float64
		every   time.Duration
		observe time.Duration
		takes   time.Duration // to do the step
		looks   time.Duration // how long a look takes once the baseline is over
		verdict reports.Verdict
		says    string
	}{
		{name: "a look is made as soon as the fault is in effect", damage: 1, every: time.Minute, observe: time.Second, verdict: reports.Passed},
		{name: "and sees what is wrong", damage: 9, every: time.Minute, observe: time.Second, verdict: reports.Failed, says: "damage.it was 9"},
		{name: "looks while the fault was being made are not enough", damage: 9, every: time.Second, observe: 500 * time.Millisecond,
			takes: 1200 * time.Millisecond, looks: 3 * time.Second,
			verdict: reports.Inconclusive, says: "damage.it did not measure while step 1 (break it) was in effect"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, _ := conduct(t, func() *Plan {
				p := &patient{damage: c.damage, healthy: 1}
				began := time.Now()
				f := &slowLook{fakeProbe: fakeProbe{patient: p}, takes: func() time.Duration {
					if time.Since(began) >= time.Minute {
						return c.looks
					}
					return 0
				}}
				probe := maxProbe(&f.fakeProbe, 3)
				probe.Probe, probe.Every = f, c.every
				plan := experiment(&fakeStep{Name: "it", patient: p, takes: c.takes}, probe)
				plan.Experiment.Observe = c.observe
				return plan
			})
			if r.Verdict != c.verdict || !strings.Contains(r.Sentence, c.says) {
				t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
			}
		})
	}
}

func TestALookAfterAChangeWasTakenBackSaysNothingOfIt(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, err: func() error {
			if age := time.Since(began); age >= time.Minute && age < 68*time.Second {
				return errors.New("no route to host")
			}
			return nil
		}}
		probe := maxProbe(f, 3)
		probe.Every = 35 * time.Second
		plan := experiment(&fakeStep{Name: "it", patient: p}, probe)
		plan.Experiment.Injects[0].Duration = 5 * time.Second
		return plan
	})
	if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "damage.it did not measure while step 1 (break it) was in effect") {
		t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
	}
}

func TestTheLastLookBeforeTheFaultSaysNothingOfIt(t *testing.T) {
	p := Probe{Probe: &fakeProbe{}, Every: 10 * time.Second, Bounds: Bounds{Max: ptr(3.0)}}
	tr := newTrack(p, []probes.Reading{{At: at(0), Value: 1}}, at(1))
	if _, ok := tr.covers(window{at(1), at(2)}); ok {
		t.Error("a look from before the fault covers it")
	}
	slow := newTrack(p, []probes.Reading{{At: at(0), Span: 5 * time.Second, Value: 1}}, at(1))
	if _, ok := slow.covers(window{at(1), at(4)}); !ok {
		t.Error("a request that hung all through the fault says nothing of it")
	}
}

func TestFailedMeasurementsLeaveATrace(t *testing.T) {
	cases := []struct {
		name    string
		fails   func(n int) bool // the n-th measurement in the fault phase
		verdict reports.Verdict
		says    string
		count   int
	}{
		{"now and then", func(n int) bool { return n%5 == 1 }, reports.Passed, "", 7},
		{"once in four times", func(n int) bool { return n%4 == 1 }, reports.Passed, "", 8},
		{"every other time", func(n int) bool { return n%2 == 0 }, reports.Inconclusive,
			"damage.it could be measured only ", 16},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, _ := conduct(t, func() *Plan {
				p := &patient{damage: 1, healthy: 1}
				began, n := time.Now(), 0
				f := &fakeProbe{patient: p, err: func() error {
					if age := time.Since(began); age <= time.Minute || age > 6*time.Minute {
						return nil
					}
					n++
					if c.fails(n) {
						return errors.New("no route to host")
					}
					return nil
				}}
				return experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3))
			})
			if r.Verdict != c.verdict || !strings.Contains(r.Sentence, c.says) {
				t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
			}
			f := r.Probes[0].Failures
			if f == nil || f.Count < c.count-1 || f.Count > c.count || f.Error != "no route to host" || !f.Last.After(f.First) {
				t.Fatalf("the record says %+v", f)
			}
			var told int
			for _, l := range r.Log {
				if strings.Contains(l.Text, "damage.it could not be measured: no route to host") {
					told++
				}
			}
			if told != f.Count {
				t.Errorf("the log tells of %d failures of %d", told, f.Count)
			}
		})
	}
}

func TestSteadyStateIsProvenByReadingsOfTheBaseline(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, dumb: func() bool { return time.Since(began) < 2*time.Second }}
		plan := experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3))
		plan.Experiment.Baseline = time.Second
		return plan
	})
	if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "nothing was injected: damage.it has no data") || r.Steps[0].State != reports.StepPlanned {
		t.Errorf("verdict %q, step %q: %s", r.Verdict, r.Steps[0].State, r.Sentence)
	}
}

func TestShortBaselineHasAReadingOfItsOwn(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		plan := experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3))
		plan.Experiment.Baseline = time.Second
		return plan
	})
	if r.Verdict != reports.Passed || len(r.Probes[0].Readings) == 0 || r.Probes[0].Readings[0].Phase != reports.Baseline {
		t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
	}
}

// share is a probe of events.
type share struct {
	fakeProbe
	of func() float64
}

func (s *share) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Ratio, Label: "share of requests", Events: true}
}

func (s *share) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	readings, err := s.fakeProbe.Measure(ctx, env, from, to)
	for i := range readings {
		readings[i].Of = s.of()
	}
	return readings, err
}

func TestUnchangedNeedsABaselineToCompareWith(t *testing.T) {
	cases := map[string]struct {
		dumb bool
		of   float64
		says string
	}{
		"no data":            {true, 1, "damage.it has no data"},
		"nothing to happen":  {false, 0, `damage.it has nothing at baseline that unchanged could compare with: no "share of requests" to count`},
		"something to count": {false, 10, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, took := conduct(t, func() *Plan {
				p := &patient{damage: 0, healthy: 0}
				began := time.Now()
				early := func() bool { return time.Since(began) < 70*time.Second }
				f := &share{fakeProbe: fakeProbe{patient: p, dumb: func() bool { return c.dumb && early() }}, of: func() float64 {
					if early() {
						return c.of
					}
					return 10
				}}
				probe := maxProbe(&f.fakeProbe, 3)
				probe.Probe, probe.Every, probe.Bounds = f, time.Second, Bounds{Unchanged: true, Confidence: 0.99}
				return experiment(&fakeStep{Name: "it", patient: p}, probe)
			})
			if c.says == "" {
				if r.Verdict != reports.Passed {
					t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
				}
				return
			}
			if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "nothing was injected: "+c.says) {
				t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
			}
			if took > 70*time.Second {
				t.Errorf("it took %s to say so, after a baseline of 1m", took)
			}
		})
	}
}

func TestProbeThatCannotMeasureEndsTheBaseline(t *testing.T) {
	r, took := conduct(t, func() *Plan {
		p := &patient{}
		f := &fakeProbe{patient: p, err: func() error { return errors.New("the security token is expired") }}
		return experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3))
	})
	if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "damage.it cannot measure: the security token is expired") || took > 30*time.Second {
		t.Errorf("verdict %q after %s: %s", r.Verdict, took, r.Sentence)
	}
}

func TestWhatWasWaitedForIsSaidWhereNothingCameAfterIt(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 9, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, dumb: func() bool { return time.Since(began) > 2*time.Minute }}
		probe := maxProbe(f, 3)
		probe.Allow = time.Hour
		return experiment(&fakeStep{Name: "it", patient: p}, probe)
	})
	for _, reason := range r.Reasons {
		if strings.Contains(reason, ": .") || strings.HasSuffix(strings.TrimSpace(reason), ":") {
			t.Errorf("a reason says nothing: %q", reason)
		}
	}
	if r.Verdict != reports.Inconclusive {
		t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
	}
}

func TestLoadThatIsGivenNothingButErrors(t *testing.T) {
	cases := map[string]struct {
		answer func(n int) int
		says   string // "" where the load is as it should be
	}{
		"a wrong path":      {func(int) int { return http.StatusNotFound }, `load "web": none of `},
		"a broken system":   {func(int) int { return http.StatusBadGateway }, ` 502): see whether its path is right`},
		"redirects":         {func(int) int { return http.StatusFound }, ""},
		"good now and then": {func(n int) int { return map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[n%10 == 0] }, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var n int
			recording := driven(t, func(w http.ResponseWriter, _ *http.Request) { n++; w.WriteHeader(c.answer(n)) })
			x := &execution{
				env:  &cloud.Env{Loads: map[string]load.Load{"web": recording}},
				plan: &Plan{Experiment: &Experiment{Loads: []Load{{Name: "web", Rate: attr.LoadRate("50/s")}}}},
			}
			if got := x.fruitless(); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}

func TestBoundBrokenWhileThisMachineWasTooSlowIsNotHeldAgainstTheTarget(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	began := time.Now().Add(-3 * time.Second).Round(0) // so the first seconds leave late, with connections to spare
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 50, Begin: began})
	if err != nil {
		t.Fatal(err)
	}
	for _, settled := run.Recording().Behind(); settled < 150; _, settled = run.Recording().Behind() {
		time.Sleep(time.Millisecond)
	}
	run.Stop(t.Context())
	x := &execution{
		env:  &cloud.Env{Loads: map[string]load.Load{"web": run}},
		plan: &Plan{Experiment: &Experiment{Loads: []Load{{Name: "web"}}}},
	}
	x.phases = []reports.Phase{{Name: reports.Baseline, From: began.Add(-2 * time.Hour), To: began}, {Name: reports.Fault, From: began, To: began.Add(time.Hour)}}
	if text := x.overrun(); !strings.Contains(text, `this machine was too slow for load "web"`) || !strings.Contains(text, "larger machine") {
		t.Errorf("a calm hour made up for it: %q", text)
	}
	fault := window{began, began.Add(time.Hour)}
	for name, c := range map[string]struct {
		high   time.Duration
		ours   float64
		stands bool
	}{
		"while requests left late":                {0, 0, false},
		"while none did":                          {time.Minute, 0, true},
		"with a part of ours, and without it too": {time.Minute, 1, true},
		"with a part of ours alone":               {time.Minute, 2.5, false},
	} {
		p := Probe{Probe: &periodic{scale: probes.Scale{Period: time.Second}}, Bounds: Bounds{Max: ptr(3.0)}}
		high := newTrack(p, []probes.Reading{{At: began.Add(c.high), Span: time.Second, Value: 5, Ours: c.ours}}, began)
		if x.stands(high, fault) != c.stands {
			t.Errorf("out of bounds %s: it stands is %v", name, !c.stands)
		}
	}
}

func TestMinutesOfAPhase(t *testing.T) {
	for length, want := range map[float64]int{0: 1, 5: 1, 119: 1, 120: 2, 3600: 60} {
		all := minutes(reports.Phase{From: at(0), To: at(length)})
		if len(all) != want || !all[0].from.Equal(at(0)) || !all[len(all)-1].to.Equal(at(length)) {
			t.Errorf("%v s are cut into %v", length, all)
		}
	}
}

// driven is what a load measured of a server that it asked one thing at a time.
func driven(t *testing.T, answer http.HandlerFunc) load.Load {
	t.Helper()
	turn := make(chan struct{}, 1)
	enough, asked := make(chan struct{}), 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turn <- struct{}{}
		defer func() { <-turn }()
		answer(w, r)
		if asked++; asked == 20 {
			close(enough)
		}
	}))
	defer server.Close()
	run, err := load.Start(t.Context(), load.Spec{URL: server.URL, Rate: 100, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	<-enough
	run.Stop(t.Context())
	return run
}

func TestPlanWarnsOfWhatCanNeverFail(t *testing.T) {
	cases := map[time.Duration]bool{0: false, 299 * time.Second: false, 5 * time.Minute: true, time.Hour: true}
	for allow, want := range cases {
		probe := maxProbe(&fakeProbe{patient: &patient{}}, 3)
		probe.Allow = allow
		p := experiment(&fakeStep{Name: "it", patient: &patient{}}, probe)
		p.foresee()
		warned := slices.ContainsFunc(p.Warnings, func(w string) bool {
			return strings.Contains(w, "probe damage.it can never fail in the fault phase")
		})
		if warned != want {
			t.Errorf("allow %s of a fault phase of 5m: warnings %q", allow, p.Warnings)
		}
	}
}

// witness remembers how things stood.
type witness struct{ seen []Status }

func (*witness) Log(time.Time, string) {}
func (w *witness) Status(s Status)     { w.seen = append(w.seen, s) }

func TestAProbeThatWentBlindIsNotShownAsThePresent(t *testing.T) {
	seen := &witness{}
	o := options(t)
	o.Observe = seen
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, err: func() error {
			if time.Since(began) > 90*time.Second {
				return errors.New("connection refused")
			}
			return nil
		}}
		if _, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3)), o); err != nil {
			t.Fatal(err)
		}
	})
	first, last := seen.seen[30].Probes[0], seen.seen[len(seen.seen)-1].Probes[0]
	if !first.Known || first.Age != 0 || first.Blind {
		t.Errorf("while it measures: %+v", first)
	}
	if !last.Blind || last.Age < 20*time.Second {
		t.Errorf("when it no longer does: %+v", last)
	}
}

// replacedStep is a step whose target is gone for good when it is to be undone, and that something else stands in for.
type replacedStep struct{ *fakeStep }

func (s replacedStep) Undo(ctx context.Context, env *cloud.Env) error {
	if err := s.fakeStep.Undo(ctx, env); err != nil {
		return err
	}
	return &injectors.Healed{Why: "it was replaced"}
}

func TestWhatIsGoneForGoodIsNotCalledUndone(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		plan := experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3))
		plan.Steps[0].Step = replacedStep{&fakeStep{Name: "it", patient: p}}
		return plan
	})
	if r.Verdict != reports.Passed || r.Steps[0].State != reports.StepHealed {
		t.Errorf("verdict %q, step %q: %s", r.Verdict, r.Steps[0].State, r.Sentence)
	}
	if !slices.ContainsFunc(r.Log, func(l reports.LogEntry) bool { return strings.HasSuffix(l.Text, "has healed: it was replaced") }) {
		t.Error("the log does not say what became of it")
	}
}

func TestWhatNobodyCanTellHasHealedIsNotCalledHealed(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		return experiment(&fakeStep{Name: "it", patient: p, irreversible: "it has no undo command", undoErr: injectors.ErrStays}, maxProbe(&fakeProbe{patient: p}, 3))
	})
	if r.Verdict != reports.Passed || r.Steps[0].State != reports.StepDone || r.Steps[0].Error != "" {
		t.Errorf("verdict %q, step %q %q: %s", r.Verdict, r.Steps[0].State, r.Steps[0].Error, r.Sentence)
	}
}

func TestNothingThatWasTriedIsNoPass(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 1, healthy: 1}
		plan := experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3))
		plan.Experiment.Injects, plan.Steps = nil, nil
		return plan
	})
	if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "nothing was tried") {
		t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
	}
}

func TestASeldomLookIsMadeOnceMoreAfterTheUndo(t *testing.T) {
	r, _ := conduct(t, func() *Plan {
		p := &patient{damage: 9, healthy: 1}
		probe := maxProbe(&fakeProbe{patient: p}, 3)
		probe.Every, probe.Proof = 30*time.Minute, true
		return experiment(&fakeStep{Name: "it", patient: p}, probe)
	})
	if r.Verdict != reports.Passed {
		t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
	}
}

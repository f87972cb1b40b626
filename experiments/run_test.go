package experiments

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/journal"
	"gameday/probes"
	"gameday/reports"
)

// In these tests time is simulated: minutes of an experiment pass in no time, and nothing depends on the machine.

func TestRunVerdicts(t *testing.T) {
	harmless := func() *patient { return &patient{damage: 1, healthy: 1} }
	harmful := func() *patient { return &patient{damage: 9, healthy: 1} }
	cases := []struct {
		name    string
		patient *patient
		step    func(*fakeStep)
		probe   func(*Probe, *fakeProbe)
		verdict reports.Verdict
		says    string // in the sentence
		done    int
		undone  int
	}{
		{name: "a system that does not mind passes", patient: harmless(),
			verdict: reports.Passed, says: "break it", done: 1, undone: 1},
		{name: "a broken bound fails", patient: harmful(),
			verdict: reports.Failed, says: "damage.it was 9, above max 3 by 6", done: 1, undone: 1},
		{name: "a bound broken for less than is allowed passes", patient: harmful(),
			probe:   func(p *Probe, _ *fakeProbe) { p.Allow = 10 * time.Minute },
			verdict: reports.Passed, done: 1, undone: 1},
		{name: "a system that was broken before is left alone", patient: &patient{damage: 9, healthy: 9},
			verdict: reports.Inconclusive, says: "not steady at baseline", done: 0, undone: 0},
		{name: "no data is not steady", patient: harmless(),
			probe:   func(_ *Probe, f *fakeProbe) { f.dumb = func() bool { return true } },
			verdict: reports.Inconclusive, says: "damage.it has no data", done: 0, undone: 0},
		{name: "a fault that fails is undone and proves nothing", patient: harmless(),
			step:    func(s *fakeStep) { s.doErr = errors.New("no such instance") },
			verdict: reports.Inconclusive, says: "could not be put in effect: step 1 (break it): no such instance", done: 1, undone: 1},
		{name: "an undo that fails is said", patient: harmless(),
			step:    func(s *fakeStep) { s.undoErr = errors.New("access denied") },
			verdict: reports.NotRolledBack, says: "step 1 (break it) could not be undone: access denied", done: 1, undone: 0},
		{name: "what cannot be taken back may heal", patient: harmless(),
			step:    func(s *fakeStep) { s.irreversible, s.heals = "gone is gone", 3*time.Minute },
			verdict: reports.Passed, says: "steady again 8m after the fault began", done: 1, undone: 1},
		{name: "what does not heal in time fails", patient: harmless(),
			step:    func(s *fakeStep) { s.irreversible, s.heals = "gone is gone", time.Hour },
			verdict: reports.Failed, says: "had not healed 10m later", done: 1, undone: 0},
		{name: "a proof that never leaves its bounds proves nothing", patient: harmless(),
			probe:   func(p *Probe, _ *fakeProbe) { p.Proof = true },
			verdict: reports.Inconclusive, says: "nothing proves that the fault bit", done: 1, undone: 1},
		{name: "a proof that leaves its bounds passes", patient: harmful(),
			probe:   func(p *Probe, _ *fakeProbe) { p.Proof = true },
			verdict: reports.Passed, done: 1, undone: 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := options(t)
			synctest.Test(t, func(t *testing.T) {
				step := &fakeStep{Name: "it", patient: c.patient}
				if c.step != nil {
					c.step(step)
				}
				f := &fakeProbe{patient: c.patient}
				probe := maxProbe(f, 3)
				if c.probe != nil {
					c.probe(&probe, f)
				}
				r, err := Run(context.Background(), fakeEnv(), experiment(step, probe), o)
				if err != nil {
					t.Fatal(err)
				}
				if r.Verdict != c.verdict || !strings.Contains(r.Sentence, c.says) {
					t.Errorf("verdict %q, %q; want %q with %q", r.Verdict, r.Sentence, c.verdict, c.says)
				}
				if c.patient.done != c.done || c.patient.undone != c.undone {
					t.Errorf("done %d and undone %d times, want %d and %d", c.patient.done, c.patient.undone, c.done, c.undone)
				}
			})
		})
	}
}

func TestViolationEndsFaultPhaseAtOnce(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 9, healthy: 1}
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if fault := r.Phases[1]; fault.To.Sub(fault.From) > 30*time.Second {
			t.Errorf("the fault phase lasted %s after a violation that could be seen within 10 s", fault.To.Sub(fault.From))
		}
	})
}

func TestContinueMeasuresOn(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 9, healthy: 1}
		probe := maxProbe(&fakeProbe{patient: p}, 3)
		probe.Stop = false
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, probe), o)
		if err != nil {
			t.Fatal(err)
		}
		if fault := r.Phases[1]; fault.To.Sub(fault.From) < 5*time.Minute {
			t.Errorf("the fault phase lasted %s, want all of it", fault.To.Sub(fault.From))
		}
		if r.Verdict != reports.Failed {
			t.Errorf("verdict %q", r.Verdict)
		}
	})
}

func TestOperatorStopsAndEverythingIsUndone(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(2*time.Minute, func() { cancel(ErrOperator) })
		r, err := Run(ctx, fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Aborted || p.undone != 1 || r.Steps[0].State != "undone" {
			t.Errorf("verdict %q, undone %d times, step %q", r.Verdict, p.undone, r.Steps[0].State)
		}
	})
}

func TestOperatorMayStopAtAnyMoment(t *testing.T) {
	moments := map[string]time.Duration{
		"baseline": 30 * time.Second, "fault": 3 * time.Minute, "undo": 6*time.Minute + 15*time.Second, "recovery": 7 * time.Minute,
	}
	for phase, after := range moments {
		t.Run(phase, func(t *testing.T) {
			o := options(t)
			synctest.Test(t, func(t *testing.T) {
				p := &patient{damage: 1, healthy: 1}
				ctx, cancel := context.WithCancelCause(context.Background())
				time.AfterFunc(after, func() { cancel(ErrOperator) })
				step := &fakeStep{Name: "it", patient: p, undoTakes: 30 * time.Second}
				r, err := Run(ctx, fakeEnv(), experiment(step, maxProbe(&fakeProbe{patient: p}, 3)), o)
				if err != nil {
					t.Fatal(err)
				}
				if r.Verdict != reports.Aborted || p.done != p.undone {
					t.Errorf("verdict %q: %s; done %d times, undone %d", r.Verdict, r.Sentence, p.done, p.undone)
				}
			})
		})
	}
}

func TestViolationOutlivesAnOperatorsStop(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 9, healthy: 1}
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(4*time.Minute, func() { cancel(ErrOperator) })
		probe := maxProbe(&fakeProbe{patient: p}, 3)
		probe.Stop = false
		r, err := Run(ctx, fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, probe), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Failed {
			t.Errorf("what was broken is called %q: %s", r.Verdict, r.Sentence)
		}
	})
}

func TestFaultIsWatchedOnceItIsInEffect(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p, takes: 6 * time.Minute}, maxProbe(&fakeProbe{patient: p}, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if held := r.Steps[0].Undone.Sub(*r.Steps[0].Done); held < 5*time.Minute {
			t.Errorf("the fault was in effect for %s, and was to be watched for 5m", held)
		}
	})
}

func TestHangingUndoKeepsNobodyWaiting(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p, stuck := &patient{damage: 1, healthy: 1}, &patient{}
		plan := experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3))
		hangs := &fakeStep{Name: "stuck", patient: stuck, undoTakes: 10 * time.Hour}
		plan.Steps = append(plan.Steps, PlannedStep{N: 2, Inject: plan.Steps[0].Inject, Step: hangs, About: hangs.Describe()})
		r, err := Run(context.Background(), fakeEnv(), plan, o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.NotRolledBack || r.Steps[1].State != reports.StepNotUndone {
			t.Errorf("verdict %q, the hanging step is %q", r.Verdict, r.Steps[1].State)
		}
		if waited := r.Steps[0].Undone.Sub(r.Phases[2].From); waited > time.Minute {
			t.Errorf("the other step was undone %s later", waited)
		}
	})
}

func TestPanicOfAKindIsUndone(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		f := &fakeProbe{patient: p}
		began := time.Now()
		f.dumb = func() bool {
			if time.Since(began) > 2*time.Minute {
				panic("index out of range")
			}
			return false
		}
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Inconclusive || p.undone != 1 || !strings.Contains(r.Sentence, "bug in gameday") {
			t.Errorf("verdict %q: %s; undone %d times", r.Verdict, r.Sentence, p.undone)
		}
	})
}

// recorder is a record of seconds that arrive when they are settled: one of them much later than its successors.
type recorder struct {
	began        time.Time
	slow         time.Duration // the second that settles late
	late         time.Duration // by so much
	slowValue    float64
	ordinaryLate time.Duration
}

func (r *recorder) Scale() probes.Scale { return probes.Scale{Period: time.Second} }

func (r *recorder) Measure(_ context.Context, _ *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	var rs []probes.Reading
	for at := r.began; at.Add(time.Second).Before(to); at = at.Add(time.Second) {
		value, settled := 1.0, at.Add(time.Second).Add(r.ordinaryLate)
		if at.Sub(r.began) == r.slow {
			value, settled = r.slowValue, settled.Add(r.late)
		}
		if !at.Before(from.Add(-time.Second)) && settled.Before(to) {
			rs = append(rs, probes.Reading{At: at, Span: time.Second, Value: value})
		}
	}
	return rs, nil
}

func recording(r *recorder) *Plan {
	p := &patient{damage: 1, healthy: 1}
	limit := 3.0
	return experiment(&fakeStep{Name: "it", patient: p}, Probe{
		Kind: probes.Kind{Name: "record"}, Name: "it", Probe: r, Every: time.Second, Stop: true, Bounds: Bounds{Max: &limit, Confidence: 0.99},
	})
}

func TestSecondThatSettlesLateIsStillSeen(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		rec := &recorder{began: time.Now(), slow: 2 * time.Minute, late: 20 * time.Second, slowValue: 9}
		r, err := Run(context.Background(), fakeEnv(), recording(rec), o)
		if err != nil {
			t.Fatal(err)
		}
		if fault := r.Phases[1]; r.Verdict != reports.Failed || fault.To.Sub(fault.From) > 2*time.Minute {
			t.Errorf("verdict %q after a fault phase of %s: %s", r.Verdict, fault.To.Sub(fault.From), r.Sentence)
		}
	})
}

func TestHoleInARecordIsNeverAPass(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		rec := &recorder{began: time.Now(), slow: 2 * time.Minute, late: 10 * time.Hour, slowValue: 1}
		r, err := Run(context.Background(), fakeEnv(), recording(rec), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Inconclusive {
			t.Errorf("a second under the fault was never measured, and the verdict is %q: %s", r.Verdict, r.Sentence)
		}
	})
}

func TestRecordsThatArriveMinutesLate(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		rec := &recorder{began: time.Now(), slow: 20 * time.Second, ordinaryLate: 30 * time.Second, slowValue: 1}
		r, err := Run(context.Background(), fakeEnv(), recording(rec), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Passed {
			t.Errorf("data that is late all the same is data: verdict %q: %s", r.Verdict, r.Sentence)
		}
	})
}

func TestProbeThatGoesBlindEndsTheFault(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, err: func() error {
			if time.Since(began) > 2*time.Minute {
				return errors.New("the security token is expired")
			}
			return nil
		}}
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "cannot measure any more: the security token is expired") {
			t.Errorf("verdict %q: %s", r.Verdict, r.Sentence)
		}
		if fault := r.Phases[1]; fault.To.Sub(fault.From) > 3*time.Minute {
			t.Errorf("nobody could watch, and the fault was kept up for %s", fault.To.Sub(fault.From))
		}
	})
}

func TestRecordsSilenceInsideTheFaultPhase(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		began := time.Now()
		f := &fakeProbe{patient: p, dumb: func() bool {
			age := time.Since(began)
			return age > 2*time.Minute && age < 4*time.Minute
		}}
		r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(f, 3)), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != reports.Inconclusive || !strings.Contains(r.Sentence, "has no data from") {
			t.Errorf("two silent minutes under a fault: verdict %q: %s", r.Verdict, r.Sentence)
		}
	})
}

// TestProbeThatKeepsTheRunFromBeingSteadyHasNotPassed is about probes that keep their bounds as long as the fault is in effect.
func TestProbeThatKeepsTheRunFromBeingSteadyHasNotPassed(t *testing.T) {
	cases := []struct {
		name  string
		probe func(began time.Time, p *Probe, f *fakeProbe)
		state string
		says  string
		told  string // of the recovery
	}{
		{name: "out of bounds for longer than the recovery",
			probe: func(_ time.Time, p *Probe, _ *fakeProbe) { p.Allow = time.Hour },
			state: "failed", says: "was not steady again in time: was still 9, above max 3 by 6, for 15m, from 0s into the fault phase",
			told: "Not steady again within 10m: damage.it was still 9, above max 3 by 6, for 15m, from 0s into the fault phase."},
		{name: "blind in the recovery",
			probe: func(began time.Time, p *Probe, f *fakeProbe) {
				p.Allow = time.Hour
				f.dumb = func() bool { return time.Since(began) > 8*time.Minute }
			},
			state: "inconclusive", says: "has no data from", told: "Whether it was steady again within 10m is not known: damage.it has no data from"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := options(t)
			synctest.Test(t, func(t *testing.T) {
				p := &patient{damage: 9, healthy: 1}
				f := &fakeProbe{patient: p}
				probe := maxProbe(f, 3)
				c.probe(time.Now(), &probe, f)
				r, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p, irreversible: "gone is gone", heals: time.Hour}, probe), o)
				if err != nil {
					t.Fatal(err)
				}
				if got := r.Probes[0]; got.State != c.state || !strings.Contains(got.Reason, c.says) {
					t.Errorf("the probe is %q, %q; want %q with %q", got.State, got.Reason, c.state, c.says)
				}
				if told := r.Recovered(); !strings.Contains(told, c.told) {
					t.Errorf("%q does not say %q", told, c.told)
				}
			})
		})
	}
}

func TestJournalIsWrittenBeforeTheStep(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		p := &patient{damage: 1, healthy: 1}
		if _, err := Run(context.Background(), fakeEnv(), experiment(&fakeStep{Name: "it", patient: p}, maxProbe(&fakeProbe{patient: p}, 3)), o); err != nil {
			t.Fatal(err)
		}
	})
	records, err := journal.Read(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, r := range records {
		types = append(types, string(r.Type))
	}
	if got, want := strings.Join(types, " "), "begin will did undone end"; got != want {
		t.Errorf("journal says %q, want %q", got, want)
	}
}

package experiments

import (
	"context"
	"sync"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/probes"
)

// patient is the world of these tests: a system whose one health value depends on whether a fault is in effect.
type patient struct {
	mu      sync.Mutex
	broken  bool
	done    int // how often the fault was done
	undone  int
	since   time.Time // when it was last put right
	damage  float64   // the value while broken
	healthy float64
}

func (p *patient) value() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return p.damage
	}
	return p.healthy
}

func (p *patient) set(broken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = broken
	if broken {
		p.done++
	} else {
		p.undone++
		p.since = time.Now()
	}
}

// fakeStep breaks the patient. Its flaws are what real steps suffer from.
type fakeStep struct {
	Name         string
	patient      *patient
	irreversible string
	doErr        error
	undoErr      error
	takes        time.Duration // to do
	undoTakes    time.Duration
	heals        time.Duration // how long an irreversible one takes to heal; 0: as soon as Undo looks
}

func (s *fakeStep) String() string { return "break " + s.Name }

func (s *fakeStep) Do(ctx context.Context, _ *cloud.Env) error {
	if !sleep(ctx, s.takes) {
		return ctx.Err()
	}
	s.patient.set(true)
	return s.doErr
}

func (s *fakeStep) Undo(ctx context.Context, env *cloud.Env) error {
	if s.undoErr != nil {
		return s.undoErr
	}
	if !sleep(ctx, s.undoTakes) {
		return ctx.Err()
	}
	began := time.Now()
	err := cloud.Wait(ctx, env, s.Name+" to heal", func(context.Context) (string, bool, error) {
		return "still broken", time.Since(began) >= s.heals, nil
	})
	if err == nil {
		s.patient.set(false)
	}
	return err
}

func (s *fakeStep) Describe() injectors.Description {
	return injectors.Description{Undo: "mend " + s.Name, Irreversible: s.irreversible, Manual: []string{"aws mend " + s.Name}}
}

// fakeProbe measures the patient, as a look at the present or as a record with a period that arrives late.
type fakeProbe struct {
	patient *patient
	unit    probes.Unit
	dumb    func() bool // has nothing to say while true
	err     func() error
}

func (f *fakeProbe) Scale() probes.Scale { return probes.Scale{Unit: f.unit, Label: "damage"} }

func (f *fakeProbe) Measure(_ context.Context, _ *cloud.Env, _, to time.Time) ([]probes.Reading, error) {
	if f.err != nil {
		if err := f.err(); err != nil {
			return nil, err
		}
	}
	if f.dumb != nil && f.dumb() {
		return nil, nil
	}
	return []probes.Reading{{At: to, Value: f.patient.value()}}, nil
}

func ptr[T any](v T) *T { return &v }

// experiment puts a step and a probe together, with durations like those of a real file.
func experiment(step *fakeStep, probe Probe) *Plan {
	e := &Experiment{
		Name: "test", Baseline: time.Minute, Observe: 5 * time.Minute, Recovery: 10 * time.Minute,
		Injects: []Inject{{Kind: injectors.Kind{Name: "break"}, Name: "it"}},
		Probes:  []Probe{probe},
	}
	return &Plan{
		Experiment: e, File: &File{Name: "test.hcl"}, Seed: 1, Speed: 1,
		Steps: []PlannedStep{{N: 1, Inject: &e.Injects[0], Step: step, About: step.Describe()}},
	}
}

func maxProbe(f *fakeProbe, limit float64) Probe {
	return Probe{
		Kind: probes.Kind{Name: "damage"}, Name: "it", Probe: f, Every: 10 * time.Second, Stop: true,
		Bounds: Bounds{Max: &limit, Confidence: 0.99},
	}
}

func fakeEnv() *cloud.Env {
	return &cloud.Env{Poll: time.Second, Late: time.Minute, Undo: time.Minute}
}

func options(t *testing.T) RunOptions {
	return RunOptions{ID: "run-1", Dir: t.TempDir() + "/run-1", Version: "test"}
}

package experiments

import (
	"context"
	"fmt"
	"math"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/reports"
)

// rehearsalWindow is how far back a plan looks to see that a probe can measure.
const rehearsalWindow = 5 * time.Minute

// Impossible is what AWS would not let us do, found out before anything was done.
type Impossible struct {
	What string // the step or the probe
	Err  error
}

func (i *Impossible) Error() string { return fmt.Sprintf("%s: %v", i.What, i.Err) }

func (i *Impossible) Unwrap() error { return i.Err }

// rehearse asks AWS, as far as it can be asked, whether every step would be permitted, and has every probe
// measure once, so that a missing permission is found now and not half way.
func (p *Plan) rehearse(ctx context.Context, env *cloud.Env) error {
	for _, s := range p.Steps {
		r, ok := s.Step.(injectors.Rehearser)
		if !ok {
			continue
		}
		if err := r.Rehearse(ctx, env); err != nil {
			return &Impossible{fmt.Sprintf("step %d (%s) would fail", s.N, s.Step), err}
		}
	}
	for _, probe := range p.Experiment.Probes {
		now := time.Now()
		within, cancel := context.WithTimeout(ctx, maxMeasure)
		readings, err := probe.Probe.Measure(within, env, now.Add(-rehearsalWindow), now)
		cancel()
		if err != nil {
			return &Impossible{fmt.Sprintf("probe %s cannot measure", probe.ID()), err}
		}
		if len(readings) == 0 && len(p.Experiment.Loads) == 0 {
			p.Warnings = append(p.Warnings, fmt.Sprintf("probe %s found no data in the last %s: without traffic there may be none, and the run would be inconclusive", probe.ID(), reports.Span(rehearsalWindow)))
		}
	}
	return nil
}

// foresee warns of what makes a run inconclusive before it starts, or worse.
func (p *Plan) foresee() {
	e := p.Experiment
	for _, s := range p.Steps {
		if _, can := s.Step.(injectors.Insurer); e.Guard.DeadMan != "" && !can && s.About.Irreversible == "" {
			p.Warnings = append(p.Warnings, fmt.Sprintf("step %d (%s) is not insured by dead_man: no single call of AWS's takes it back", s.N, s.Step))
		}
	}
	for _, probe := range e.Probes {
		period := probe.Probe.Scale().Period
		if e.FaultPhase() < probe.step() {
			p.Warnings = append(p.Warnings, fmt.Sprintf("probe %s speaks once in %s, and the fault phase lasts %s: set observe to %s or more",
				probe.ID(), reports.Span(probe.step()), reports.Span(e.FaultPhase()), reports.Span(2*probe.step())))
		}
		if probe.Allow > 0 && probe.Allow >= e.FaultPhase() {
			p.Warnings = append(p.Warnings, fmt.Sprintf("probe %s can never %s: it is allowed out of bounds for %s, and the fault phase lasts %s; make allow shorter or observe longer",
				probe.ID(), purpose(probe), reports.Span(probe.Allow), reports.Span(e.FaultPhase())))
		}
		if !probe.Bounds.Unchanged {
			continue
		}
		every := period
		if every == 0 {
			every = probe.Every
		}
		if text := shortBaseline(probe, e.Baseline, e.FaultPhase(), every); text != "" {
			p.Warnings = append(p.Warnings, text)
		}
	}
}

// idle is the Env with the loads that there will be.
func (p *Plan) idle(env *cloud.Env) *cloud.Env {
	own := *env
	own.Loads = map[string]load.Load{}
	for name, s := range p.Loads {
		own.Loads[name] = load.Idle(s)
	}
	return &own
}

// purpose is what a violation of the probe would do in the fault phase.
func purpose(p Probe) string {
	if p.Proof {
		return "prove that the fault bit"
	}
	return "fail in the fault phase"
}

// longest is how long a run may take with its undo, as far as that can be foreseen.
func (e *Experiment) longest(env *cloud.Env) time.Duration {
	return e.Baseline + e.FaultPhase() + env.Undo + e.Recovery + e.Baseline
}

// outlast notes where the credentials end before a run and its undo would.
func (p *Plan) outlast(ctx context.Context, env *cloud.Env) {
	longest := p.Experiment.longest(env)
	if err := cloud.Outlast(ctx, env, time.Now().Add(longest)); err != nil {
		p.Expiring = fmt.Sprintf("the run may take %s with its undo, and %v", reports.Span(longest), err)
		p.Warnings = append(p.Warnings, p.Expiring)
	}
}

// readingsIn is how many readings that come every so often fit into a phase.
func readingsIn(phase, every time.Duration) int {
	return int(math.Floor(float64(phase) / float64(every)))
}

package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gameday/internal/claim"
	"gameday/internal/cloud"
	"gameday/internal/deadman"
	"gameday/internal/journal"
	"gameday/internal/load"
	"gameday/reports"
)

// RunOptions is what a run needs beside its plan.
type RunOptions struct {
	ID      string // the run's id
	Dir     string // its folder, which does not exist yet
	Version string // of gameday, for the record
	Lab     bool   // AWS is a lab that lives and dies with this process
	Claims  string // the folder in which runs claim their targets; "" for a world that nobody else can touch

	// Watchdog starts what undoes everything should this process die. It is called once the journal is there and
	// before anything is touched; where it fails, the run does not begin. May be nil.
	Watchdog func(dir string) error

	Observe Observer // told what happens; may be nil
}

// ErrOperator is the cause to cancel a run's context with when a person asked for it.
var ErrOperator = errors.New("stopped by an operator")

// Run executes a plan: baseline, fault, undo, recovery, verdict. Whatever happens, everything that can be undone is
// undone before it returns, under a context that cancelling ctx does not touch. The error says that the run could
// not even begin; once it has, every outcome is in the Result.
//
//	baseline ──► fault ──► undo ──► recovery ──► verdict
//	    │          │                   │
//	not steady   violated, ctx     steady again, healed,
//	    │        cancelled, Do     or the deadline
//	    ▼        failed, blind
//	 verdict
func Run(ctx context.Context, env *cloud.Env, plan *Plan, o RunOptions) (*reports.Result, error) {
	x, err := begin(env, plan, o)
	if err != nil {
		return nil, err
	}
	if err := x.prepare(ctx); err != nil {
		x.releaseTargets()
		return nil, errors.Join(err, x.journal.End(string(reports.Invalid)), x.journal.Close())
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go x.obey(ctx, cancel)
	x.warmUp(ctx)
	context.AfterFunc(ctx, func() { x.stopping.Store(true) })
	x.enter(reports.Baseline) // before the first look, which then counts
	stopWatching := x.watch()

	if x.baseline(ctx) {
		stopPostponing := x.postpone()
		x.fault(ctx)
		x.undo()
		stopPostponing()
		x.recover(ctx)
	}
	x.stopLoads()
	stopWatching()
	x.review()
	result := x.redactor.result(x.result())
	x.note(x.journal.End(string(result.Verdict)))
	x.releaseTargets()
	x.note(x.journal.Close())
	x.show("", time.Now(), "")
	return result, nil
}

// execution is a run under way.
type execution struct {
	env      *cloud.Env
	plan     *Plan
	options  RunOptions
	run      journal.Begin // as the journal begins
	journal  *journal.Journal
	claims   *claim.Claims
	deadman  *deadman.Switch // nil where the guard asks for none
	started  time.Time
	loads    map[string]*load.Run
	series   []*series       // one a probe, in the order of the file
	pokes    []chan struct{} // one a probe: look now
	news     chan struct{}
	redactor *Redactor
	stopped  string      // why the fault phase ended early, if a probe ended it
	regained regained    // what recovery came to
	stopping atomic.Bool // a person has asked for the end

	mu         sync.Mutex // guards what follows
	until      time.Time  // when the fault phase ends, if nothing ends it earlier
	phases     []reports.Phase
	steps      []stepState
	slept      []window // when this process was held up
	lapsed     error    // why the dead man's switch could not be postponed for too long
	log        []reports.LogEntry
	complaints map[string]time.Time // when each was last said
	findings   []finding
	recovery   *reports.Recovery
}

// finding is one thing that speaks against "passed".
type finding struct {
	verdict reports.Verdict
	text    string
	solid   bool // it stands even if the traffic was not what it should have been
	broke   bool // a bound was broken, whoever is to blame
}

func begin(env *cloud.Env, plan *Plan, o RunOptions) (*execution, error) {
	if plan.Expiring != "" {
		return nil, &Refusal{Text: plan.Expiring}
	}
	claims, err := claimTargets(plan, o)
	if err != nil {
		return nil, err
	}
	run := journal.Begin{
		Run: o.ID, Experiment: plan.Experiment.Name, Version: o.Version,
		Account: plan.Identity.Account, Region: plan.Identity.Region, Lab: o.Lab, DeadMan: plan.Experiment.Guard.DeadMan,
	}
	j, err := journal.Create(o.Dir, run)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the journal: %w", err), claims.Release())
	}
	own := *env
	own.RunID = o.ID
	own.Loads = map[string]load.Load{}
	x := &execution{env: &own, plan: plan, options: o, run: run, journal: j, claims: claims, started: time.Now(), loads: map[string]*load.Run{}, news: make(chan struct{}, 1), complaints: map[string]time.Time{}, redactor: NewRedactor(plan.File.Secrets...)}
	own.AWS.APIOptions = append(slices.Clone(own.AWS.APIOptions), cloud.TellRetries(func(call string, err error) {
		x.complain("AWS", "%s failed, and is tried again: %v", call, err)
	}))
	if role := plan.Experiment.Guard.DeadMan; role != "" {
		x.deadman = deadman.New(&own, role)
	}
	for range plan.Experiment.Probes {
		x.series = append(x.series, &series{})
		x.pokes = append(x.pokes, make(chan struct{}, 1))
	}
	for range plan.Steps {
		x.steps = append(x.steps, stepState{state: reports.StepPlanned})
	}
	return x, nil
}

// prepare starts what a run needs before it may touch anything.
func (x *execution) prepare(ctx context.Context) error {
	if x.options.Watchdog != nil {
		if err := x.options.Watchdog(x.options.Dir); err != nil {
			return fmt.Errorf("start the watchdog, without which nothing is touched: %w", err)
		}
	}
	return x.startLoads(ctx)
}

// startLoads begins the steady traffic. they are in the Env before any probe asks for them.
func (x *execution) startLoads(ctx context.Context) error {
	for _, l := range x.plan.Experiment.Loads {
		run, err := load.Start(context.WithoutCancel(ctx), x.plan.Loads[l.Name])
		if err != nil {
			x.stopLoads()
			return fmt.Errorf("start load %q: %w", l.Name, err)
		}
		x.loads[l.Name] = run
		x.env.Loads[l.Name] = run
		x.say("load %q to %s: %s", l.Name, x.plan.Loads[l.Name].URL, x.plan.Traffic[l.Name].Rate)
	}
	return nil
}

// warmUp waits until every load has the rate that it is to have. What happens meanwhile belongs to no phase.
func (x *execution) warmUp(ctx context.Context) {
	var longest time.Duration
	for _, l := range x.plan.Experiment.Loads {
		longest = max(longest, l.WarmUp)
	}
	if longest == 0 {
		return
	}
	x.say("warm-up: the loads come up to their rates in %s", reports.Span(longest))
	select {
	case <-time.After(longest):
	case <-ctx.Done():
	}
}

// drain is how long requests under way may take to finish once a load is stopped.
const drain = 10 * time.Second

func (x *execution) stopLoads() {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, run := range x.loads {
		run.Stop(ctx)
	}
}

// find takes note of something that speaks against "passed", as far as the traffic can be relied on.
func (x *execution) find(v reports.Verdict, format string, args ...any) {
	x.take(finding{verdict: v, text: fmt.Sprintf(format, args...)})
}

// findWhatever takes note of something that speaks against "passed" whatever the traffic was.
func (x *execution) findWhatever(v reports.Verdict, format string, args ...any) {
	x.take(finding{verdict: v, text: fmt.Sprintf(format, args...), solid: true})
}

func (x *execution) take(f finding) {
	x.mu.Lock()
	x.findings = append(x.findings, f)
	x.mu.Unlock()
	x.say("%s: %s", f.verdict, f.text)
}

// enter ends the present phase and begins the next one; "" ends the last.
func (x *execution) enter(phase string) time.Time {
	now := time.Now()
	x.mu.Lock()
	defer x.mu.Unlock()
	if n := len(x.phases); n > 0 && x.phases[n-1].To.IsZero() {
		x.phases[n-1].To = now
	}
	if phase != "" {
		x.phases = append(x.phases, reports.Phase{Name: phase, From: now})
	}
	return now
}

// phase returns the window of a phase, up to now if it is still going on.
func (x *execution) phase(name string) (window, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.phases {
		if p.Name == name {
			if p.To.IsZero() {
				p.To = time.Now()
			}
			return window{p.From, p.To}, true
		}
	}
	return window{}, false
}

// faulty is the stretch in which bounds must hold: from the beginning of the fault phase to the end of the undo.
func (x *execution) faulty() (window, bool) {
	w, begun := x.phase(reports.Fault)
	if undo, ok := x.phase(reports.Undo); ok {
		w.to = undo.to
	}
	return w, begun
}

// track snapshots what probe i has measured.
func (x *execution) track(i int) track {
	fault, _ := x.phase(reports.Fault)
	return newTrack(x.plan.Experiment.Probes[i], x.series[i].all(), fault.from)
}

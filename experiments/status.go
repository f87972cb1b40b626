package experiments

import (
	"slices"
	"time"

	"gameday/probes"
	"gameday/reports"
)

// Status is a run at one moment.
type Status struct {
	At       time.Time
	Phase    string          // the one that is going on, "" once the run is over
	Left     time.Duration   // of the phase, if nothing intervenes; 0 where nobody can tell
	Waiting  string          // why it goes on, "" if only for the time to pass
	Stopping bool            // somebody has asked for the end
	Phases   []reports.Phase // those that have begun
	Probes   []ProbeStatus
	Steps    []StepStatus
	Loads    []LoadStatus
}

// ProbeStatus is one probe at one moment.
type ProbeStatus struct {
	ID     string
	Rules  string        // what it is held to, as people write it: "max 3s"
	Proof  bool          // it is to leave its bounds while a fault is in effect
	Known  bool          // it has measured something
	Value  string        // the newest value, as people write it
	Out    bool          // out of its fixed bounds
	Age    time.Duration // how long ago that was, where it is too long to be called the present; else 0
	Blind  bool          // the last measurement failed
	Recent []Sample      // the newest readings, the latest last
}

// Sample is one reading of a probe, as a curve needs it.
type Sample struct {
	At    time.Time
	Value float64
	Out   bool // out of its fixed bounds
}

// StepStatus is one step at one moment.
type StepStatus struct {
	N     int
	Text  string
	State string // StepDoing, StepUndoing, or as in reports.Step
	Final bool   // it cannot be taken back
}

// The states of a step that only a run that is going on knows, beside those of reports.Step.
const (
	StepDoing   = "being done"
	StepUndoing = "being undone"
)

// LoadStatus is what a load did of late.
type LoadStatus struct {
	Name   string
	Known  bool    // any of it is known yet
	Asked  float64 // requests per second that were due
	Sent   float64 // requests per second that were sent
	Errors float64 // share of those sent that failed or were answered by an error, 0 to 1
}

// news is how old a value may be that is shown as the present one, where the probe does not speak more seldom.
const news = 5 * time.Second

// How much of the past a Status tells.
const (
	recent = 120              // readings of a probe
	lately = 10 * time.Second // of a load
)

// show tells the observer how things stand.
func (x *execution) show(phase string, until time.Time, waiting string) {
	if x.options.Observe == nil {
		return
	}
	now := time.Now()
	s := Status{At: now, Phase: phase, Left: max(0, until.Sub(now)), Waiting: x.redactor.String(waiting), Stopping: x.stopping.Load()}
	x.mu.Lock()
	s.Phases = slices.Clone(x.phases)
	x.mu.Unlock()
	for i, p := range x.plan.Experiment.Probes {
		s.Probes = append(s.Probes, x.probeStatus(i, p))
	}
	for _, step := range x.plan.Steps {
		s.Steps = append(s.Steps, StepStatus{
			N: step.N, Text: x.redactor.String(step.Step.String()), State: x.stateOf(step).now(), Final: step.About.Irreversible != "",
		})
	}
	if phase != "" { // they are stopped before a run is over
		for _, l := range x.plan.Experiment.Loads {
			s.Loads = append(s.Loads, x.loadStatus(l.Name, now))
		}
	}
	x.options.Observe.Status(s)
}

func (x *execution) probeStatus(i int, p Probe) ProbeStatus {
	status := ProbeStatus{ID: p.ID(), Rules: p.Rules(), Proof: p.Proof}
	if r, ok := x.series[i].last(); ok {
		status.Known = true
		status.Value = p.value(r.Value)
		status.Out = p.out(r)
		if age := time.Since(r.At.Add(r.Span)); age > max(news, 2*p.step()) {
			status.Age = age
		}
	}
	for _, r := range x.series[i].newest(recent) {
		status.Recent = append(status.Recent, Sample{At: r.At, Value: r.Value, Out: p.out(r)})
	}
	failed, _ := x.series[i].blind()
	status.Blind = failed > 0
	return status
}

// out reports whether a reading is out of the probe's fixed bounds.
func (p Probe) out(r probes.Reading) bool { return p.Bounds.beyond(r.Value, r.Failed) > 0 }

// now is the state of a step that may be under way.
func (s stepState) now() string {
	switch {
	case s.isUndoing():
		return StepUndoing
	case s.isDoing():
		return StepDoing
	}
	return s.state
}

// loadStatus is what a load did in those of the last seconds of which everything is known.
func (x *execution) loadStatus(name string, now time.Time) LoadStatus {
	status := LoadStatus{Name: name}
	var due, sent, failed uint64
	var span time.Duration
	for s := range x.env.Loads[name].Recording().Each(now.Add(-lately), now) {
		due, sent, failed, span = due+s.Scheduled, sent+s.Sent, failed+failures(s), span+s.Span
	}
	if span == 0 {
		return status
	}
	status.Known = true
	status.Asked, status.Sent = float64(due)/span.Seconds(), float64(sent)/span.Seconds()
	if sent > 0 {
		status.Errors = float64(failed) / float64(sent)
	}
	return status
}

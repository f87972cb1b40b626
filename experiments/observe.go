package experiments

import (
	"fmt"
	"time"

	"gameday/reports"
)

// Observer is told what happens in a run while it happens. Calls come from several goroutines.
type Observer interface {
	Log(at time.Time, text string) // an event, in one line
	Status(s Status)               // the state of things, about once a second
}

// Status is a run at one moment.
type Status struct {
	Phase  string
	Left   time.Duration // of the phase, if nothing intervenes; 0 where nobody can tell
	Probes []ProbeStatus
}

// ProbeStatus is one probe at one moment.
type ProbeStatus struct {
	ID    string
	Known bool   // it has measured something
	Value string // the newest value, as people write it
	Out   bool   // out of its fixed bounds
}

// say logs a line, for the observer and for the record.
func (x *execution) say(format string, args ...any) {
	e := reports.LogEntry{At: time.Now(), Text: x.redactor.String(fmt.Sprintf(format, args...))}
	x.mu.Lock()
	x.log = append(x.log, e)
	x.mu.Unlock()
	if x.options.Observe != nil {
		x.options.Observe.Log(e.At, e.Text)
	}
}

// show tells the observer how things stand.
func (x *execution) show(phase string, until time.Time) {
	if x.options.Observe == nil {
		return
	}
	s := Status{Phase: phase, Left: max(0, time.Until(until))}
	for i, p := range x.plan.Experiment.Probes {
		status := ProbeStatus{ID: p.ID()}
		if r, ok := x.series[i].last(); ok {
			status.Known = true
			status.Value = p.value(r.Value)
			status.Out = p.Bounds.beyond(r.Value, r.Failed) > 0
		}
		s.Probes = append(s.Probes, status)
	}
	x.options.Observe.Status(s)
}

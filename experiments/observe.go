package experiments

import (
	"fmt"
	"strings"
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
	Phase   string
	Left    time.Duration // of the phase, if nothing intervenes; 0 where nobody can tell
	Waiting string        // why it goes on, "" if only for the time to pass
	Probes  []ProbeStatus
}

// ProbeStatus is one probe at one moment.
type ProbeStatus struct {
	ID    string
	Known bool          // it has measured something
	Value string        // the newest value, as people write it
	Out   bool          // out of its fixed bounds
	Age   time.Duration // how long ago that was, where it is too long to be called the present; else 0
	Blind bool          // the last measurement failed
}

// news is how old a value may be that is shown as the present one, where the probe does not speak more seldom.
const news = 5 * time.Second

// say logs a line, for the observer and for the record.
func (x *execution) say(format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")
	e := reports.LogEntry{At: time.Now(), Text: x.redactor.String(text)}
	x.mu.Lock()
	x.log = append(x.log, e)
	x.mu.Unlock()
	if x.options.Observe != nil {
		x.options.Observe.Log(e.At, e.Text)
	}
}

// often is how often trouble that lasts is told again.
const often = 10 * time.Second

// complain says what is trouble with a subject, unless that was said a moment ago.
func (x *execution) complain(subject, format string, args ...any) {
	x.mu.Lock()
	last, said := x.complaints[subject]
	now := time.Now()
	again := !said || now.Sub(last) >= often
	if again {
		x.complaints[subject] = now
	}
	x.mu.Unlock()
	if again {
		x.say(format, args...)
	}
}

// show tells the observer how things stand.
func (x *execution) show(phase string, until time.Time, waiting string) {
	if x.options.Observe == nil {
		return
	}
	s := Status{Phase: phase, Left: max(0, time.Until(until)), Waiting: x.redactor.String(waiting)}
	for i, p := range x.plan.Experiment.Probes {
		status := ProbeStatus{ID: p.ID()}
		if r, ok := x.series[i].last(); ok {
			status.Known = true
			status.Value = p.value(r.Value)
			status.Out = p.Bounds.beyond(r.Value, r.Failed) > 0
			if age := time.Since(r.At.Add(r.Span)); age > max(news, 2*p.step()) {
				status.Age = age
			}
		}
		failed, _ := x.series[i].blind()
		status.Blind = failed > 0
		s.Probes = append(s.Probes, status)
	}
	x.options.Observe.Status(s)
}

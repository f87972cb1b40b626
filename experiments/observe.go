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

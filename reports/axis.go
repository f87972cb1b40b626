package reports

import (
	"fmt"
	"time"
)

// axis is the one time axis of a report: the whole run, whatever was measured of it. Times are seconds of the Unix clock.
type axis struct {
	From   float64    `json:"from"`
	To     float64    `json:"to"`
	Origin float64    `json:"origin"` // the moment that it counts from
	Phases []axisSpan `json:"phases"`
	Marks  []axisMark `json:"marks"` // steps that took effect
}

type axisSpan struct {
	Name string  `json:"name"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

type axisMark struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

func (r *Result) axis() axis {
	_, origin := r.origin()
	a := axis{From: unix(r.Started), To: unix(r.Ended), Origin: float64(origin) / 1000, Phases: []axisSpan{}, Marks: []axisMark{}}
	if a.To <= a.From {
		a.To = a.From + 1
	}
	for _, p := range r.Phases {
		a.Phases = append(a.Phases, axisSpan{p.Name, unix(p.From), unix(p.To)})
	}
	for _, s := range r.Steps {
		if s.Done != nil {
			a.Marks = append(a.Marks, axisMark{unix(*s.Done), fmt.Sprintf("step %d", s.N)})
		}
	}
	return a
}

// share is where on the axis a moment lies, from 0 to 1: what began before the run begins with it.
func (a axis) share(t time.Time) float64 {
	return min(1, max(0, (unix(t)-a.From)/(a.To-a.From)))
}

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

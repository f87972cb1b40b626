package reports

import (
	"fmt"
	"time"
)

// lane is a line of the timeline that shows when something was the case.
type lane struct {
	Name   string
	Detail string
	Bars   []bar
}

// bar is a stretch of a lane, on the axis of the run.
type bar struct {
	From, To float64 // shares of the axis
	Class    string
	Text     string
}

// Side is where there is room for the bar's text: after it, before it, or on it where it is long.
func (b bar) Side() string {
	switch {
	case b.To <= 0.75:
		return "after"
	case b.From >= 0.25:
		return "before"
	}
	return "on"
}

// mostStepLanes is how many steps have a lane each. More of them share one with the others of their inject.
const mostStepLanes = 8

func (a axis) bar(from, to time.Time, class, text string) bar {
	return bar{a.share(from), a.share(to), class, text}
}

// Lanes are the phases, what was detected and when it was over, and each change from when it was in effect until it was back.
func (p page) Lanes() []lane {
	a := p.axis()
	var all []lane
	phases := lane{Name: "Phases"}
	for _, f := range p.Phases {
		phases.Bars = append(phases.Bars, a.bar(f.From, f.To, "phase "+f.Name, f.Name))
	}
	all = append(all, phases)
	all = append(all, p.stepLanes(a)...)
	if d := p.Detection; d != nil {
		effect := d.KnownAt.Add(-time.Duration(d.SinceEffect * float64(time.Second)))
		all = append(all, lane{"Time to detect", d.Probe, []bar{a.bar(effect, d.KnownAt, "detect", seconds(d.SinceEffect))}})
	}
	if r := p.Recovery; r != nil && r.SteadyAt != nil && r.SinceFault > 0 {
		fault := r.SteadyAt.Add(-time.Duration(r.SinceFault * float64(time.Second)))
		all = append(all, lane{"Time to recover", "", []bar{a.bar(fault, *r.SteadyAt, "recover", seconds(r.SinceFault))}})
	}
	return all
}

func (p page) stepLanes(a axis) []lane {
	var all []lane
	shared := len(p.Steps) > mostStepLanes
	for _, s := range p.Steps {
		if s.Began == nil {
			continue
		}
		b := a.stepBar(s, p.Ended)
		n := len(all)
		switch {
		case !shared:
			all = append(all, lane{fmt.Sprintf("Step %d", s.N), s.Text, []bar{b}})
		case n > 0 && all[n-1].Name == s.Inject:
			b.Text = ""
			all[n-1].Bars = append(all[n-1].Bars, b)
			all[n-1].Detail = Counted(len(all[n-1].Bars), "step")
		default:
			b.Text = ""
			all = append(all, lane{s.Inject, "1 step", []bar{b}})
		}
	}
	return all
}

// stepBar goes from when a step was in effect until it was back, or to the end of the run where it is not.
func (a axis) stepBar(s Step, end time.Time) bar {
	from, to := *s.Began, end
	if s.Done != nil {
		from = *s.Done
	}
	text := s.State
	if s.Undone != nil {
		to = *s.Undone
		text = fmt.Sprintf("%s after %s", s.State, Span(to.Sub(from)))
	}
	return a.bar(from, to, "step "+class(s.State), text)
}

// Strip marks on the axis where the probe was out of bounds. What no screen would show apart is one mark.
func (p page) Strip(of Probe) []bar {
	const apart = 0.001
	a := p.axis()
	var all []bar
	for _, v := range of.Violations {
		b := a.bar(v.From, v.To, "out", "")
		if n := len(all); n > 0 && b.From-all[n-1].To < apart && b.From >= all[n-1].From {
			all[n-1].To = max(all[n-1].To, b.To)
		} else {
			all = append(all, b)
		}
	}
	return all
}

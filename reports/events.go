package reports

import (
	"fmt"
	"slices"
	"time"
)

// event is a line of the table behind the timeline.
type event struct {
	At   *time.Time
	What string
	Bad  bool
}

// Events are what the timeline shows, in the order of time.
func (p page) Events() []event {
	var all []event
	say := func(at *time.Time, bad bool, format string, args ...any) {
		if at != nil {
			all = append(all, event{at, fmt.Sprintf(format, args...), bad})
		}
	}
	for _, f := range p.Phases {
		say(&f.From, false, "%s begins", f.Name)
	}
	for _, s := range p.Steps {
		say(s.Done, false, "step %d is in effect: %s", s.N, s.Text)
		say(s.Undone, false, "step %d is %s", s.N, s.State)
	}
	for _, probe := range p.Probes {
		for _, v := range probe.Told() {
			say(&v.From, true, "%s leaves its bounds: %s", probe.ID(), v.Text)
			say(&v.To, false, "%s is back within its bounds", probe.ID())
		}
	}
	if d := p.Detection; d != nil {
		say(&d.KnownAt, true, "%s shows the fault, %s after the first step was in effect", d.Probe, seconds(d.SinceEffect))
	}
	if p.Recovery != nil {
		say(p.Recovery.SteadyAt, false, "every probe is steady again")
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.At.Compare(*b.At) })
	return all
}

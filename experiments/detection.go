package experiments

import (
	"time"

	"gameday/reports"
)

// detection finds the first reading that showed the fault, in the order in which they became known: that of a record may
// speak of an earlier moment and come minutes later. It is nil where nothing was in effect, or no probe left its bounds.
func (x *execution) detection(judged []reports.Probe) *reports.Detection {
	effect, ok := x.firstEffect()
	if !ok {
		return nil
	}
	var first *reports.Detection
	for i, p := range judged {
		for _, v := range p.Violations {
			known, ok := x.series[i].heardAt(v.From)
			if v.Phase != reports.Fault || !ok || first != nil && !known.Before(first.KnownAt) {
				continue
			}
			first = &reports.Detection{Probe: p.ID(), LeftAt: v.From, KnownAt: known, SinceEffect: max(0, known.Sub(effect)).Seconds()}
		}
	}
	return first
}

// firstEffect is when the first step was in effect, false where none was.
func (x *execution) firstEffect() (first time.Time, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, s := range x.steps {
		if s.done != nil && (!ok || s.done.Before(first)) {
			first, ok = *s.done, true
		}
	}
	return first, ok
}

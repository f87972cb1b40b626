package experiments

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gameday/probes"
	"gameday/reports"
)

// track is one probe with what it measured: all that judging it takes. It is a snapshot, and judging is pure.
type track struct {
	probe    Probe
	readings []probes.Reading
	spans    []window
}

// newTrack is told when the fault began, the zero time if it has not.
func newTrack(p Probe, readings []probes.Reading, fault time.Time) track {
	interval := p.Every
	if !p.looks() {
		interval = 0
	}
	return track{probe: p, readings: readings, spans: extents(readings, interval, fault)}
}

// looks reports whether the probe looks at the present, and does not ask a record with a period of its own.
func (p Probe) looks() bool { return p.Probe.Scale().Period == 0 }

// step is how far apart readings may be expected.
func (p Probe) step() time.Duration {
	return max(p.Every, p.Probe.Scale().Period)
}

// shortest is a silence that is never a hole in the record: a busy machine is silent that long.
const shortest = 3 * time.Second

// tolerance is how long a probe may be silent before its silence is a hole. A look at the present may come late. A
// record has no excuse: what has not arrived once everything late was waited for was not measured.
func (p Probe) tolerance() time.Duration {
	if p.looks() {
		return max(2*p.Every, shortest)
	}
	return p.Probe.Scale().Period / 2
}

// patience is how long to wait for what is missing of the probe's data. Only records arrive late.
func (p Probe) patience(late time.Duration) time.Duration {
	if p.looks() {
		return p.tolerance()
	}
	return late + p.tolerance()
}

// since leaves out the readings that began before at, like the minute of which the run saw only the end.
func (t track) since(at time.Time) track {
	for i, s := range t.spans {
		if !s.from.Before(at) {
			return track{t.probe, t.readings[i:], t.spans[i:]}
		}
	}
	return track{probe: t.probe}
}

// covers reports whether the probe spoke all through w, and where it did not. A record with a period of its own
// must have spoken of the very end, for it will, however late; a probe that looks at the present cannot be asked
// for more than its last look.
func (t track) covers(w window) (window, bool) {
	tail := time.Duration(0)
	if t.probe.looks() {
		tail = max(t.probe.step(), shortest)
	}
	gap, holed := hole(t.spans, w, t.probe.tolerance(), tail)
	return gap, !holed
}

// looked is how many looks at the present began in w.
func (t track) looked(w window) (n int) {
	for _, r := range t.readings {
		if (window{r.At, r.At}).touches(w) {
			n++
		}
	}
	return n
}

// unfinished is the probe's last word in w, and whether what it speaks of was still going on then.
func (t track) unfinished(w window) (probes.Reading, bool) {
	var last probes.Reading
	for i, s := range t.spans {
		if s.touches(w) {
			last = t.readings[i]
		}
	}
	return last, last.Open
}

// excess returns how far v lies out of the fixed bounds, 0 if it does not.
func (b Bounds) excess(v float64) float64 {
	switch {
	case b.Max != nil && v > *b.Max:
		return v - *b.Max
	case b.Min != nil && v < *b.Min:
		return *b.Min - v
	}
	return 0
}

// beyond is excess for a value of something that may have failed, which is further out than any value could be.
func (b Bounds) beyond(v float64, failed bool) float64 {
	if failed {
		return math.Inf(1)
	}
	return b.excess(v)
}

// outside adds up the time within w that the probe spent out of its fixed bounds, and lists the stretches that began
// in w. A stretch goes on until a reading is back within bounds, be that after w.
func (t track) outside(w window, phase string) (time.Duration, []reports.Violation) {
	total, stretches := t.stretches(w, phase, t.probe.Bounds.beyond)
	for i, v := range stretches {
		stretches[i].Text = t.describe(v) + lasted(v, w.from) + remark(v)
	}
	return total, stretches
}

// stretches finds where excess is above zero: how long within w, and in which stretches.
func (t track) stretches(w window, phase string, excess func(v float64, failed bool) float64) (time.Duration, []reports.Violation) {
	var total time.Duration
	var found []reports.Violation
	open := false
	for i, r := range t.readings {
		far := excess(r.Value, r.Failed)
		if far == 0 {
			open = false
			continue
		}
		within := t.spans[i].touches(w)
		if !within && !open {
			continue
		}
		total += t.spans[i].overlap(w)
		if !open {
			found = append(found, reports.Violation{From: t.spans[i].from, Phase: phase, Worst: r.Value, Failed: r.Failed, Note: r.Note})
			open = true
		}
		v := &found[len(found)-1]
		v.To = t.spans[i].to
		if r.Failed || far > excess(v.Worst, v.Failed) { // the last word on a failure knows most of it
			v.Worst, v.Failed, v.Note = r.Value, r.Failed, r.Note
		}
	}
	return total, found
}

// describe says which bound was broken, and by how much.
func (t track) describe(v reports.Violation) string {
	if v.Failed {
		return t.probe.value(v.Worst) + ", and failed"
	}
	b := t.probe.Bounds
	bound, side := b.Max, "above max"
	if b.Max == nil || v.Worst <= *b.Max {
		bound, side = b.Min, "below min"
	}
	return fmt.Sprintf("%s, %s %s by %s", t.probe.value(v.Worst), side, t.probe.value(*bound), t.probe.value(math.Abs(v.Worst-*bound)))
}

// lasted says for how long, and since when in its phase, which began at began.
func lasted(v reports.Violation, began time.Time) string {
	return fmt.Sprintf(", for %s, from %s into the %s", reports.Span(v.To.Sub(v.From)), reports.Span(max(0, v.From.Sub(began)).Round(time.Second)), phaseTitle(v.Phase))
}

// remark is what the worst reading said of itself.
func remark(v reports.Violation) string {
	if v.Note == "" {
		return ""
	}
	return ": " + v.Note
}

func phaseTitle(phase string) string {
	if phase == reports.Fault {
		return "fault phase"
	}
	return phase
}

// violated reports whether the probe broke its fixed bounds within w for longer than is tolerated, and says how.
// Where nothing is tolerated, a single reading is enough.
func (t track) violated(w window, phase string, allow time.Duration) (string, []reports.Violation, bool) {
	total, stretches := t.outside(w, phase)
	failed := slices.ContainsFunc(stretches, func(v reports.Violation) bool { return v.Failed })
	if len(stretches) == 0 || allow > 0 && total <= allow && !failed {
		return "", stretches, false
	}
	text := stretches[worst(t.probe.Bounds, stretches)].Text
	if allow > 0 {
		text += fmt.Sprintf(" (%s out of bounds in all, %s allowed)", reports.Span(total), reports.Span(allow))
	} else if len(stretches) > 1 {
		text += fmt.Sprintf(" (the worst of %d times, %s in all)", len(stretches), reports.Span(total))
	}
	return text, stretches, true
}

func worst(b Bounds, stretches []reports.Violation) int {
	at := 0
	for i, v := range stretches {
		if b.beyond(v.Worst, v.Failed) > b.beyond(stretches[at].Worst, stretches[at].Failed) {
			at = i
		}
	}
	return at
}

// value writes a value of the probe as people write it in a file: "3.2s", "0.1%", "12".
func (p Probe) value(v float64) string { return reports.Value(v, string(p.Probe.Scale().Unit)) }

// Rules says in one line what the probe is held to: "max 3s, up to 10s out of bounds".
func (p Probe) Rules() string { return probeReport(p).Rules() }

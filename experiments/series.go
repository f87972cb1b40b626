package experiments

import (
	"math"
	"slices"
	"sync"
	"time"

	"gameday/probes"
)

// series is what one probe has measured so far, in the order of time. Safe for concurrent use.
type series struct {
	mu       sync.Mutex
	readings []probes.Reading
	heard    []time.Time // when each of readings was first read as it stands
	failures []failure
	inRow    int       // failures since the last measurement that succeeded
	began    time.Time // the measurement under way; zero if none is
}

// failure is a measurement that could not be made.
type failure struct {
	at  time.Time // when it began
	err error
}

// begin takes note that a measurement begins.
func (s *series) begin(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = at
}

// busy reports whether a measurement that began before then is still under way.
func (s *series) busy(then time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.began.IsZero() && s.began.Before(then)
}

// merge takes new readings in. One that speaks of the same moment as an earlier one replaces it, because
// records like CloudWatch are revised. Values that are not numbers are no readings. It returns how many measurements
// in a row had failed before this one.
func (s *series) merge(fresh []probes.Reading) (failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	failed, s.inRow, s.began = s.inRow, 0, time.Time{}
	now := time.Now()
	for _, r := range fresh {
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			continue
		}
		at, found := slices.BinarySearchFunc(s.readings, r, func(a, b probes.Reading) int { return a.At.Compare(b.At) })
		if !found {
			s.readings, s.heard = slices.Insert(s.readings, at, r), slices.Insert(s.heard, at, now)
			continue
		}
		if was := s.readings[at]; was.Value != r.Value || was.Failed != r.Failed {
			s.heard[at] = now
		}
		s.readings[at] = r
	}
	return failed
}

// fail takes note of a measurement that could not be made, and returns how many that makes in a row.
func (s *series) fail(f failure) (failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, f)
	s.inRow, s.began = s.inRow+1, time.Time{}
	return s.inRow
}

// blind returns how many measurements have failed in a row, and the last failure.
func (s *series) blind() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inRow == 0 {
		return 0, nil
	}
	return s.inRow, s.failures[len(s.failures)-1].err
}

// failed returns a copy of all measurements that could not be made.
func (s *series) failed() []failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.failures)
}

// all returns a copy of the readings.
func (s *series) all() []probes.Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.readings)
}

// newest returns a copy of the last n readings, or of all where there are fewer.
func (s *series) newest(n int) []probes.Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.readings[max(0, len(s.readings)-n):])
}

// heardAt returns when the reading of a moment was first read as it stands now, false where there is none.
func (s *series) heardAt(at time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := slices.BinarySearchFunc(s.readings, at, func(r probes.Reading, at time.Time) int { return r.At.Compare(at) })
	if !found {
		return time.Time{}, false
	}
	return s.heard[i], true
}

// last returns the newest reading.
func (s *series) last() (probes.Reading, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.readings) == 0 {
		return probes.Reading{}, false
	}
	return s.readings[len(s.readings)-1], true
}

// resume is the moment from which to ask a record again: three periods before its newest reading, or the reading
// before the first hole that is no older than horizon. The zero time asks for everything.
func (s *series) resume(period, horizon time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.readings)
	if n == 0 {
		return time.Time{}
	}
	newest := s.readings[n-1].At
	from := newest.Add(-3 * period)
	for i := n - 1; i > 0 && newest.Sub(s.readings[i].At) < horizon; i-- {
		before := s.readings[i-1]
		if holed := s.readings[i].At.Sub(before.At) > max(before.Span, period); holed && before.At.Before(from) {
			from = before.At
		}
	}
	return from
}

// window is a stretch of time, [from, to).
type window struct{ from, to time.Time }

func (w window) length() time.Duration { return w.to.Sub(w.from) }

// overlap is how much of w lies in v.
func (w window) overlap(v window) time.Duration {
	from, to := w.from, w.to
	if v.from.After(from) {
		from = v.from
	}
	if v.to.Before(to) {
		to = v.to
	}
	return max(0, to.Sub(from))
}

// touches reports whether w and v share a moment; an empty window is a moment.
func (w window) touches(v window) bool {
	if w.length() == 0 {
		return !w.from.Before(v.from) && w.from.Before(v.to)
	}
	return w.overlap(v) > 0
}

// within reports whether all of w lies in v.
func (w window) within(v window) bool {
	return !w.from.Before(v.from) && !w.to.After(v.to)
}

// extents says what stretch of time each reading speaks for: its own span, and for a look at the present all the
// time until the next look, at most one interval. What was seen before the fault says nothing of what it does: a look
// that was over by then ends to speak there. A record with a period of its own speaks for its spans alone.
func extents(readings []probes.Reading, interval time.Duration, fault time.Time) []window {
	spans := make([]window, len(readings))
	for i, r := range readings {
		until := interval
		if i+1 < len(readings) {
			until = min(until, readings[i+1].At.Sub(r.At))
		}
		if r.At.Before(fault) {
			until = min(until, fault.Sub(r.At))
		}
		spans[i] = window{r.At, r.At.Add(max(r.Span, until))}
	}
	return spans
}

// hole returns the first stretch of w of which the readings do not speak. Between readings a silence of up to
// tolerance is none; at the end of w the silence may last up to tail, unless a later reading shows how long it was.
func hole(spans []window, w window, tolerance, tail time.Duration) (window, bool) {
	heard, end, allowed, spoken := w.from, w.to, tail, false
	for _, s := range spans {
		if !s.to.After(w.from) && !s.touches(w) {
			continue
		}
		if !s.from.Before(w.to) {
			end, allowed = s.from, tolerance
			break
		}
		if s.from.Sub(heard) > tolerance {
			return window{heard, s.from}, true
		}
		spoken = true
		if s.to.After(heard) {
			heard = s.to
		}
	}
	if !spoken {
		return w, true
	}
	return window{heard, end}, end.Sub(heard) > allowed
}

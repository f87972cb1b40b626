package load

import (
	"math"
	"time"
)

// schedule says when requests are due. It depends on nothing but itself: not on the target, not on the machine.
type schedule interface {
	due(n uint64) time.Duration    // of request n, counted from 0, after the start; never decreasing
	before(t time.Duration) uint64 // how many requests are due before t
}

// schedule is when a Spec asks for requests.
func (s Spec) schedule() (schedule, error) {
	if s.Timing == nil {
		return constant(s.Rate), nil
	}
	pattern, err := s.Timing.Pattern()
	if err != nil {
		return nil, err
	}
	return timed{pattern, s.Rate}, nil
}

// constant is a fixed arrival rate, in requests per second. The interval is not rounded, so that it never drifts.
type constant float64

func (c constant) due(n uint64) time.Duration {
	t := float64(n) / float64(c) * float64(time.Second)
	if t >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(t)
}

func (c constant) before(t time.Duration) uint64 {
	if t <= 0 {
		return 0
	}
	n := uint64(t.Seconds() * float64(c))
	for n > 0 && c.due(n-1) >= t {
		n--
	}
	for c.due(n) < t {
		n++
	}
	return n
}

package load

import (
	"errors"
	"fmt"
	"sort"
	"time"
)

// schedule says when requests are due. It depends on nothing but itself: not on the target, not on the machine.
type schedule interface {
	due(n uint64) time.Duration    // of request n, counted from 0, after the start; never decreasing; forever where there are fewer
	before(t time.Duration) uint64 // how many requests are due before t
}

// schedule is when a Spec asks for requests.
func (s Spec) schedule() (schedule, error) {
	shape := s.Shape
	switch {
	case len(shape) == 0 && !(s.Rate > 0):
		return nil, fmt.Errorf("a rate of %v per second is no load", s.Rate)
	case len(shape) == 0 && s.WarmUp > 0:
		shape = append(Shape{{For: s.WarmUp, To: s.Rate}}, Constant(s.Rate)...)
	case len(shape) == 0:
		shape = Constant(s.Rate)
	case s.Rate != 0:
		return nil, errors.New("a load has either a rate or a shape")
	}
	if err := shape.check(); err != nil {
		return nil, err
	}
	if s.Timing == nil {
		return shape.course(), nil
	}
	pattern, err := s.Timing.Pattern()
	if err != nil {
		return nil, err
	}
	return timed{pattern, shape.course()}, nil
}

// count is how many requests are due before t, found from about how many there are.
func count(due func(n uint64) time.Duration, t time.Duration, about uint64) uint64 {
	low, high := about, about
	for step := uint64(1); low > 0 && due(low-1) >= t; step *= 2 {
		high = low - 1
		low -= min(step, low)
	}
	for step := uint64(1); due(high) < t; step *= 2 {
		low = high + 1
		high += step
	}
	return low + uint64(sort.Search(int(high-low), func(i int) bool { return due(low+uint64(i)) >= t }))
}

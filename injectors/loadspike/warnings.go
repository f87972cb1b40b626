package loadspike

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/load"
)

// perProcessor is how many requests a second one processor sends at most, with what it takes to receive the answers.
const perProcessor = 10_000

// AWS advises to grow traffic by no more than half within five minutes where it meets a load balancer that has not been prepared:
// https://aws.amazon.com/articles/best-practices-in-evaluating-elastic-load-balancing/
const (
	calmGrowth = 0.5
	calmTime   = 5 * time.Minute
)

// patience is how long an answer may take before the connections for it are called too few.
const patience = time.Second

// many is how many requests more are called a cost.
const many = 1_000_000

// warnings are what an expert would raise. In a lab nothing costs anything and no load balancer has to grow.
func (s *Step) warnings(env *cloud.Env, spec load.Spec) (said []string) {
	warn := func(format string, args ...any) {
		said = append(said, fmt.Sprintf("load %q ", s.Load)+fmt.Sprintf(format, args...))
	}
	more, _ := highest(s.Shape)
	peak := s.Rate + more
	if need := peak * patience.Seconds(); float64(spec.Connections) < need {
		warn("has %d connections: at its peak of %s all of them are busy once an answer takes longer than %.3gms on average, and requests begin to wait here. By Little's law, answers of %s take connections = %.0f",
			spec.Connections, written(peak), 1000*float64(spec.Connections)/peak, patience, math.Ceil(need))
	}
	if can := perProcessor * runtime.GOMAXPROCS(0); peak > float64(can) {
		warn("comes to %s, and a machine with %d processors is not likely to send more than %d/s: where it cannot keep up, the run is inconclusive", written(peak), runtime.GOMAXPROCS(0), can)
	}
	if spec.Timing != nil {
		warn("is timed as in its logs, and what it grows by comes evenly")
	}
	if env.Local() {
		return said
	}
	if growth := s.steepest(); growth > calmGrowth {
		warn("grows by %.0f%% within five minutes, and AWS advises no more than %.0f%% for load balancers that are not prepared: reserve capacity (LCUs) beforehand, or what fails may be the load balancer alone",
			100*growth, 100*calmGrowth)
	}
	if n := s.bounded().Requests(); n > many {
		warn("sends %s more, and what is paid for by the request (load balancers, functions, firewalls, logs) costs accordingly", fmt.Sprintf("%.3g million requests", n/1e6))
	}
	return said
}

// steepest is by what share of itself the load grows in the worst five minutes.
func (s *Step) steepest() (worst float64) {
	var at time.Duration
	for _, p := range append(slices.Clone(s.Shape), load.Piece{}) { // it is worst where a piece begins or ends
		for _, end := range []time.Duration{at, at + calmTime} {
			before := s.Rate
			if end > calmTime {
				before = s.rate(end - calmTime)
			}
			worst = max(worst, s.rate(end)/before-1)
		}
		at += p.For
	}
	return worst
}

// rate is how many requests a second there are at a moment of the spike.
func (s *Step) rate(at time.Duration) float64 {
	for _, p := range s.Shape {
		if at >= p.For && p.For > 0 {
			at -= p.For
			continue
		}
		from, to, share := s.Rate+p.From, s.Rate+p.To, 0.0
		if p.For > 0 {
			share = float64(at) / float64(p.For)
		}
		if p.Curve == load.Exponential {
			return from * math.Pow(to/from, share)
		}
		return from + (to-from)*share
	}
	return s.Rate
}

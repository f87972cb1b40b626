package alb5xx

import (
	"fmt"
	"time"

	"gameday/internal/metrics"
	"gameday/probes"
)

// counts are what CloudWatch knows of a load balancer's requests. All but requests exist only where they are not zero.
type counts struct {
	requests   metrics.Points   // for which a target was chosen, whoever answered in the end
	byTargets  metrics.Points   // 5xx that targets answered
	byBalancer metrics.Points   // 5xx that the load balancer made, whether or not a target was chosen
	noTarget   []metrics.Points // those among byBalancer that are made before a target is chosen
}

// join turns counts into readings.
//
// An absent count is zero where there is a count of requests to hold it against, and unknown elsewhere: a period
// with no requests at all has no reading. The requests of a period are those that chose a target and those that
// were refused before, which RequestCount leaves out; and never fewer than the errors among them, so that errors
// cannot vanish because the requests that they belong to were counted elsewhere, or a moment earlier.
func join(source string, w metrics.Window, c counts) []probes.Reading {
	var readings []probes.Reading
	for start := range w.Starts() {
		target, balancer := c.byTargets[start], c.byBalancer[start]
		errors, requests := target, c.requests[start]
		if source != byTargets {
			refused := c.refused(start)
			requests = max(requests, target) + refused
			errors = balancer
			if source == byBoth {
				errors += target
			}
		}
		requests = max(requests, errors)
		if requests == 0 {
			continue
		}
		readings = append(readings, probes.Reading{
			At: start, Span: w.Period, Value: errors / requests, Of: requests, Note: note(source, target, balancer),
		})
	}
	return readings
}

// refused is the number of requests for which no target was chosen.
func (c counts) refused(start time.Time) float64 {
	total := 0.0
	for _, points := range c.noTarget {
		total += points[start]
	}
	return total
}

func note(source string, target, balancer float64) string {
	if source != byBoth || target+balancer == 0 {
		return ""
	}
	return fmt.Sprintf("%g made by the load balancer, %g by targets", balancer, target)
}

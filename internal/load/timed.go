package load

import (
	"math"
	"time"

	"gameday/internal/load/traffic"
)

// timed is a schedule on which requests come as unevenly as they once did, at a rate that they have on average.
type timed struct {
	pattern *traffic.Pattern
	rate    course
}

func (c timed) due(n uint64) time.Duration {
	whole, part := math.Modf(c.pattern.Position(n))
	return c.rate.at(uint64(whole), part)
}

func (c timed) before(t time.Duration) uint64 {
	if t <= 0 {
		return 0
	}
	return count(c.due, t, c.pattern.Before(float64(c.rate.before(t))))
}

package load

import (
	"math"
	"time"

	"gameday/internal/load/traffic"
)

// timed is a schedule on which requests come as unevenly as they once did, at a rate of so many a second on average.
type timed struct {
	pattern *traffic.Pattern
	rate    float64
}

func (c timed) due(n uint64) time.Duration {
	t := c.pattern.Position(n) / c.rate * float64(time.Second)
	if t >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(t)
}

func (c timed) before(t time.Duration) uint64 {
	if t <= 0 {
		return 0
	}
	n := c.pattern.Before(t.Seconds() * c.rate)
	for n > 0 && c.due(n-1) >= t {
		n--
	}
	for c.due(n) < t {
		n++
	}
	return n
}

package load

import (
	"maps"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func newSecond(at time.Time) Second {
	return Second{
		At: at, NotSent: map[string]uint64{}, Answered: map[int]uint64{}, Failed: map[string]uint64{},
		Latency: newHistogram(), Service: newHistogram(), Lag: newHistogram(),
	}
}

// add merges what happened in t into s. Distributions are added up, count by count: percentiles of the sum are
// exact to the histogram's three digits, which averages of percentiles never are.
func (s *Second) add(t Second) {
	s.Scheduled += t.Scheduled
	s.Sent += t.Sent
	s.Behind += t.Behind
	s.Waited += t.Waited
	addUp(s.NotSent, t.NotSent)
	addUp(s.Answered, t.Answered)
	addUp(s.Failed, t.Failed)
	s.Latency.Merge(t.Latency)
	s.Service.Merge(t.Service)
	s.Lag.Merge(t.Lag)
}

func (s Second) clone() Second {
	s.NotSent, s.Answered, s.Failed = maps.Clone(s.NotSent), maps.Clone(s.Answered), maps.Clone(s.Failed)
	s.Latency, s.Service, s.Lag = s.Latency.Clone(), s.Service.Clone(), s.Lag.Clone()
	return s
}

func addUp[K comparable](to, from map[K]uint64) {
	for k, n := range from {
		to[k] += n
	}
}

// Histograms hold microseconds, up to ten minutes, with three significant digits.
const longest = 10 * time.Minute

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), 3)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(d, 0), longest).Microseconds()
	if err := h.RecordValue(us); err != nil {
		panic("load: a value within bounds was refused: " + err.Error())
	}
}

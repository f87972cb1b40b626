package metrics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Point is a statistic's value over one period.
type Point struct {
	At    time.Time // the beginning of the period
	Value float64
}

// Statistic is a way to make one number of many: "Sum", "Average", "Minimum", "Maximum", "SampleCount", "p99", "p99.9".
type Statistic struct {
	name     string
	quantile float64 // 0 to 1, for percentiles
}

// ParseStatistic reads a statistic by CloudWatch's name.
func ParseStatistic(name string) (Statistic, error) {
	switch name {
	case "Sum", "Average", "Minimum", "Maximum", "SampleCount":
		return Statistic{name: name}, nil
	}
	if number, is := strings.CutPrefix(strings.ToLower(name), "p"); is {
		percent, err := strconv.ParseFloat(number, 64)
		if err == nil && percent >= 0 && percent <= 100 {
			return Statistic{name: "p", quantile: percent / 100}, nil
		}
	}
	return Statistic{}, fmt.Errorf("the statistic %q is not one of Sum, Average, Minimum, Maximum, SampleCount, p0 to p100", name)
}

func (s Statistic) of(c *Cell) (float64, bool) {
	switch s.name {
	case "Sum":
		return c.Sum, true
	case "Average":
		return c.Sum / c.Count, true
	case "Minimum":
		return c.Min, true
	case "Maximum":
		return c.Max, true
	case "SampleCount":
		return c.Count, true
	}
	return c.quantile(s.quantile)
}

// Query returns a statistic of one series for every period that begins in [from, to) and has visible data, in the order
// of time. Periods begin at multiples of period since the epoch, and from is rounded down to one. A period whose buckets
// are not all visible yet is computed from those that are, and will be revised.
func (s *Store) Query(id ID, st Statistic, period time.Duration, from, to time.Time) []Point {
	points, _ := s.query(id, st, period, from, to, time.Now())
	return points
}

// Unit returns the unit of a series, "None" where it is not known.
func (s *Store) Unit(id ID) string {
	key, _ := id.canonical()
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.series[key]; found != nil {
		return found.unit
	}
	return "None"
}

func (s *Store) query(id ID, st Statistic, period time.Duration, from, to, now time.Time) ([]Point, bool) {
	if s.options.Silent {
		return nil, false
	}
	key, _ := id.canonical()
	from, horizon := align(from, period), s.horizon(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.series[key]
	if found == nil {
		return nil, false
	}
	first, _ := slices.BinarySearchFunc(found.buckets, from, func(b bucket, t time.Time) int { return b.at.Compare(t) })
	var points []Point
	for i := first; i < len(found.buckets); {
		at := align(found.buckets[i].at, period)
		if !at.Before(to) || !found.buckets[i].at.Before(horizon) {
			break
		}
		var whole Cell
		for ; i < len(found.buckets); i++ {
			b := &found.buckets[i]
			if !align(b.at, period).Equal(at) || !b.at.Before(horizon) {
				break
			}
			whole.merge(b.cell)
		}
		if value, has := st.of(&whole); has {
			points = append(points, Point{At: at, Value: value})
		}
	}
	return points, true
}

// align returns the beginning of the period that t falls into. Truncate would count from the year 1.
func align(t time.Time, period time.Duration) time.Time {
	epoch := time.Unix(0, 0).UTC()
	return epoch.Add(t.Sub(epoch).Truncate(period))
}

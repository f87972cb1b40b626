package reports

import (
	"math"
	"slices"
)

// loadChart is a load as the page's script draws it: what was asked for and delivered, and how long it took.
type loadChart struct {
	X         []int64   `json:"x"` // as in chart
	Scheduled []uint64  `json:"scheduled"`
	Sent      []uint64  `json:"sent"`
	Errors    []uint64  `json:"errors"`
	P50       []float64 `json:"p50"`
	P99       []float64 `json:"p99"`
	Max       []float64 `json:"max"`
	Per       int       `json:"per"` // how many seconds each point stands for

	Heat        []heatColumn `json:"heat"`
	PerDoubling int          `json:"perDoubling"` // of the buckets
}

// heatColumn is a stretch of time in the map of latencies.
type heatColumn struct {
	From   int64    `json:"from"` // milliseconds since the axis begins
	To     int64    `json:"to"`
	First  int      `json:"first"` // as in Histogram
	Counts []uint64 `json:"counts"`
}

// mostColumns is how many columns a map of latencies has at most: no screen shows more of them beside each other.
const mostColumns = 600

// loadChart draws every second of the first hour's worth of them; of more, the worst of each few.
func (r *Result) loadChart(l Load) loadChart {
	a := r.axis()
	since := func(s LoadSecond) int64 { return int64(math.Round((unix(s.At) - a.From) * 1000)) }
	c := loadChart{Per: max(1, (len(l.Seconds)+mostReadings-1)/mostReadings), PerDoubling: perDoubling}
	last := int64(0)
	for few := range slices.Chunk(l.Seconds, c.Per) {
		var worst LoadSecond
		for _, s := range few {
			worst.Scheduled, worst.Sent, worst.Errors = worst.Scheduled+s.Scheduled, worst.Sent+s.Sent, worst.Errors+s.Errors
			worst.P50, worst.P99, worst.Max = max(worst.P50, s.P50), max(worst.P99, s.P99), max(worst.Max, s.Max)
		}
		at := since(few[0])
		c.X, last = append(c.X, at-last), at
		c.Scheduled, c.Sent, c.Errors = append(c.Scheduled, worst.Scheduled), append(c.Sent, worst.Sent), append(c.Errors, worst.Errors)
		c.P50, c.P99, c.Max = append(c.P50, significant(worst.P50)), append(c.P99, significant(worst.P99)), append(c.Max, significant(worst.Max))
	}
	for few := range slices.Chunk(l.Seconds, max(1, (len(l.Seconds)+mostColumns-1)/mostColumns)) {
		var h Histogram
		for _, s := range few {
			h.Merge(s.Histogram)
		}
		if len(h.Counts) > 0 {
			c.Heat = append(c.Heat, heatColumn{since(few[0]), since(few[len(few)-1]) + 1000, h.First, h.Counts})
		}
	}
	return c
}

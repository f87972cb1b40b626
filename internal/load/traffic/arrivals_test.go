package traffic_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"gameday/internal/load/traffic"
)

// came is a line of a log of a request that came at that time.
func came(at time.Time) string {
	return strings.Replace(in2018, "2018-07-02T22:22:48.364000Z", at.Format("2006-01-02T15:04:05.000000Z"), 1)
}

func TestArrivalsAreThoseOfTheLog(t *testing.T) {
	begin := time.Date(2026, 11, 23, 23, 59, 58, 995e6, time.UTC)
	offsets := []time.Duration{7500, 0, 3, 3, 40, 7000, 1005, 1004} // milliseconds, and in no order
	var lines []string
	for _, ms := range offsets {
		lines = append(lines, came(begin.Add(ms*time.Millisecond)))
	}
	timing, err := read(t, []string{"GET"}, file(t, "a.log", lines...)).Arrivals.Timing()
	if err != nil {
		t.Fatal(err)
	}
	p, err := timing.Pattern()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Rate(), 8/7.51; math.Abs(got-want) > 0.001 {
		t.Errorf("%.3f a second on average, want %.3f", got, want)
	}
	for n, ms := range []float64{0, 3, 3, 40, 1004, 1005, 7000, 7500} {
		if at := p.Position(uint64(n)) / p.Rate() * 1000; math.Abs(at-ms) > 10 {
			t.Errorf("request %d comes at %.0f ms, and came at %.0f", n, at, ms)
		}
	}
}

// A log from before there was a field for it says when a request was answered, and how long that took.
func TestArrivalsOfOldLogs(t *testing.T) {
	slow := strings.Replace(in2016, "0.000 0.001 0.000", "0.500 1.000 0.500", 1)
	timing, err := read(t, []string{"GET"}, file(t, "a.log", in2016, slow)).Arrivals.Timing()
	if err != nil {
		t.Fatal(err)
	}
	p, err := timing.Pattern()
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Position(1) / p.Rate(); math.Abs(got-2) > 0.02 {
		t.Errorf("the request that was answered 2 s sooner came %.2f s before the other", got)
	}
}

func TestTimingOfDaysIsRefused(t *testing.T) {
	begin := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	_, err := read(t, []string{"GET"}, file(t, "a.log", came(begin), came(begin.Add(25*time.Hour)))).Arrivals.Timing()
	if want := "these logs go from 2026-11-20 00:00:00 to 2026-11-21 01:00:00, and the timing of at most 24h is replayed: name fewer files"; fmt.Sprint(err) != want {
		t.Error(err)
	}
}

func TestTimingsThatAreNone(t *testing.T) {
	for _, counts := range [][]byte{nil, {0, 0}, {0x80}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}} {
		if _, err := (&traffic.Timing{Counts: counts}).Pattern(); err == nil {
			t.Errorf("%v is a pattern", counts)
		}
	}
}

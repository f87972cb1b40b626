package metrics_test

import (
	"slices"
	"testing"
	"time"

	"gameday/internal/attr"
	"gameday/internal/metrics"
)

func at(clock string) time.Time {
	t, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		panic(err)
	}
	return t.AddDate(2026, 0, 0)
}

func TestFinal(t *testing.T) {
	for _, c := range []struct {
		name          string
		from, to, now string
		want          []string
	}{
		{"whole periods", "10:00:00", "10:03:00", "11:00:00", []string{"10:00:00", "10:01:00", "10:02:00"}},
		{"periods that only overlap", "10:00:59", "10:01:01", "11:00:00", []string{"10:00:00", "10:01:00"}},
		{"one moment short of settled", "10:00:00", "10:03:00", "10:03:59", []string{"10:00:00", "10:01:00"}},
		{"just settled", "10:00:00", "10:03:00", "10:04:00", []string{"10:00:00", "10:01:00", "10:02:00"}},
		{"the present", "10:00:00", "10:00:30", "10:00:30", nil},
		{"a moment", "10:00:00", "10:00:00", "11:00:00", nil},
	} {
		w := metrics.Final(at(c.from), at(c.to), at(c.now), time.Minute)
		var got []string
		for start := range w.Starts() {
			got = append(got, start.Format(time.TimeOnly))
		}
		if !slices.Equal(got, c.want) || w.Empty() != (len(c.want) == 0) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPeriodsAreThoseOfTheClockInUTC(t *testing.T) {
	zone := time.FixedZone("half past", 90*60)
	w := metrics.Final(at("10:17:00").In(zone), at("10:18:00").In(zone), at("12:00:00"), time.Hour)
	if !w.From.Equal(at("10:00:00")) || !w.To.Equal(at("11:00:00")) {
		t.Errorf("got %v to %v", w.From, w.To)
	}
}

func TestPeriodsAreCountedFromTheEpoch(t *testing.T) {
	for _, period := range []time.Duration{7 * time.Minute, 11 * time.Minute, time.Hour, 24 * time.Hour} {
		w := metrics.Final(at("10:00:01"), at("10:30:01"), at("23:00:00").AddDate(0, 0, 2), period)
		seconds := int64(period.Seconds())
		if w.From.Unix()%seconds != 0 || w.To.Unix()%seconds != 0 || w.From.After(at("10:00:01")) || w.To.Before(at("10:30:01")) {
			t.Errorf("%s: got %v to %v", period, w.From, w.To)
		}
	}
}

func TestPeriodIsOneThatCloudWatchKnows(t *testing.T) {
	for written, want := range map[attr.Duration]time.Duration{
		"100ms": time.Second, "1s": time.Second, "8.5s": 10 * time.Second, "31s": time.Minute,
		"60s": time.Minute, "61s": 2 * time.Minute, "5m": 5 * time.Minute,
	} {
		if got := metrics.Period(written); got != want {
			t.Errorf("Period(%q) = %s, want %s", written, got, want)
		}
	}
}

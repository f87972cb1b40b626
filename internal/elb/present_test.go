package elb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/lab/metrics"
	"gameday/internal/labtest"
)

// The minute that is going on and the one before it are not final, and those of an hour ago are not the present.
func TestThePresentRateIsTheMedianOfTheLastMinutes(t *testing.T) {
	for _, c := range []struct {
		name    string
		minutes map[int]uint64 // requests, by how many minutes ago
		want    elb.Rate
	}{
		{"steady", map[int]uint64{2: 600, 3: 600, 4: 600, 5: 600, 6: 600}, elb.Rate{PerSecond: 10, Minutes: 5}},
		{"one wild minute", map[int]uint64{0: 9, 1: 9, 2: 6000, 3: 600, 4: 660, 5: 600, 6: 540, 7: 9, 8: 9}, elb.Rate{PerSecond: 10, Minutes: 5}},
		{"late", map[int]uint64{5: 60, 6: 180}, elb.Rate{PerSecond: 2, Minutes: 2}},
		{"silent now", map[int]uint64{0: 60, 1: 60, 9: 60}, elb.Rate{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, env := labtest.Start(t, lab.Options{})
			dimensions, err := elb.Dimensions(t.Context(), env, "web", "")
			if err != nil {
				t.Fatal(err)
			}
			id := metrics.ID{Namespace: elb.Namespace, Name: "RequestCount"}
			for name, value := range dimensions {
				id.Dimensions = append(id.Dimensions, metrics.Dimension{Name: name, Value: value})
			}
			labtest.Until(t, "a minute that lasts", func() bool { return time.Now().Second() < 50 })
			now := time.Now().UTC().Truncate(time.Minute)
			for ago, n := range c.minutes {
				l.Metrics.Put(id, "Count", now.Add(-time.Duration(ago)*time.Minute), metrics.Total(n))
			}
			got, err := elb.Present(t.Context(), env, "web")
			if got != c.want || (err == nil) != (c.want.Minutes > 0) || err != nil && !errors.Is(err, elb.ErrSilent) {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
	_, env := labtest.Start(t, lab.Options{})
	if _, err := elb.Present(t.Context(), env, "wbe"); err == nil || !strings.Contains(err.Error(), `"web"`) {
		t.Errorf("a load balancer that is not there: %v", err)
	}
}

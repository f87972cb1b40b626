package metrics

import (
	"context"
	"math"
	"testing"
	"time"
)

var start = time.Date(2025, 11, 23, 10, 0, 0, 0, time.UTC)

func must(t *testing.T, name string) Statistic {
	t.Helper()
	st, err := ParseStatistic(name)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func id(name string, dims ...string) ID {
	v := ID{Namespace: "AWS/ApplicationELB", Name: name}
	for i := 0; i < len(dims); i += 2 {
		v.Dimensions = append(v.Dimensions, Dimension{dims[i], dims[i+1]})
	}
	return v
}

func TestStatisticsOverAPeriodMergeItsBuckets(t *testing.T) {
	s := New(Options{Resolution: time.Second})
	series := id("TargetResponseTime", "LoadBalancer", "app/web/1", "AvailabilityZone", "eu-west-1a")
	for second := range 10 {
		for i := range 100 {
			s.Put(series, "Seconds", start.Add(time.Duration(second)*time.Second), One(float64(second*100+i+1)))
		}
	}
	turned := id("TargetResponseTime", "AvailabilityZone", "eu-west-1a", "LoadBalancer", "app/web/1")
	for name, want := range map[string]float64{
		"Sum": 125250, "Average": 250.5, "Minimum": 1, "Maximum": 500, "SampleCount": 500, "p99": 495, "p50": 250, "p100": 500, "p0": 1,
	} {
		points := s.Query(turned, must(t, name), 5*time.Second, start, start.Add(10*time.Second))
		if len(points) != 2 {
			t.Fatalf("%s: want two periods, got %v", name, points)
		}
		if math.Abs(points[0].Value-want) > 1e-9 || !points[0].At.Equal(start) {
			t.Errorf("%s: want %g at %v, got %v", name, want, start, points[0])
		}
	}
	if unit := s.Unit(turned); unit != "Seconds" {
		t.Errorf("unit %q", unit)
	}
}

func TestAWindowTakesThePeriodsThatBeginInIt(t *testing.T) {
	s := New(Options{Resolution: time.Second})
	for second := range 20 {
		s.Put(id("RequestCount"), "Count", start.Add(time.Duration(second)*time.Second), Total(1))
	}
	points := s.Query(id("RequestCount"), must(t, "Sum"), 5*time.Second, start.Add(7*time.Second), start.Add(15*time.Second))
	if len(points) != 2 || !points[0].At.Equal(start.Add(5*time.Second)) || points[0].Value != 5 || points[1].Value != 5 {
		t.Errorf("got %v", points)
	}
}

func TestABucketIsInvisibleUntilTheDelayHasPassed(t *testing.T) {
	s := New(Options{Resolution: time.Second, Delay: 3 * time.Second})
	s.Put(id("RequestCount"), "Count", start, Total(7))
	look := func(now time.Time) int {
		points, _ := s.query(id("RequestCount"), must(t, "Sum"), time.Second, start, start.Add(time.Minute), now)
		return len(points)
	}
	if n := look(start.Add(3999 * time.Millisecond)); n != 0 {
		t.Errorf("visible too early")
	}
	if n := look(start.Add(4 * time.Second)); n != 1 {
		t.Errorf("still invisible")
	}
}

func TestNothingPutIsNothingThere(t *testing.T) {
	s := New(Options{Resolution: time.Second})
	s.Put(id("HTTPCode_ELB_5XX_Count"), "Count", start, Total(0))
	if all := s.List("", "", nil); len(all) != 0 {
		t.Errorf("a metric without a value was published: %v", all)
	}
	silent := New(Options{Resolution: time.Second, Silent: true})
	silent.Put(id("RequestCount"), "Count", start, Total(5))
	if len(silent.List("", "", nil)) != 0 || len(silent.Query(id("RequestCount"), must(t, "Sum"), time.Second, start, start.Add(time.Hour))) != 0 {
		t.Error("a silent store spoke")
	}
}

func TestListFindsByNamespaceNameAndDimensions(t *testing.T) {
	s := New(Options{Resolution: time.Second})
	s.Put(id("RequestCount", "LoadBalancer", "a"), "Count", start, Total(1))
	s.Put(id("RequestCount", "LoadBalancer", "b", "TargetGroup", "g"), "Count", start, Total(1))
	for _, c := range []struct {
		dims []Dimension
		want int
	}{
		{nil, 2}, {[]Dimension{{"LoadBalancer", ""}}, 2}, {[]Dimension{{"LoadBalancer", "a"}}, 1}, {[]Dimension{{"TargetGroup", ""}}, 1}, {[]Dimension{{"Zone", ""}}, 0},
	} {
		if got := s.List("AWS/ApplicationELB", "RequestCount", c.dims); len(got) != c.want {
			t.Errorf("%v: want %d, got %v", c.dims, c.want, got)
		}
	}
}

func TestUnknownStatisticsAreRefused(t *testing.T) {
	for _, name := range []string{"", "Median", "p", "p101", "p-1", "sum"} {
		if _, err := ParseStatistic(name); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func TestAlarmsFollowTheirMetric(t *testing.T) {
	for _, c := range []struct {
		name, missing string
		toAlarm       int
		values        []float64 // of the last three periods; negative is none
		want          string
	}{
		{"all breach", "missing", 0, []float64{5, 5, 5}, StateAlarm},
		{"one does not", "missing", 0, []float64{5, 1, 5}, StateOK},
		{"two of three suffice", "missing", 2, []float64{5, 1, 5}, StateAlarm},
		{"no data", "missing", 0, []float64{-1, -1, -1}, StateInsufficient},
		{"no data is fine", "notBreaching", 0, []float64{-1, -1, -1}, StateOK},
		{"no data is bad", "breaching", 0, []float64{-1, -1, -1}, StateAlarm},
		{"no data changes nothing", "ignore", 0, []float64{-1, -1, -1}, "before"},
		{"a gap counts as fine", "notBreaching", 0, []float64{5, -1, 5}, StateOK},
		{"a gap counts as bad", "breaching", 0, []float64{5, -1, 5}, StateAlarm},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{Resolution: time.Second})
			a := Alarm{
				Name: "a", Metric: id("Errors"), Statistic: "Sum", Period: time.Second, Periods: 3, ToAlarm: c.toAlarm,
				Comparison: "GreaterThanThreshold", Threshold: 2, MissingData: c.missing,
			}
			if err := s.PutAlarm(a); err != nil {
				t.Fatal(err)
			}
			s.SetAlarmState("a", "before", "by hand")
			for i, v := range c.values {
				if v >= 0 {
					s.Put(id("Errors"), "Count", start.Add(time.Duration(i)*time.Second), One(v))
				}
			}
			s.evaluate(start.Add(3 * time.Second))
			got := s.Alarms()[0]
			if got.State != c.want {
				t.Errorf("want %s, got %s: %s", c.want, got.State, got.Reason)
			}
			s.evaluate(start.Add(3*time.Second + time.Millisecond))
			if again := s.Alarms()[0]; !again.Updated.Equal(got.Updated) {
				t.Error("the state's time moved although the state did not")
			}
		})
	}
}

func TestRunCollectsEveryBucketOnce(t *testing.T) {
	s := New(Options{Resolution: 20 * time.Millisecond})
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	seen := make(chan time.Time)
	s.Collect(func(bucket time.Time) {
		select {
		case seen <- bucket:
		case <-ctx.Done():
		}
	})
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	last := time.Time{}
	for range 5 {
		bucket := <-seen
		if !bucket.After(last) || !bucket.Equal(s.Bucket(bucket)) {
			t.Errorf("bucket %v after %v", bucket, last)
		}
		last = bucket
	}
	stop()
	<-ended
}

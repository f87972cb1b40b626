package experiments

import (
	"math"
	"testing"
	"time"

	"gameday/probes"
	"gameday/reports"
)

var t0 = time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)

func at(seconds float64) time.Time { return t0.Add(time.Duration(seconds * float64(time.Second))) }

// record is a probe's track with one value a period.
func record(p Probe, period time.Duration, from float64, values ...float64) track {
	var rs []probes.Reading
	for i, v := range values {
		if !math.IsNaN(v) {
			rs = append(rs, probes.Reading{At: at(from).Add(time.Duration(i) * period), Span: period, Value: v, Of: 1000})
		}
	}
	return newTrack(p, rs, time.Time{})
}

// periodic is a probe whose source sets the time between readings.
type periodic struct {
	fakeProbe
	scale probes.Scale
}

func (p *periodic) Scale() probes.Scale { return p.scale }

func minutely(b Bounds, scale probes.Scale) Probe {
	scale.Period = time.Minute
	if b.Confidence == 0 {
		b.Confidence = 0.99
	}
	return Probe{Kind: probes.Kind{Name: "p"}, Name: "p", Probe: &periodic{scale: scale}, Every: 10 * time.Second, Bounds: b}
}

func TestCoverage(t *testing.T) {
	p := minutely(Bounds{Max: ptr(3.0)}, probes.Scale{})
	nan := math.NaN()
	cases := []struct {
		name   string
		values []float64
		from   float64
		want   bool
	}{
		{"every minute spoken for", []float64{1, 1, 1, 1, 1}, 0, true},
		{"a minute that never arrived", []float64{1, 1, nan, 1, 1}, 0, false},
		{"the first minute", []float64{nan, 1, 1, 1, 1}, 0, false},
		{"the end has not arrived", []float64{1, 1, 1, 1}, 0, false},
		{"nothing at all", nil, 0, false},
		{"only before and after", []float64{1, nan, nan, nan, nan, nan, nan, nan, 1}, -120, false},
		{"the last minute, and then more", []float64{1, 1, 1, 1, nan, 1}, 0, false},
		{"minutes that straddle both ends", []float64{1, 1, 1, 1, 1, 1}, -30, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, got := record(p, time.Minute, c.from, c.values...).covers(window{at(0), at(300)}); got != c.want {
				t.Errorf("covers = %v, want %v", got, c.want)
			}
		})
	}
}

func TestLooksMayComeLate(t *testing.T) {
	p := Probe{Probe: &fakeProbe{}, Every: 10 * time.Second, Bounds: Bounds{Max: ptr(3.0)}}
	look := func(seconds ...float64) track {
		var rs []probes.Reading
		for _, s := range seconds {
			rs = append(rs, probes.Reading{At: at(s), Value: 1})
		}
		return newTrack(p, rs, time.Time{})
	}
	if _, ok := look(0, 10, 25, 40, 55).covers(window{at(0), at(60)}); !ok {
		t.Error("looks that came a little late leave a hole")
	}
	if _, ok := look(0, 10, 50).covers(window{at(0), at(60)}); ok {
		t.Error("half a minute without a look is no hole")
	}
}

func TestTimeOutOfBounds(t *testing.T) {
	p := minutely(Bounds{Max: ptr(3.0)}, probes.Scale{Unit: probes.Seconds})
	tr := record(p, time.Minute, 0, 1, 4, 9, 1, 5, 1)
	total, stretches := tr.outside(window{at(90), at(600)}, "fault")
	if total != 150*time.Second {
		t.Errorf("out of bounds for %s: the half minute before the window must not count, want 2m30s", total)
	}
	if len(stretches) != 2 || stretches[0].Worst != 9 || stretches[0].Text != "9s, above max 3s by 6s, for 2m, from 0s into the fault phase" {
		t.Errorf("stretches %+v", stretches)
	}
	if _, _, bad := tr.violated(window{at(90), at(600)}, "fault", 150*time.Second); bad {
		t.Error("2m30s out of bounds violates an allowance of 2m30s")
	}
	if _, _, bad := tr.violated(window{at(90), at(600)}, "fault", 149*time.Second); !bad {
		t.Error("2m30s out of bounds does not violate an allowance of 2m29s")
	}
}

func TestUnrestIsToldFromTheBeginningOfTheRecovery(t *testing.T) {
	cases := map[string]struct {
		bounds Bounds
		says   string
	}{
		"a bound":      {Bounds{Max: ptr(3.0)}, "was 9s, above max 3s by 6s, for 1m, from 4m into the recovery"},
		"the baseline": {Bounds{Unchanged: true, Confidence: 0.99}, "was 9s at worst, against 1s in the baseline, for 1m, from 4m into the recovery"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tr := record(minutely(c.bounds, probes.Scale{Unit: probes.Seconds}), time.Minute, 0, 1, 1, 1, 1, 1, 1, 9, 1)
			if text := tr.restless(window{at(0), at(120)}, window{at(300), at(480)}, at(120)); text != c.says {
				t.Errorf("%q, want %q", text, c.says)
			}
		})
	}
}

func TestReadingThatStraddlesTheFaultBelongsToIt(t *testing.T) {
	p := minutely(Bounds{Max: ptr(3.0)}, probes.Scale{})
	tr := record(p, time.Minute, 0, 9)
	if _, _, bad := tr.violated(window{at(59), at(300)}, "fault", 0); !bad {
		t.Error("an effect hides in the minute in which it began")
	}
}

func TestUnchanged(t *testing.T) {
	rate := probes.Scale{Unit: probes.Ratio, Events: true}
	value := probes.Scale{Unit: probes.Seconds}
	base, fault := window{at(0), at(300)}, window{at(300), at(600)}
	cases := []struct {
		name    string
		probe   Probe
		values  []float64 // five minutes of baseline, five of fault
		changed bool
		able    bool
	}{
		{"no errors before and after", minutely(Bounds{Unchanged: true}, rate), []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false, true},
		{"ten errors out of nothing", minutely(Bounds{Unchanged: true}, rate), []float64{0, 0, 0, 0, 0, .01, 0, 0, 0, 0}, true, true},
		{"three errors out of nothing are no evidence", minutely(Bounds{Unchanged: true}, rate), []float64{0, 0, 0, 0, 0, .003, 0, 0, 0, 0}, false, true},
		{"a rise below the margin does not matter", minutely(Bounds{Unchanged: true, Margin: 0.01}, rate), []float64{0, 0, 0, 0, 0, .01, .01, .01, 0, 0}, false, true},
		{"fewer errors than before", minutely(Bounds{Unchanged: true}, rate), []float64{.1, .1, .1, .1, .1, 0, 0, 0, 0, 0}, false, true},
		{"slower in every minute", minutely(Bounds{Unchanged: true}, value), []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, true, true},
		{"faster in every minute", minutely(Bounds{Unchanged: true}, value), []float64{6, 7, 8, 9, 10, 1, 2, 3, 4, 5}, false, true},
		{"a fall is worse where the scale says so", minutely(Bounds{Unchanged: true}, probes.Scale{Falls: true}), []float64{6, 7, 8, 9, 10, 1, 2, 3, 4, 5}, true, true},
		{"three minutes against five cannot tell at 0.999", minutely(Bounds{Unchanged: true, Confidence: 0.999}, value), []float64{math.NaN(), math.NaN(), 1, 1, 1, 9, 9, 9, 9, 9}, false, false},
		{"no baseline", minutely(Bounds{Unchanged: true}, rate), []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), 0, 0, 0, 0, 0}, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, changed := record(c.probe, time.Minute, 0, c.values...).changed(base, fault)
			if changed != c.changed || got.able != c.able {
				t.Errorf("changed = %v, able = %v (p = %v, %s)", changed, got.able, got.P, got.unable)
			}
		})
	}
}

func TestRevisedReadingReplacesTheOldOne(t *testing.T) {
	var s series
	s.merge([]probes.Reading{{At: at(60), Value: 2}, {At: at(0), Value: 1}})
	s.merge([]probes.Reading{{At: at(60), Value: 5}, {At: at(30), Value: math.NaN()}})
	all := s.all()
	if len(all) != 2 || all[0].Value != 1 || all[1].Value != 5 {
		t.Errorf("readings %+v", all)
	}
}

// rollout is a probe of something that takes a while, looked at every second from the beginning of the fault phase.
func rollout(limit float64, readings ...probes.Reading) track {
	p := Probe{
		Kind: probes.Kind{Name: "rollout"}, Name: "it", Probe: &fakeProbe{unit: probes.Seconds}, Every: time.Second,
		Bounds: Bounds{Max: &limit, Confidence: 0.99},
	}
	for i := range readings {
		readings[i].At = at(float64(i))
	}
	return newTrack(p, readings, time.Time{})
}

// judgeFault judges a track over its first three seconds, as the fault phase of a run that was stopped early for that reason.
func judgeFault(t track, stopped string) (reports.Probe, []finding) {
	x := &execution{plan: &Plan{Experiment: &Experiment{}}, stopped: stopped, series: []*series{{}}}
	var r reports.Probe
	x.judgeProbe(0, t, window{at(0), at(3)}, &r)
	return r, x.findings
}

func TestWhatGoesOnHasKeptNoBound(t *testing.T) {
	open := func(v float64) probes.Reading { return probes.Reading{Value: v, Open: true} }
	ended := func(v float64) probes.Reading { return probes.Reading{Value: v} }
	cases := []struct {
		name     string
		readings []probes.Reading
		proof    bool
		stopped  string
		state    string
		reason   string
	}{
		{name: "it ended in time", readings: []probes.Reading{open(1), ended(2), ended(0)}, state: "passed"},
		{name: "it goes on", readings: []probes.Reading{open(1), open(2), open(3)}, state: "inconclusive",
			reason: "had not come to an end when the fault phase did, 3s so far: make observe longer than its max"},
		{name: "it ended after the fault phase", readings: []probes.Reading{open(1), open(2), open(3), ended(4)}, state: "inconclusive",
			reason: "had not come to an end when the fault phase did, 3s so far: make observe longer than its max"},
		{name: "it goes on, and was not watched for long", readings: []probes.Reading{open(1), open(2), open(3)}, stopped: "of something else", state: "inconclusive",
			reason: "had not come to an end when the run was stopped early, 3s so far"},
		{name: "it goes on for too long", readings: []probes.Reading{open(4), open(5), open(6)}, state: "failed",
			reason: "was 6s, above max 5s by 1s, for 1s, from 2s into the fault phase"},
		{name: "a proof that goes on has left its bounds", readings: []probes.Reading{open(5), open(6), open(7)}, proof: true, state: "passed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tr := rollout(5, c.readings...)
			tr.probe.Proof = c.proof
			r, findings := judgeFault(tr, c.stopped)
			if r.State != c.state || r.Reason != c.reason {
				t.Errorf("%s: %s\nwant %s: %s", r.State, r.Reason, c.state, c.reason)
			}
			if (len(findings) == 0) != (c.state == "passed") {
				t.Errorf("found %+v", findings)
			}
		})
	}
}

func TestWhatFailedIsOutOfBoundsWhateverItsValue(t *testing.T) {
	tr := rollout(500,
		probes.Reading{Value: 1, Open: true},
		probes.Reading{Value: 2, Open: true, Failed: true, Note: "one image"},
		probes.Reading{Value: 3, Open: true, Failed: true, Note: "two images"})
	r, _ := judgeFault(tr, "")
	if want := "was 3s, and failed, for 2s, from 1s into the fault phase: two images"; r.State != "failed" || r.Reason != want {
		t.Errorf("%s: %s\nwant failed: %s", r.State, r.Reason, want)
	}
	if v := r.Violations; len(v) != 1 || !v[0].Failed || v[0].Note != "two images" {
		t.Errorf("violations %+v", r.Violations)
	}
}

func TestAViolationSaysWhatItsWorstReadingSaid(t *testing.T) {
	tr := rollout(5,
		probes.Reading{Value: 7, Note: "bad"},
		probes.Reading{Value: 9, Note: "worst"},
		probes.Reading{Value: 8, Note: "better"})
	_, stretches := tr.outside(window{at(0), at(3)}, reports.Fault)
	if want := "9s, above max 5s by 4s, for 3s, from 0s into the fault phase: worst"; len(stretches) != 1 || stretches[0].Text != want {
		t.Errorf("got %+v\nwant %s", stretches, want)
	}
}

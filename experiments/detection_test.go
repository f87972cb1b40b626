package experiments

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimeToDetectCountsUntilTheReadingIsInHand because a record speaks of a moment long after it.
func TestTimeToDetectCountsUntilTheReadingIsInHand(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r, err := Run(context.Background(), fakeEnv(), recording(&recorder{began: began, slow: 2 * time.Minute, late: 20 * time.Second, slowValue: 9}), o)
		if err != nil {
			t.Fatal(err)
		}
		d := r.Detection
		if d == nil {
			t.Fatalf("nothing was detected: %s", r.Sentence)
		}
		if d.Probe != "record.it" || !d.LeftAt.Equal(began.Add(2*time.Minute)) {
			t.Errorf("%s left its bounds %s into the run", d.Probe, d.LeftAt.Sub(began))
		}
		if late := d.KnownAt.Sub(d.LeftAt); late < 21*time.Second || late > 23*time.Second {
			t.Errorf("known %s later, want the second itself and the 20 that it came late", late)
		}
		if want := d.KnownAt.Sub(*r.Steps[0].Done).Seconds(); d.SinceEffect != want {
			t.Errorf("%v s since the step was in effect, want %v", d.SinceEffect, want)
		}
	})
}

func TestNothingIsDetectedWhereNothingShows(t *testing.T) {
	o := options(t)
	synctest.Test(t, func(t *testing.T) {
		r, err := Run(context.Background(), fakeEnv(), recording(&recorder{began: time.Now(), slowValue: 1}), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Detection != nil {
			t.Errorf("a probe that stayed within its bounds detected %+v", *r.Detection)
		}
	})
}

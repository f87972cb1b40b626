package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/reports"
)

// TestAbortSweep stops a run at moments all through it.
func TestAbortSweep(t *testing.T) {
	onlySweeping(t)
	const moments = 48
	clean := newSweeping(t)
	began := time.Now()
	clean.play(t, nil)
	took := time.Since(began)
	for n := range moments {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := newSweeping(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(took*time.Duration(n)/moments, func() { cancel(experiments.ErrOperator) })
			r, _ := s.playUntil(ctx, t, nil)
			if r.Verdict != reports.Aborted && r.Verdict != reports.Passed {
				t.Errorf("%s", r.Sentence)
			}
			s.restored(t)
		})
	}
	t.Logf("stopped %d times", moments)
}

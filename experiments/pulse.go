package experiments

import (
	"context"
	"fmt"
	"time"
)

const (
	pulse  = 250 * time.Millisecond // how often this process feels its own
	asleep = 5 * time.Second        // without one, it was not there to see anything
)

// feel notes when this process was held up, until ctx ends: the machine slept, or somebody stopped the process. The clock on the
// wall goes on then, and what was measured across it is of no moment in particular.
func (x *execution) feel(ctx context.Context) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	last := time.Now().Round(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now().Round(0)
		if now.Sub(last) > asleep {
			x.mu.Lock()
			x.slept = append(x.slept, window{last, now})
			x.mu.Unlock()
		}
		last = now
	}
}

// heldUp says when this process was not there to see anything, "" if it always was.
func (x *execution) heldUp() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.slept) == 0 {
		return ""
	}
	w := x.slept[0]
	return fmt.Sprintf("this process was held up from %s to %s (the machine slept, or something stopped it), so what was measured around that says nothing",
		clock(w.from), clock(w.to))
}

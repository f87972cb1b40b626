package load

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// tooLate is by how much a request may miss its moment before anybody asks whose fault it is.
const tooLate = 100 * time.Millisecond

const (
	glance  = 25 * time.Millisecond // between two looks at the machine
	glances = 10                    // that make an opinion
	crowd   = 4                     // goroutines that wait for each processor, on average, where there are too few
)

// watch finds out whose fault a backlog is. Requests that leave late because all connections are busy look the same
// where the target is slow and where this machine has no time left to send and receive. In the second case goroutines
// queue for its processors. They also do for a moment after a target's stall, when the backlog is made up for, but
// then it shrinks.
func (r *Run) watch() {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	runnable := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	var waiting uint64
	var backlog, asked time.Duration
	for n := 1; ; n++ {
		select {
		case <-r.over.Done():
			return
		case <-tick.C:
		}
		metrics.Read(runnable)
		waiting += runnable[0].Value.Uint64()
		if n%glances != 0 {
			continue
		}
		now := time.Since(r.started)
		before := backlog
		backlog = now - r.schedule.due(r.next.Load())
		shrinks := before-backlog > (now-asked)/2
		r.strained.Store(waiting > uint64(glances*crowd*runtime.GOMAXPROCS(0)) && backlog > tooLate && !shrinks)
		waiting, asked = 0, now
	}
}

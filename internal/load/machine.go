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

// view is what was seen of this machine and of a load's backlog over a moment.
type view struct {
	took            time.Duration
	waiting         float64       // goroutines for each processor that were ready and not running
	backlog, before time.Duration // how late the next request is, and how late it was at the beginning
}

// strained tells whose fault a backlog is. Requests that leave late because all connections are busy look the same
// where the target is slow and where this machine has no time left to send and receive. In the second case goroutines
// queue for its processors. They also do for a moment after a target's stall, when the backlog is made up for, but
// then it shrinks.
func (v view) strained() bool {
	shrinks := v.before-v.backlog > v.took/2
	return v.waiting > crowd && v.backlog > tooLate && !shrinks
}

// watch keeps an eye on this machine for as long as there is something to send.
func (r *Run) watch() {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	runnable := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	var waiting uint64
	var v view
	var since time.Duration
	for n := 1; ; n++ {
		select {
		case <-r.sending.Done():
			return
		case <-tick.C:
		}
		metrics.Read(runnable)
		waiting += runnable[0].Value.Uint64()
		if n%glances != 0 {
			continue
		}
		now := time.Since(r.started)
		v = view{
			took: now - since, waiting: float64(waiting) / glances / float64(runtime.GOMAXPROCS(0)),
			backlog: r.pacer.backlog(), before: v.backlog,
		}
		r.strained.Store(v.strained())
		waiting, since = 0, now
	}
}

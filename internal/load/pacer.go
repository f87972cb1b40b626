package load

import (
	"sync"
	"time"
)

// pacer hands requests to workers when they are due.
//
// While the target answers in time, workers wait for the pacer, the one that was busy last being the first to be handed
// a request. When all of them are busy, the pacer waits, and whoever is done takes what has been due longest by
// himself. So the schedule is never held in memory, however long it is, and however late.
type pacer struct {
	started   time.Time
	recording *Recording
	segment   Segment
	start     func(job) // a worker, with its first job
	alarm     alarm

	mu      sync.Mutex
	streams []*stream // that have requests to come
	ids     uint64    // streams so far
	idle    []chan job
	workers int // at work or idle
	most    int
	starved bool // the pacer waits for a worker
	ended   bool
}

// job is a request for a worker.
type job struct {
	number uint64
	due    time.Duration
	free   bool // there was a connection for it when it was due
}

// breath is how long the pacer rests at least, so that at high rates what comes due meanwhile is handed over at once,
// which costs a tenth.
const breath = 200 * time.Microsecond

// run hands out requests until the pacer ends.
func (p *pacer) run() {
	defer p.alarm.close()
	for {
		wait, over := p.handOut()
		if over {
			return
		}
		p.alarm.wait(wait)
	}
}

// handOut hands out what is due, and returns after how long to come back.
func (p *pacer) handOut() (wait time.Duration, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.ended {
		s := p.first()
		if s == nil {
			return forever, false
		}
		if wait := s.due - time.Since(p.started); wait > 0 {
			return max(wait, breath), false
		}
		if p.starved = !p.free(); p.starved {
			return forever, false
		}
		p.give(p.take(s))
	}
	for _, worker := range p.idle {
		close(worker)
	}
	p.idle = nil
	return 0, true
}

// first is the stream whose turn it is.
func (p *pacer) first() (first *stream) {
	for _, s := range p.streams {
		if s.due < forever && (first == nil || s.due < first.due) {
			first = s
		}
	}
	return first
}

func (p *pacer) free() bool { return len(p.idle) > 0 || p.workers < p.most }

func (p *pacer) take(s *stream) job {
	j := job{free: p.free()}
	j.number, j.due = s.take()
	return j
}

func (p *pacer) give(j job) {
	if last := len(p.idle) - 1; last >= 0 {
		p.idle[last] <- j
		p.idle = p.idle[:last]
		return
	}
	p.workers++
	p.start(j)
}

// next is the next job of a worker, for which it waits at its own channel. False means that there are no more.
func (p *pacer) next(mine chan job) (j job, more bool) {
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		return job{}, false
	}
	if s := p.first(); s != nil && s.due <= time.Since(p.started) {
		defer p.mu.Unlock()
		return p.take(s), true
	}
	p.idle = append(p.idle, mine)
	if p.starved {
		p.starved = false
		p.alarm.wake()
	}
	p.mu.Unlock()
	j, more = <-mine
	return j, more
}

// begin begins a stream at once.
func (p *pacer) begin(s schedule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.join(newStream(p.ids, s, p.segment, 0))
}

// add begins another stream with the next whole second.
func (p *pacer) add(s schedule) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := newStream(p.ids, s, p.segment, max(0, time.Since(p.started)/time.Second+1)*time.Second)
	if !p.ended {
		p.join(x)
	}
	return x
}

func (p *pacer) join(s *stream) {
	p.ids++
	p.streams = append(p.streams, s)
	p.recording.add(s)
	p.alarm.wake()
}

// remove ends a stream.
func (p *pacer) remove(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, x := range p.streams {
		if x == s {
			p.streams = append(p.streams[:i:i], p.streams[i+1:]...)
			p.cut(s)
			return
		}
	}
}

// cut ends the schedule of a stream now, in the books too.
func (p *pacer) cut(s *stream) {
	p.recording.cut(s, time.Since(p.started)+1, s.next) // what is due at this very moment may have been sent
}

// end ends all of them. It may be called again.
func (p *pacer) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.streams {
		p.cut(s)
	}
	p.streams, p.ended = nil, true
	p.alarm.wake()
}

// backlog is how late the request is whose turn it is, below 0 where it is not due.
func (p *pacer) backlog() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.first()
	if s == nil {
		return -forever
	}
	return time.Since(p.started) - s.due
}

package load

import (
	"iter"
	"slices"
	"sync"
	"time"
)

// Recording is what a load has measured so far, second by second of the schedule. The zero value is that of a load
// that has not begun. Safe for concurrent use.
type Recording struct {
	started time.Time

	mu      sync.Mutex
	streams []*stream       // all that there ever were
	open    map[int]*second // seconds in which something is under way
	final   []*packed       // seconds that are over, by their number; nil where one is not, or none was due
	total   Second          // of what is over
	settled uint64          // requests, of all seconds
	behind  uint64          // of them
}

// second is a Second while requests are under way.
type second struct {
	Second
	number  int
	settled uint64 // requests that were answered, failed or were not sent
}

// outcome is what became of one request of the schedule.
type outcome struct {
	due          time.Duration
	unsent       string // why it was not sent; what follows does not count then
	waited       bool   // for a connection
	lag, service time.Duration
	status       int
	failed       string // why there is no status
}

func newRecording(started time.Time) *Recording {
	return &Recording{started: started, open: map[int]*second{}, total: newSecond(started)}
}

// add has another stream counted, in seconds to come only: none of its requests may be due in one that has begun.
func (r *Recording) add(s *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams = append(r.streams, s)
}

// Total is everything so far of the seconds that are over, as one.
func (r *Recording) Total() Second {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		return newSecond(r.started)
	}
	return r.total.clone()
}

// Behind is how many requests left late or not at all for want of something on this machine, of how many that are
// settled so far. Where that is more than a few, the load was not what it should have been, and what was measured
// under it says nothing about the target.
func (r *Recording) Behind() (behind, settled uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behind, r.settled
}

// BehindBetween is Behind of the requests due in the seconds that overlap [from, to).
func (r *Recording) BehindBetween(from, to time.Time) (behind, settled uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.final[r.first(from):] {
		if p != nil && p.counts.At.Before(to) {
			behind, settled = behind+p.counts.Behind, settled+p.counts.Scheduled
		}
	}
	for _, s := range r.open {
		if s.At.Before(to) && s.At.Add(time.Second).After(from) {
			behind, settled = behind+s.Behind, settled+s.settled
		}
	}
	return behind, settled
}

// first is the number of the first second over that overlaps what begins at from. Under the lock.
func (r *Recording) first(from time.Time) int {
	return min(max(0, int(from.Sub(r.started)/time.Second)), len(r.final))
}

// Seconds returns the seconds of the schedule that overlap [from, to) and are over, in the order of time. A second
// is over once every request that was due in it has been answered, has failed or was not sent; seconds in which none
// was due are left out.
func (r *Recording) Seconds(from, to time.Time) []Second {
	return slices.Collect(r.Each(from, to))
}

// Each yields what Seconds returns, one at a time: a second takes a hundred times as much room as what is kept of it.
func (r *Recording) Each(from, to time.Time) iter.Seq[Second] {
	var over []*packed
	r.mu.Lock()
	for _, p := range r.final[r.first(from):] {
		if p != nil && p.counts.At.Before(to) {
			over = append(over, p)
		}
	}
	r.mu.Unlock()
	return func(yield func(Second) bool) {
		for _, p := range over {
			if !yield(p.unpack()) {
				return
			}
		}
	}
}

// Between is everything of the seconds that began in [from, to) and are over, as one.
func (r *Recording) Between(from, to time.Time) Second {
	all := newSecond(from)
	for s := range r.Each(from, to) {
		if !s.At.Before(from) {
			all.add(s)
		}
	}
	return all
}

// settle writes down what became of one request. Behind says that it was late, or not sent, because of this machine.
func (r *Recording) settle(o outcome, behind bool) {
	if over := r.enter(o, behind); over != nil {
		r.finish(over)
	}
}

// enter returns the second of the request if that was the last one due in it.
func (r *Recording) enter(o outcome, behind bool) *second {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.second(int(o.due / time.Second))
	s.settled++
	r.settled++
	if behind {
		s.Behind++
		r.behind++
	}
	switch {
	case o.unsent != "":
		s.NotSent[o.unsent]++
	case o.failed != "":
		s.Failed[o.failed]++
	default:
		s.Answered[o.status]++
	}
	if o.unsent == "" {
		s.Sent++
		if o.waited {
			s.Waited++
		}
		record(s.Latency, o.lag+o.service)
		record(s.Service, o.service)
		record(s.Lag, o.lag)
	}
	if s.settled < s.Scheduled {
		return nil
	}
	delete(r.open, s.number)
	return s
}

// second returns the second of that number, which is opened where it is not. Under the lock.
func (r *Recording) second(number int) *second {
	s, ok := r.open[number]
	if !ok {
		from := time.Duration(number) * time.Second
		s = &second{Second: newSecond(r.started.Add(from)), number: number}
		s.Scheduled, s.Span = r.scheduled(from, from+time.Second), r.span(from)
		r.open[number] = s
	}
	return s
}

// scheduled is how many requests are due from one moment to another. Under the lock.
func (r *Recording) scheduled(from, to time.Duration) (n uint64) {
	for _, s := range r.streams {
		n += s.before(to) - s.before(from)
	}
	return n
}

// span is how long it is until the next second in which anything is due. Under the lock.
func (r *Recording) span(from time.Duration) time.Duration {
	next := forever
	for _, s := range r.streams {
		if s.until > from {
			next = min(next, s.dueAt(s.segment.count(s.schedule.before(from+time.Second-s.from))))
		}
	}
	if next == forever {
		return time.Second
	}
	return next.Truncate(time.Second) - from
}

// finish files a second that is over. Packing takes a while, so nobody who sends waits for it.
func (r *Recording) finish(s *second) {
	s.Final = true
	p := pack(s.Second)
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.final) <= s.number {
		r.final = append(r.final, nil)
	}
	r.final[s.number] = p
	r.total.add(s.Second)
}

// cut ends a stream: its requests from number taken on, those that are due before that moment, were not sent, and the
// others were never scheduled.
func (r *Recording) cut(s *stream, at time.Duration, taken uint64) {
	for _, over := range r.shorten(s, at, taken) {
		r.finish(over)
	}
}

// shorten returns the seconds that are over with that.
func (r *Recording) shorten(s *stream, at time.Duration, taken uint64) (over []*second) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := min(s.dueAt(taken), at) / time.Second
	s.until = at
	for number := int(first); number <= int(at/time.Second); number++ {
		from := time.Duration(number) * time.Second
		until := s.before(from + time.Second)
		missing := until - min(until, max(s.before(from), taken))
		if r.open[number] == nil && missing == 0 {
			continue // nobody has asked how many are due in it, or it is over
		}
		x := r.second(number)
		x.Scheduled = r.scheduled(from, from+time.Second)
		if missing > 0 {
			x.NotSent["stopped"] += missing
			x.settled += missing
		}
		if x.settled == x.Scheduled {
			delete(r.open, number)
			over = append(over, x)
		}
	}
	return over
}

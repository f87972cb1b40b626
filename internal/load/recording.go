package load

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Recording is what a load has measured so far, second by second of the schedule. The zero value is that of a load
// that has not begun. Safe for concurrent use.
type Recording struct {
	started  time.Time
	schedule schedule

	mu        sync.Mutex
	open      map[int]*second // seconds in which something is under way
	final     map[int]packed  // seconds that are over
	total     Second
	overslept uint64
}

// tooLate is by how much a worker that had nothing else to do may miss the moment to send.
const tooLate = 250 * time.Millisecond

// observation is one request that was sent, and how it went.
type observation struct {
	due          time.Duration
	lag, service time.Duration
	status       int
	cause        string // why it failed; empty where it was answered
	overslept    bool
}

func newRecording(started time.Time, s schedule) *Recording {
	return &Recording{started: started, schedule: s, open: map[int]*second{}, final: map[int]packed{}, total: newSecond(started)}
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

// Seconds returns the seconds of the schedule that overlap [from, to) and are over, in the order of time. A second
// is over once every request that was due in it has been answered, has failed or was dropped; seconds in which none
// was due are left out.
func (r *Recording) Seconds(from, to time.Time) []Second {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Second
	first := max(0, int(from.Sub(r.started)/time.Second))
	for i := first; r.started.Add(time.Duration(i)*time.Second).Before(to) && len(r.final) > 0; i++ {
		if p, ok := r.final[i]; ok {
			out = append(out, p.unpack())
		}
	}
	return out
}

// Overslept is how many requests left late although nothing but this machine was in the way: it was too slow, and
// what the load says about the target is not to be trusted.
func (r *Recording) Overslept() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.overslept
}

// sent records a request that was sent.
func (r *Recording) sent(o observation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.second(o.due)
	s.Sent++
	if o.cause == "" {
		s.Answered[o.status]++
	} else {
		s.Failed[o.cause]++
	}
	record(s.Latency, o.lag+o.service)
	record(s.Service, o.service)
	record(s.Lag, o.lag)
	if o.overslept {
		r.overslept++
	}
	r.settle(o.due, s)
}

// dropped records a request that was not sent.
func (r *Recording) dropped(due time.Duration, cause string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.second(due)
	s.NotSent[cause]++
	r.settle(due, s)
}

// close ends the schedule at length: what was due before and is not settled was not sent.
func (r *Recording) close(length time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for from := time.Duration(0); from < length; from += time.Second {
		i := int(from / time.Second)
		scheduled := r.schedule.before(min(from+time.Second, length)) - r.schedule.before(from)
		if _, over := r.final[i]; over || scheduled == 0 {
			continue
		}
		s := r.second(from)
		if missing := scheduled - s.settled; missing > 0 {
			s.NotSent["stopped"] += missing
		}
		r.finish(i, s, scheduled)
	}
}

func (r *Recording) second(due time.Duration) *second {
	i := int(due / time.Second)
	s, ok := r.open[i]
	if !ok {
		s = &second{Second: newSecond(r.started.Add(time.Duration(i) * time.Second))}
		r.open[i] = s
	}
	return s
}

func (r *Recording) settle(due time.Duration, s *second) {
	s.settled++
	from := due.Truncate(time.Second)
	if scheduled := r.schedule.before(from+time.Second) - r.schedule.before(from); s.settled == scheduled {
		r.finish(int(due/time.Second), s, scheduled)
	}
}

func (r *Recording) finish(i int, s *second, scheduled uint64) {
	s.Scheduled, s.Final = scheduled, true
	r.total.add(s.Second)
	r.final[i] = pack(s.Second)
	delete(r.open, i)
}

// second is a Second while requests are under way.
type second struct {
	Second
	settled uint64 // requests that were answered, failed or dropped
}

func newSecond(at time.Time) Second {
	return Second{
		At: at, NotSent: map[string]uint64{}, Answered: map[int]uint64{}, Failed: map[string]uint64{},
		Latency: newHistogram(), Service: newHistogram(), Lag: newHistogram(),
	}
}

// add merges what happened in t into s. Distributions are added up, count by count: percentiles of the sum are
// exact to the histogram's three digits, which averages of percentiles never are.
func (s *Second) add(t Second) {
	s.Scheduled += t.Scheduled
	s.Sent += t.Sent
	addUp(s.NotSent, t.NotSent)
	addUp(s.Answered, t.Answered)
	addUp(s.Failed, t.Failed)
	s.Latency.Merge(t.Latency)
	s.Service.Merge(t.Service)
	s.Lag.Merge(t.Lag)
}

func (s Second) clone() Second {
	c := newSecond(s.At)
	c.add(s)
	c.Final = s.Final
	return c
}

func addUp[K comparable](to, from map[K]uint64) {
	for k, n := range from {
		to[k] += n
	}
}

// Histograms hold microseconds, up to ten minutes, with three significant digits.
const longest = 10 * time.Minute

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), 3)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(d, 0), longest).Microseconds()
	if err := h.RecordValue(us); err != nil {
		panic("load: a value within bounds was refused: " + err.Error())
	}
}

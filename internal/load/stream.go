package load

import "time"

// stream is one schedule of a run, from one moment of the run's clock to another.
type stream struct {
	schedule schedule
	segment  Segment       // of the schedule, which is what this stream sends
	id       uint64        // 0 is the one that a run begins with
	from     time.Duration // a whole second
	until    time.Duration // what is due from then on is cut. Under the lock of the Recording

	next uint64        // the first request that nobody has taken. With what follows, under the lock of the pacer
	due  time.Duration // and when it is due
}

// perStream is how far the numbers of two streams' first requests lie apart: further than either of them gets.
const perStream = 1 << 48

func newStream(id uint64, s schedule, part Segment, from time.Duration) *stream {
	x := &stream{schedule: s, segment: part, id: id, from: from, until: forever}
	x.due = x.dueAt(0)
	return x
}

func (s *stream) dueAt(n uint64) time.Duration {
	due := s.schedule.due(s.segment.number(n))
	if due > forever-s.from {
		return forever
	}
	return s.from + due
}

func (s *stream) before(t time.Duration) uint64 {
	return s.segment.count(s.schedule.before(min(t, s.until) - s.from))
}

// take is the next request, as the requests of a load are numbered.
func (s *stream) take() (number uint64, due time.Duration) {
	number, due = s.id*perStream+s.segment.number(s.next), s.due
	s.next++
	s.due = s.dueAt(s.next)
	return number, due
}

// Growth is what a load has been grown by. That of nil is nothing.
type Growth struct {
	run    *Run
	stream *stream
}

// Grow adds arrivals to those that there are, from the next whole second of the run on; of a segment of a load, its segment of
// them. They share its connections and its Recording. A load that is over does not grow.
func (r *Run) Grow(s Shape) (*Growth, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return &Growth{r, r.pacer.add(s.course())}, nil
}

// From is when its first second begins.
func (g *Growth) From() time.Time { return g.run.started.Add(g.stream.from) }

// Stop ends it at once: no request of it is sent from now on, and what would have been due later was never scheduled.
// It may be called again.
func (g *Growth) Stop() {
	if g != nil {
		g.run.pacer.remove(g.stream)
	}
}

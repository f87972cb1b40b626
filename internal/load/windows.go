package load

import (
	"iter"
	"time"
)

// Windows yields what became of all requests that were due in each stretch of that length, which is a whole number of
// seconds. Stretches follow one another from the beginning of the load; those that overlap [from, to) and in which
// nothing is under way any more are yielded, in the order of time.
func (r *Recording) Windows(from, to time.Time, length time.Duration) iter.Seq[Second] {
	return func(yield func(Second) bool) {
		r.mu.Lock()
		started, schedule := r.started, r.schedule
		r.mu.Unlock()
		if schedule == nil {
			return
		}
		until := min(to.Sub(started), time.Since(started))
		for at := max(0, from.Sub(started)).Truncate(length); at < until; at += length {
			due := schedule.before(at+length) - schedule.before(at)
			all := r.Between(started.Add(at), started.Add(at+length))
			if all.Scheduled < due {
				return // and so are those after it
			}
			all.Span, all.Final = length, true
			if due > 0 && !yield(all) {
				return
			}
		}
	}
}

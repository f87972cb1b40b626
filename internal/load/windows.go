package load

import (
	"iter"
	"time"
)

// Windows yields what became of all requests that were due in each stretch of that length, which is a whole number of
// seconds. Stretches follow one another from the beginning of the load to its end; those that overlap [from, to), are
// over and have nothing under way any more are yielded, in the order of time.
func (r *Recording) Windows(from, to time.Time, length time.Duration) iter.Seq[Second] {
	return func(yield func(Second) bool) {
		end := r.reached()
		for at := max(0, from.Sub(r.started)).Truncate(length); at+length <= end && at < to.Sub(r.started); at += length {
			due := r.due(at, at+length)
			all := r.Between(r.started.Add(at), r.started.Add(at+length))
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

// reached is until when the load has gone on.
func (r *Recording) reached() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.streams) == 0 {
		return 0
	}
	return min(time.Since(r.started), r.streams[0].until)
}

// due is how many requests are due from one moment to another.
func (r *Recording) due(from, to time.Duration) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.scheduled(from, to)
}

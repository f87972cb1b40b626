package metrics

import (
	"iter"
	"time"

	"gameday/internal/attr"
)

// Window is a row of whole periods, the first beginning at From and the last ending at To. From = To where there is none.
// Periods begin at multiples of Period since the Unix epoch, as CloudWatch's do.
type Window struct {
	From, To time.Time
	Period   time.Duration
}

// Final returns the periods that overlap [from, to) and are final at the time now: those that ended at least one
// further period ago. Until then CloudWatch may still be adding up what the nodes of a service report one by one,
// and half a sum is a wrong sum.
func Final(from, to, now time.Time, period time.Duration) Window {
	w := Window{From: align(from, period), To: align(to, period), Period: period}
	if w.To.Before(to) {
		w.To = w.To.Add(period)
	}
	if settled := align(now, period).Add(-period); w.To.After(settled) {
		w.To = settled
	}
	if w.To.Before(w.From) {
		w.To = w.From
	}
	return w
}

// align returns the beginning of the period that t falls into, in UTC. Truncate counts from the year 1 instead, which lies
// a whole number of days before the epoch but, for one, no whole number of seven minutes.
func align(t time.Time, period time.Duration) time.Time {
	epoch := time.Unix(0, 0).UTC()
	return epoch.Add(t.Sub(epoch).Truncate(period))
}

// Empty reports whether there is no period in w.
func (w Window) Empty() bool { return !w.From.Before(w.To) }

// Starts yields the beginning of each period, in the order of time.
func (w Window) Starts() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at := w.From; at.Before(w.To) && yield(at); at = at.Add(w.Period) {
		}
	}
}

// periods are those below a minute that CloudWatch knows.
var periods = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}

// Period rounds d up to the next period that CloudWatch knows: 1, 5, 10, 20 or 30 seconds, or whole minutes.
// A rehearsal that runs seven times faster than written thus still asks for something that exists.
func Period(d attr.Duration) time.Duration {
	for _, p := range periods {
		if d.Std() <= p {
			return p
		}
	}
	return (d.Std() + time.Minute - 1).Truncate(time.Minute)
}

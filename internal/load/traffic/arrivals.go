package traffic

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Arrivals is when requests came, in steps of 10 ms: fine enough for the bursts of real users, and no larger for a
// million requests a second than for one.
type Arrivals struct {
	seconds map[int64]*[steps]uint32 // by Unix time
}

const (
	step  = 10 * time.Millisecond
	steps = int(time.Second / step) // in a second
)

// maxSpan is how long a log may go on whose timing is kept.
const maxSpan = 24 * time.Hour

func (a *Arrivals) add(at time.Time) {
	second := at.Unix()
	s := a.seconds[second]
	if s == nil {
		if a.seconds == nil {
			a.seconds = map[int64]*[steps]uint32{}
		}
		if len(a.seconds) > int(maxSpan/time.Second) {
			return // too many already, which Timing says
		}
		s = new([steps]uint32)
		a.seconds[second] = s
	}
	s[at.Nanosecond()/int(step)]++
}

// Timing is the arrival times of a log as data: in every step of 10 ms from the first to the last, how many.
type Timing struct {
	Counts []byte `json:"counts"` // one unsigned varint a step
}

// Timing says when requests came, from the first one on.
func (a *Arrivals) Timing() (*Timing, error) {
	if len(a.seconds) == 0 {
		return nil, errors.New("there is no request")
	}
	seconds := slices.Sorted(maps.Keys(a.seconds))
	first, last := seconds[0], seconds[len(seconds)-1]
	if span := time.Duration(last-first) * time.Second; span > maxSpan || len(a.seconds) > int(maxSpan/time.Second) {
		return nil, fmt.Errorf("these logs go from %s to %s, and the timing of at most %gh is replayed: name fewer files",
			time.Unix(first, 0).UTC().Format(time.DateTime), time.Unix(last, 0).UTC().Format(time.DateTime), maxSpan.Hours())
	}
	t := &Timing{}
	begun, end := false, 0
	for s := first; s <= last; s++ {
		counts := a.seconds[s]
		if counts == nil {
			counts = new([steps]uint32)
		}
		for _, n := range counts {
			if begun = begun || n > 0; !begun {
				continue
			}
			t.Counts = binary.AppendUvarint(t.Counts, uint64(n))
			if n > 0 {
				end = len(t.Counts)
			}
		}
	}
	t.Counts = t.Counts[:end]
	return t, nil
}

package traffic

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// Pattern is how unevenly requests come, whatever their rate: the arrivals of a log, over and over.
type Pattern struct {
	upTo []uint64 // how many came by the end of each step
}

// Pattern makes a Timing ready for use.
func (t *Timing) Pattern() (*Pattern, error) {
	p := &Pattern{}
	var sum uint64
	for data := t.Counts; len(data) > 0; {
		n, size := binary.Uvarint(data)
		if size <= 0 || n > math.MaxUint32 {
			return nil, errors.New("the timing is damaged")
		}
		data = data[size:]
		sum += n
		p.upTo = append(p.upTo, sum)
	}
	if sum == 0 {
		return nil, errors.New("the timing has no requests")
	}
	return p, nil
}

func (p *Pattern) total() uint64 { return p.upTo[len(p.upTo)-1] }

// Rate is how many requests a second there were on average.
func (p *Pattern) Rate() float64 {
	return float64(p.total()) / (float64(len(p.upTo)) * step.Seconds())
}

// Position is when request n comes, as the number of requests that would have come by then at an even rate. Those of one
// step come evenly within it.
func (p *Pattern) Position(n uint64) float64 {
	round, k := n/p.total(), n%p.total()
	i, exactly := slices.BinarySearch(p.upTo, k)
	for exactly && i < len(p.upTo) && p.upTo[i] == k { // empty steps after the one that ends there
		i++
	}
	before := p.before(i)
	within := (float64(i) + float64(k-before)/float64(p.upTo[i]-before)) / float64(len(p.upTo))
	return (float64(round) + within) * float64(p.total())
}

// Before is about how many requests have a Position below x: rounding may make it one too many or too few.
func (p *Pattern) Before(x float64) uint64 {
	rounds, part := math.Modf(max(x, 0) / float64(p.total()))
	at, within := math.Modf(part * float64(len(p.upTo)))
	i := min(int(at), len(p.upTo)-1)
	before := p.before(i)
	return uint64(rounds)*p.total() + before + uint64(math.Ceil(within*float64(p.upTo[i]-before)))
}

// before is how many came before step i.
func (p *Pattern) before(i int) uint64 {
	if i == 0 {
		return 0
	}
	return p.upTo[i-1]
}

package load

import "fmt"

// Segment is one of several equal parts of a load, each of which another machine may send: of Of parts, request n of the
// load belongs to part n mod Of. So every part is as even as the whole, and all of them together are the whole, request
// by request and at the same moments, whatever its shape. The zero value is the whole.
type Segment struct {
	Index uint64 `json:"index"` // from 0
	Of    uint64 `json:"of"`
}

// Segments is s in so many of them, at least 1. Each is data that runs on any machine, and has its share of the connections.
// They only are the whole if they begin at the same moment, so s should have a Begin.
func (s Spec) Segments(parts int) []Spec {
	all := make([]Spec, parts)
	connections := s.connections()
	for i := range all {
		all[i] = s
		all[i].Segment = Segment{Index: uint64(i), Of: uint64(parts)}
		all[i].Connections = max(1, connections*(i+1)/parts-connections*i/parts)
	}
	return all
}

func (s Segment) check() error {
	if s.Index > 0 && s.Index >= s.Of {
		return fmt.Errorf("there is no segment %d of %d: they are counted from 0", s.Index, s.Of)
	}
	return nil
}

// number is which request of the load its request k is.
func (s Segment) number(k uint64) uint64 {
	if s.Of == 0 {
		return k
	}
	return s.Index + k*s.Of
}

// count is how many of the first n requests of the load are its.
func (s Segment) count(n uint64) uint64 {
	if s.Of == 0 {
		return n
	}
	return (n + s.Of - 1 - s.Index) / s.Of
}

package load

import (
	"encoding/binary"
	"maps"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// packed is a Second that is over, in a few kilobytes instead of half a megabyte: of its histograms only the
// counts that are not zero are kept. So an hour of 100,000 a minute takes some 35 MB.
type packed struct {
	counts                Second
	latency, service, lag []byte
}

func pack(s Second) *packed {
	p := packed{counts: s, latency: encode(s.Latency), service: encode(s.Service), lag: encode(s.Lag)}
	p.counts.Latency, p.counts.Service, p.counts.Lag = nil, nil, nil
	return &p
}

func (p *packed) unpack() Second {
	s := p.counts
	s.NotSent, s.Answered, s.Failed = maps.Clone(s.NotSent), maps.Clone(s.Answered), maps.Clone(s.Failed)
	s.Latency, s.Service, s.Lag = decode(p.latency), decode(p.service), decode(p.lag)
	return s
}

// encode writes every count that is not zero, after how many zeros it comes.
func encode(h *hdrhistogram.Histogram) []byte {
	var data []byte
	var zeros uint64
	for _, n := range h.Export().Counts {
		if n == 0 {
			zeros++
			continue
		}
		data = binary.AppendUvarint(data, zeros)
		data = binary.AppendUvarint(data, uint64(n))
		zeros = 0
	}
	return data
}

func decode(data []byte) *hdrhistogram.Histogram {
	snapshot := newHistogram().Export()
	next := func() uint64 {
		v, n := binary.Uvarint(data)
		data = data[n:]
		return v
	}
	for i := uint64(0); len(data) > 0; i++ {
		i += next()
		snapshot.Counts[i] = int64(next())
	}
	return hdrhistogram.Import(snapshot)
}

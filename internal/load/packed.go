package load

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"math"

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
	s.Latency, s.Service, s.Lag = mustDecode(p.latency), mustDecode(p.service), mustDecode(p.lag)
	return s
}

// mustDecode decodes what this process has encoded.
func mustDecode(data []byte) *hdrhistogram.Histogram {
	h, err := decode(data)
	if err != nil {
		panic("load: what was packed cannot be unpacked: " + err.Error())
	}
	return h
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
	return bytes.Clone(data) // is kept, and needs no room for more
}

func decode(data []byte) (*hdrhistogram.Histogram, error) {
	snapshot := newHistogram().Export()
	i := uint64(0)
	for len(data) > 0 {
		zeros, size := binary.Uvarint(data)
		n, more := binary.Uvarint(data[max(size, 0):])
		if size <= 0 || more <= 0 || n > math.MaxInt64 || zeros >= uint64(len(snapshot.Counts))-i {
			return nil, errors.New("a damaged histogram")
		}
		snapshot.Counts[i+zeros] = int64(n)
		i, data = i+zeros+1, data[size+more:]
	}
	return hdrhistogram.Import(snapshot), nil
}

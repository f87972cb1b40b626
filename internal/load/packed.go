package load

import "github.com/HdrHistogram/hdrhistogram-go"

// packed is a Second that is over, with its histograms compressed: an hour of a busy load would take gigabytes
// otherwise.
type packed struct {
	counts                Second
	latency, service, lag []byte
}

func pack(s Second) packed {
	p := packed{counts: s, latency: encode(s.Latency), service: encode(s.Service), lag: encode(s.Lag)}
	p.counts.Latency, p.counts.Service, p.counts.Lag = nil, nil, nil
	return p
}

func (p packed) unpack() Second {
	s := p.counts
	s.Latency, s.Service, s.Lag = decode(p.latency), decode(p.service), decode(p.lag)
	return s
}

func encode(h *hdrhistogram.Histogram) []byte {
	data, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic("load: a histogram cannot be packed: " + err.Error())
	}
	return data
}

func decode(data []byte) *hdrhistogram.Histogram {
	h, err := hdrhistogram.Decode(data)
	if err != nil {
		panic("load: a histogram cannot be unpacked: " + err.Error())
	}
	return h
}

package load

import (
	"encoding/json"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// written is a Second as JSON, in a few kilobytes and without loss, so that what one machine has measured can be merged by
// another.
type written struct {
	counts
	Latency, Service, Lag []byte // in place of those of counts: as encode writes them
}

// counts is a Second without its methods.
type counts Second

// MarshalJSON writes it down.
func (s Second) MarshalJSON() ([]byte, error) {
	w := written{counts(s), encode(s.Latency), encode(s.Service), encode(s.Lag)}
	return json.Marshal(w)
}

// UnmarshalJSON fails where its histograms are damaged.
func (s *Second) UnmarshalJSON(data []byte) error {
	var w written
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*s = Second(w.counts)
	for _, h := range []struct {
		name string
		from []byte
		to   **hdrhistogram.Histogram
	}{{"latencies", w.Latency, &s.Latency}, {"service times", w.Service, &s.Service}, {"send lags", w.Lag, &s.Lag}} {
		var err error
		if *h.to, err = decode(h.from); err != nil {
			return fmt.Errorf("the %s of %s: %w", h.name, w.At, err)
		}
	}
	return nil
}

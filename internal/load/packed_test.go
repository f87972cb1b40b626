package load

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestPackingLosesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := newSecond(time.Now())
	for range 20000 {
		record(s.Latency, time.Duration(random.ExpFloat64()*float64(50*time.Millisecond)))
	}
	record(s.Latency, 0)
	record(s.Latency, time.Hour)
	record(s.Lag, time.Microsecond)
	s.Answered[200], s.NotSent["stopped"] = 20002, 3
	p := pack(s)
	got := p.unpack()
	if !got.Latency.Equals(s.Latency) || !got.Service.Equals(s.Service) || !got.Lag.Equals(s.Lag) {
		t.Error("a histogram came back as another one")
	}
	if got.Answered[200] != 20002 || got.NotSent["stopped"] != 3 {
		t.Errorf("got %v and %v", got.Answered, got.NotSent)
	}
	if n := len(p.latency); n > 16<<10 {
		t.Errorf("20000 latencies take %d bytes", n)
	}
	got.Answered[200]++
	if p.unpack().Answered[200] != 20002 {
		t.Error("what is done to a second reaches the recording")
	}
}

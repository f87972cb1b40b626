package load

import (
	"testing"
	"time"
)

// BenchmarkFile is what the end of each second costs.
func BenchmarkFile(b *testing.B) {
	s := newSecond(time.Now())
	for i := range 1667 {
		record(s.Latency, time.Duration(i*i)*time.Microsecond)
		record(s.Service, time.Duration(i)*time.Microsecond)
	}
	for b.Loop() {
		pack(s)
	}
}

package load

import (
	"math/rand/v2"
	"testing"
	"time"

	"gameday/internal/load/traffic"
)

// The two halves of a schedule agree, also where most of a log is silence.
func TestTimedSchedules(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, counts := range [][]byte{{1}, {0, 0, 5, 0}, {3, 0, 0, 0, 100, 0, 1}, make([]byte, 500)} {
		if counts[0] == 0 && len(counts) == 500 {
			for range 40 {
				counts[random.IntN(500)] = byte(random.IntN(127))
			}
		}
		pattern, err := (&traffic.Timing{Counts: counts}).Pattern()
		if err != nil {
			t.Fatal(err)
		}
		s := timed{pattern, Constant(123.4).course()}
		last := time.Duration(-1)
		for n := range uint64(3000) {
			due := s.due(n)
			if due < last {
				t.Fatalf("%v: request %d is due at %s, before the one before it at %s", counts, n, due, last)
			}
			if got := s.before(due); got > n || got < n && s.due(got) != due {
				t.Fatalf("%v: %d requests before %s, when request %d is due", counts, got, due, n)
			}
			if got := s.before(due + 1); got <= n {
				t.Fatalf("%v: %d requests until %s, when request %d is due", counts, got, due, n)
			}
			last = due
		}
		if rate := 3000 / last.Seconds(); rate < 110 || rate > 140 {
			t.Errorf("%v: %.1f a second on average, instead of 123.4", counts, rate)
		}
	}
}

func TestRequestsComeAsTheyDid(t *testing.T) {
	pattern, err := (&traffic.Timing{Counts: []byte{2, 0, 0, 0, 1, 0, 0, 0, 0, 1}}).Pattern() // in 100 ms
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0, 5, 40, 90, 100, 105, 140, 190, 200}
	for n, ms := range want {
		if got, want := (timed{pattern, Constant(pattern.Rate()).course()}).due(uint64(n)).Round(time.Microsecond), ms*time.Millisecond; got != want {
			t.Errorf("request %d is due at %s, want %s", n, got, want)
		}
		if got, want := (timed{pattern, Constant(2 * pattern.Rate()).course()}).due(uint64(n)).Round(time.Microsecond), ms*time.Millisecond/2; got != want {
			t.Errorf("at twice the rate, request %d is due at %s, want %s", n, got, want)
		}
	}
}

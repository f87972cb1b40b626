package main

import (
	"testing"
	"time"
)

func TestTruthOfAStall(t *testing.T) {
	begun := time.Now()
	s := silence{From: begun.Add(5 * time.Second), To: begun.Add(6 * time.Second)}
	got := s.truth(begun, task{Rate: 1000, For: 10 * time.Second})
	if want := (percentiles{P50: 0, P99: 900 * time.Millisecond, Max: time.Second}); got != want {
		t.Errorf("1,000 requests of 10,000 wait for 1 ms to 1 s, so the truth is %v, not %v", want, got)
	}
}

package load

import "time"

// alarm waits for moments.
type alarm interface {
	wait(d time.Duration) // for so long, or until woken; it may end early for no reason
	wake()                // ends this wait, or else the next one
	close()
}

// clock is an alarm with the timers of Go, which are exact to a millisecond where nothing else goes on.
type clock struct {
	timer *time.Timer
	woken chan struct{}
}

func newClock() *clock { return &clock{time.NewTimer(0), make(chan struct{}, 1)} }

func (c *clock) wait(d time.Duration) {
	c.timer.Reset(d)
	select {
	case <-c.timer.C:
	case <-c.woken:
	}
}

func (c *clock) wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

func (c *clock) close() { c.timer.Stop() }

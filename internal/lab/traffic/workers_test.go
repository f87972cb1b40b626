package traffic

import (
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// crowd is what became of many requests to the same workers.
type crowd struct {
	wait   time.Duration // mean, of those that were served
	waited float64       // share of them that found every worker busy
	turned float64       // share of all that found the queue full
}

// arrive sends n requests at random, rate a second on average, to a number of workers that take service for each, in time that passes
// only as everybody sleeps: what comes out depends on the seed and on nothing else.
func arrive(t *testing.T, n int, rate float64, number, queue int, service func(*rand.Rand) time.Duration) (c crowd) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkers(number, queue) // its channel has to belong to this time
		random := rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		var all sync.WaitGroup
		served, waited, turned := 0, 0, 0
		var sum time.Duration
		for range n {
			time.Sleep(time.Duration(random.ExpFloat64() / rate * float64(time.Second)))
			takes := service(random)
			all.Go(func() {
				came := time.Now()
				leave, err := w.enter(t.Context())
				wait := time.Since(came)
				mu.Lock()
				switch {
				case errors.Is(err, errFull):
					turned++
				default:
					served++
					sum += wait
					if wait > 0 {
						waited++
					}
				}
				mu.Unlock()
				if err == nil {
					time.Sleep(takes)
					leave()
				}
			})
		}
		all.Wait()
		c = crowd{sum / time.Duration(served), float64(waited) / float64(served), float64(turned) / float64(n)}
	})
	return c
}

const servedIn = 100 * time.Millisecond

func exponential(r *rand.Rand) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(servedIn))
}
func constant(*rand.Rand) time.Duration { return servedIn }

// erlangC is the share of requests that wait, of those that offer load (in workers kept busy) to k workers.
func erlangC(k int, load float64) float64 {
	b := 1.0 // Erlang B, by its recursion
	for i := 1; i <= k; i++ {
		b = load * b / (float64(i) + load*b)
	}
	return b / (1 - load/float64(k)*(1-b))
}

func TestRequestsWaitAsQueueingTheoryHasIt(t *testing.T) {
	const k, n = 8, 30_000
	capacity := k / servedIn.Seconds()
	for _, busy := range []float64{0.5, 0.8, 0.9} {
		rate := busy * capacity
		waits := erlangC(k, busy*k)
		mean := waits / (capacity - rate) // seconds
		got := arrive(t, n, rate, k, 0, exponential)
		near(t, "share that waits, M/M/8", got.waited, waits, 0.1)
		near(t, "mean wait, M/M/8", got.wait.Seconds(), mean, 0.2)
		// Service that does not vary halves the wait, nearly.
		got = arrive(t, n, rate, k, 0, constant)
		near(t, "mean wait, M/D/8", got.wait.Seconds(), mean/2, 0.25)
	}
}

func TestAFullQueueTurnsAwayAsManyAsTheoryHasIt(t *testing.T) {
	const k, queue, busy = 8, 4, 1.2
	got := arrive(t, 30_000, busy*k/servedIn.Seconds(), k, queue, exponential)
	// M/M/k/K: the chance of n requests in the system, as a birth and death process has it.
	p, sum := 1.0, 1.0
	for n := 1; n <= k+queue; n++ {
		p *= busy * k / float64(min(n, k))
		sum += p
	}
	near(t, "share turned away", got.turned, p/sum, 0.05)
	if longest := time.Duration(queue+1) * servedIn; got.wait > longest {
		t.Errorf("behind a queue of %d nobody waits %v", queue, got.wait)
	}
}

func TestAnOverloadedProgramGetsAsSlowAsItsQueueIsLong(t *testing.T) {
	const k, queue = 2, 60
	synctest.Test(t, func(t *testing.T) {
		w := newWorkers(k, queue)
		var mu sync.Mutex
		var last time.Duration
		var all sync.WaitGroup
		for range k + queue {
			all.Go(func() {
				came := time.Now()
				leave, err := w.enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				last = max(last, time.Since(came))
				mu.Unlock()
				time.Sleep(servedIn)
				leave()
			})
		}
		synctest.Wait()
		if _, err := w.enter(t.Context()); !errors.Is(err, errFull) {
			t.Errorf("one too many: %v", err)
		}
		all.Wait()
		if want := queue / k * servedIn; last != want {
			t.Errorf("the last one waited %v, want %v", last, want)
		}
	})
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	t.Logf("%s: %.4g, in theory %.4g", what, got, want)
	if math.Abs(got-want) > within*want {
		t.Errorf("%s: %.4g, in theory %.4g", what, got, want)
	}
}

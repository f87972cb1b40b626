package traffic

import (
	"context"
	"errors"
	"sync/atomic"
)

// workers are what a program serves with: each has one request at a time, and who finds none idle waits in a queue, first come,
// first served. That makes a program a queue as the textbooks have it, M/G/k where arrivals are random, and its delays theirs.
type workers struct {
	slots   chan struct{} // nil without a limit
	queue   int64         // 0 is no limit
	waiting atomic.Int64
}

// errFull is what becomes of a request that finds the queue full.
var errFull = errors.New("every worker is busy and the queue is full")

func newWorkers(number, queue int) *workers {
	w := &workers{queue: int64(queue)}
	if number > 0 {
		w.slots = make(chan struct{}, number)
	}
	return w
}

// enter waits for a worker, who has to be given back with leave. It fails with errFull, or with ctx's error once that has ended.
func (w *workers) enter(ctx context.Context) (leave func(), err error) {
	if w.slots == nil {
		return func() {}, nil
	}
	select {
	case w.slots <- struct{}{}:
		return w.leave, nil
	default:
	}
	if n := w.waiting.Add(1); w.queue > 0 && n > w.queue {
		w.waiting.Add(-1)
		return nil, errFull
	}
	defer w.waiting.Add(-1)
	select {
	case w.slots <- struct{}{}:
		return w.leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *workers) leave() { <-w.slots }

package load

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// pool keeps the connections of a load. It has as many as there are requests under way at a time; the one that was used
// last is used next. Safe for concurrent use.
type pool struct {
	connect   connect
	addresses *addresses
	life      context.Context // of the connections
	closing   func() bool

	mu   sync.Mutex
	open map[*pooled]struct{}
	idle []*pooled // the one used last at the end
}

// pooled is a connection and what the pool knows of it.
type pooled struct {
	connection
	address netip.Addr
	rests   time.Time // since then
}

// maxIdle is how long a connection waits for its next request: less than the 60 s after which an application load
// balancer hangs up by default, so that no request is lost to that race.
const maxIdle = 45 * time.Second

// newPool makes a pool whose connections end at once when life does.
func newPool(life context.Context, c connect, a *addresses) *pool {
	p := &pool{connect: c, addresses: a, life: life, open: map[*pooled]struct{}{}}
	p.closing = context.AfterFunc(life, p.close)
	if a.named() {
		go p.follow()
	}
	return p
}

// resolveEvery is how often the addresses of a target are asked for again. Those of an application load balancer hold
// for 60 s.
const resolveEvery = 30 * time.Second

// follow follows a target whose addresses change.
func (p *pool) follow() {
	tick := time.NewTicker(resolveEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-tick.C:
		}
		if _, err := p.addresses.resolve(p.life); err == nil {
			p.retire()
		}
	}
}

// take is a connection for one exchange, a new one if none is at rest.
func (p *pool) take(until time.Time) (*pooled, error) {
	for {
		c := p.rested()
		if c == nil {
			return p.dial(until)
		}
		if c.fit(time.Since(c.rests)) {
			return c, nil
		}
		p.drop(c)
	}
}

// rested is the connection that was used last.
func (p *pool) rested() *pooled {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

// dial makes a connection, before a moment.
func (p *pool) dial(until time.Time) (*pooled, error) {
	ctx, cancel := context.WithDeadline(p.life, until)
	defer cancel()
	dialled, address, err := p.addresses.dial(ctx)
	if err != nil {
		return nil, err
	}
	made, err := p.connect(ctx, dialled)
	if err != nil {
		dialled.Close()
		return nil, err
	}
	c := &pooled{connection: made, address: address}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life.Err() != nil {
		c.close()
		return nil, p.life.Err()
	}
	p.open[c] = struct{}{}
	return c, nil
}

// put gives a connection back.
func (p *pool) put(c *pooled) {
	if !c.fit(0) || !p.addresses.has(c.address) {
		p.drop(c)
		return
	}
	c.rests = time.Now()
	p.mu.Lock()
	p.idle = append(p.idle, c)
	stale := p.idle[0]
	if c.rests.Sub(stale.rests) > maxIdle {
		p.idle = p.idle[1:]
	} else {
		stale = nil
	}
	p.mu.Unlock()
	if stale != nil {
		p.drop(stale)
	}
}

// drop closes a connection that nobody uses.
func (p *pool) drop(c *pooled) {
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
	c.close()
}

// retire closes the connections at rest that lead to addresses that the target has no more. Others are as soon as they are given
// back.
func (p *pool) retire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = slices.DeleteFunc(p.idle, func(c *pooled) bool {
		left := !p.addresses.has(c.address)
		if left {
			delete(p.open, c)
			c.close()
		}
		return left
	})
}

// close closes all of them, whatever is under way.
func (p *pool) close() {
	p.closing()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.close()
	}
	clear(p.open)
	p.idle = nil
}

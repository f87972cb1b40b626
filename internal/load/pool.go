package load

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// pool keeps the connections of a load. Of those at rest, the one that was used last is used next; where there is none, a
// new one is made; and only where there are as many as may be, requests share one, if that can be shared. Safe for
// concurrent use.
type pool struct {
	connect   connect
	addresses *addresses
	most      int             // connections
	streams   int             // requests on each at a time
	life      context.Context // of the connections
	release   func() bool     // from life

	mu   sync.Mutex
	open map[*pooled]struct{} // and those that are being made
	idle []*pooled            // those at rest, the one used last at the end
}

// pooled is a connection and what the pool knows of it.
type pooled struct {
	connection
	made    chan struct{} // closed once the connection is made
	failed  error         // why it could not be
	address netip.Addr
	own     bool      // of one request, after which it can carry no more
	users   int       // under the lock of the pool
	rests   time.Time // since then, if there are none
}

// maxIdle is how long a connection waits for its next request: less than the 60 s after which an application load
// balancer hangs up by default, so that no request is lost to that race.
const maxIdle = 45 * time.Second

// begin has the connections end at once when their life does, and the addresses asked for again every so often.
func (p *pool) begin(resolve time.Duration) {
	p.open = map[*pooled]struct{}{}
	p.release = context.AfterFunc(p.life, p.close)
	if p.addresses.named() {
		go p.follow(resolve)
	}
}

// follow follows a target whose addresses change.
func (p *pool) follow(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case <-tick.C:
		}
		p.renew()
	}
}

// renew asks for the addresses.
func (p *pool) renew() {
	if _, err := p.addresses.resolve(p.life); err == nil {
		p.retire()
	}
}

// take is a connection for one exchange; a fresh one if it must be.
func (p *pool) take(until time.Time, fresh bool) (*pooled, error) {
	for {
		c, is := p.claim(fresh)
		switch {
		case is == unmade:
			return c, p.make(c, until)
		case is == inUse:
			<-c.made // or not, before a moment that is not after this one
			return c, c.failed
		case c.fit(time.Since(c.rests)):
			return c, nil
		}
		p.drop(c)
	}
}

// condition is what a connection was like before it was claimed.
type condition int

const (
	unmade condition = iota
	atRest
	inUse
)

// claim finds a connection that another request may use.
func (p *pool) claim(fresh bool) (*pooled, condition) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	full := len(p.open) >= p.most
	switch {
	case fresh && full && last >= 0: // in place of the one that has been at rest longest
		delete(p.open, p.idle[0])
		p.idle[0].close()
		p.idle = p.idle[1:]
	case fresh:
	case last >= 0:
		c := p.idle[last]
		p.idle = p.idle[:last]
		c.users = 1
		return c, atRest
	case full:
		if c := p.leastUsed(); c != nil {
			c.users++
			return c, inUse
		}
	}
	c := &pooled{made: make(chan struct{}), users: 1, own: fresh}
	p.open[c] = struct{}{}
	return c, unmade
}

// leastUsed is the connection with the fewest users of those that may have more. Under the lock.
func (p *pool) leastUsed() (least *pooled) {
	for c := range p.open {
		if !c.own && c.users < p.streams && (least == nil || c.users < least.users) && p.shareable(c) {
			least = c
		}
	}
	return least
}

// shareable is whether one more request may be sent on a connection.
func (p *pool) shareable(c *pooled) bool {
	select {
	case <-c.made:
		return c.failed == nil && c.fit(0) && p.addresses.has(c.address)
	default:
		return true
	}
}

// make makes a connection that was claimed, before a moment.
func (p *pool) make(c *pooled, until time.Time) error {
	ctx, cancel := context.WithDeadline(p.life, until)
	defer cancel()
	var dialled net.Conn
	if dialled, c.address, c.failed = p.addresses.dial(ctx); c.failed == nil {
		if c.connection, c.failed = p.connect(ctx, dialled); c.failed != nil {
			dialled.Close()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(c.made)
	if c.failed == nil && p.life.Err() != nil {
		c.close()
		c.failed = p.life.Err()
	}
	if c.failed != nil {
		delete(p.open, c)
	}
	return c.failed
}

// put gives a connection back, for good where nothing is to follow on it.
func (p *pool) put(c *pooled, last bool) {
	now := time.Now()
	fit := !last && c.fit(0) && p.addresses.has(c.address)
	var done []*pooled // with nobody's request
	p.mu.Lock()
	c.users--
	switch {
	case c.users == 0 && fit:
		c.rests = now
		p.idle = append(p.idle, c)
	case c.users == 0:
		done = append(done, c)
	}
	if len(p.idle) > 0 && now.Sub(p.idle[0].rests) > maxIdle {
		done = append(done, p.idle[0])
		p.idle = p.idle[1:]
	}
	p.mu.Unlock()
	for _, c := range done {
		p.drop(c)
	}
}

// drop closes a connection that nobody uses.
func (p *pool) drop(c *pooled) {
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
	c.close()
}

// retire closes the connections at rest to addresses that the target has no more. Others are closed when they are given
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
	p.release()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		if c.connection != nil { // or it is being made, and finds that its life is over
			c.close()
		}
	}
	clear(p.open)
	p.idle = nil
}

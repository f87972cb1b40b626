package traffic

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// visitors are the connections that a server has accepted. They notice who leaves before being answered, which a server that only
// reads between two requests would not, without a second goroutine for each of them.
type visitors struct {
	net.Listener
	door door

	mu      sync.Mutex
	present map[*visitor]struct{} // nil once nobody is let in any more
	came    int                   // so far, those who have left included
	closed  chan struct{}
	once    sync.Once
}

// visitor is a connection from a client, and the context of what is done for it: that ends when the client leaves.
type visitor struct {
	*net.TCPConn
	of     *visitors
	number int           // how many came before it
	waits  atomic.Uint64 // for the answer to the request of this number; 0 between requests

	left  chan struct{} // closed when it has left
	leave sync.Once
	shut  sync.Once
	mu    sync.Mutex
	asked io.Closer // what is closed when it leaves
}

// glance is the time between two looks at who is still there. Whoever leaves is noticed after one or two of them.
const glance = 100 * time.Millisecond

func welcome(l net.Listener, d door) *visitors {
	v := &visitors{Listener: l, door: d, present: map[*visitor]struct{}{}, closed: make(chan struct{})}
	go v.watch()
	return v
}

// Accept lets the next one in.
func (v *visitors) Accept() (net.Conn, error) {
	for {
		c, err := v.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !v.door.admit(v.Addr(), v.closed) {
			abort(c)
			return nil, net.ErrClosed
		}
		arrived := &visitor{TCPConn: c.(*net.TCPConn), of: v, left: make(chan struct{})}
		v.mu.Lock()
		if v.present == nil {
			v.mu.Unlock()
			abort(c)
			v.door.files.give(1)
			continue
		}
		arrived.number = v.came
		v.came++
		v.present[arrived] = struct{}{}
		v.mu.Unlock()
		return arrived, nil
	}
}

// Close lets nobody in any more. Those who are there may stay.
func (v *visitors) Close() error {
	v.once.Do(func() { close(v.closed) })
	return v.Listener.Close()
}

// expel ends all connections, and those to come.
func (v *visitors) expel(end func(net.Conn)) {
	v.mu.Lock()
	all := v.present
	v.present = nil
	v.mu.Unlock()
	for c := range all {
		end(c.TCPConn)
		c.depart()
	}
}

// there is how many are there.
func (v *visitors) there() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.present)
}

func (v *visitors) watch() {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	waited := map[*visitor]uint64{} // who waited for which answer at the last look
	for {
		select {
		case <-tick.C:
		case <-v.closed:
			if v.there() == 0 {
				return
			}
			<-tick.C
		}
		waited = v.look(waited)
	}
}

// look finds out who of those that have waited for a while has left.
func (v *visitors) look(before map[*visitor]uint64) (waiting map[*visitor]uint64) {
	waiting = map[*visitor]uint64{}
	v.mu.Lock()
	for c := range v.present {
		if n := c.waits.Load(); n != 0 {
			waiting[c] = n
		}
	}
	v.mu.Unlock()
	for c, n := range waiting {
		if before[c] == n && hungUp(c.TCPConn) {
			c.depart()
		}
	}
	return waiting
}

// Close ends the connection.
func (v *visitor) Close() error {
	v.of.mu.Lock()
	delete(v.of.present, v)
	v.of.mu.Unlock()
	v.depart()
	v.shut.Do(func() { v.of.door.files.give(1) })
	return v.TCPConn.Close()
}

// depart ends what is done for a client that has gone.
func (v *visitor) depart() {
	v.leave.Do(func() {
		close(v.left)
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.asked != nil {
			_ = v.asked.Close()
		}
	})
}

// waiting says that an answer is being made for it, until its next request.
func (v *visitor) waiting(request uint64) (answered func()) { v.waits.Store(request); return v.idle }

func (v *visitor) idle() { v.waits.Store(0) }

// asks has c closed should the client leave, until answered is called.
func (v *visitor) asks(c io.Closer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = c
	if v.Err() != nil {
		_ = c.Close()
	}
}

// answered reports whether the client is still there.
func (v *visitor) answered() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = nil
	return v.Err() == nil
}

// Done is closed when the client has left.
func (v *visitor) Done() <-chan struct{} { return v.left }

// Err is context.Canceled once the client has left.
func (v *visitor) Err() error {
	select {
	case <-v.left:
		return context.Canceled
	default:
		return nil
	}
}

// Deadline says that there is none.
func (v *visitor) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value knows nothing.
func (v *visitor) Value(any) any { return nil }

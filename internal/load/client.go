package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"
)

// client makes the exchanges of a load: one request, one answer, and nothing behind anybody's back. It follows no
// redirects, uses no proxies, asks for no compression and never repeats a request. Safe for concurrent use.
type client struct {
	pool  *pool
	fresh uint64 // so many requests of a million are sent on connections of their own
}

const million = 1_000_000

// newClient makes a client for the load s to u, which gives up whatever is under way when ctx ends.
func newClient(ctx context.Context, s Spec, u *url.URL) (*client, error) {
	connect, err := s.engine(u)
	if err != nil {
		return nil, err
	}
	if !(s.Fresh >= 0 && s.Fresh <= 1) {
		return nil, fmt.Errorf("a share of %v requests on new connections is none from 0 to 1", s.Fresh)
	}
	p := &pool{connect: connect, addresses: newAddresses(u), most: s.connections(), streams: s.streams(), life: ctx}
	p.begin(s.resolve())
	return &client{pool: p, fresh: uint64(math.Round(s.Fresh * million))}, nil
}

// streams is how many requests may be under way on one connection.
func (s Spec) streams() int {
	switch {
	case s.Protocol != HTTP2:
		return 1
	case s.Streams == 0:
		return DefaultStreams
	default:
		return s.Streams
	}
}

func (s Spec) resolve() time.Duration {
	if s.Resolve == 0 {
		return DefaultResolve
	}
	return s.Resolve
}

// mostTries is on how many connections a request is sent of which the server says that it has not looked at it.
const mostTries = 3

// exchange sends request number n of a load and reads its answer, before a moment.
func (c *client) exchange(n uint64, r *Request, until time.Time) (status int, err error) {
	own := c.own(n)
	var body []byte
	for range mostTries {
		var connection *pooled
		if connection, err = c.pool.take(until, own); err != nil {
			return 0, err
		}
		status, body, err = connection.exchange(r, until, own)
		c.pool.put(connection, own)
		if again := (unseen{}); !errors.As(err, &again) {
			break
		}
	}
	why := ""
	if err == nil {
		why = r.Expect.Failure(status, body)
	}
	switch {
	case err != nil:
		return 0, err
	case why != "":
		return 0, unmet(why)
	}
	return status, nil
}

// own is whether request number n has a connection of its own. Those that have are as evenly spread as can be.
func (c *client) own(n uint64) bool {
	n = n % perStream % million
	return (n+1)*c.fresh/million > n*c.fresh/million
}

func (c *client) close() { c.pool.close() }

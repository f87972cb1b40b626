package load

import (
	"context"
	"net/url"
	"time"
)

// client makes the exchanges of a load: one request, one answer, and nothing behind anybody's back. It follows no
// redirects, uses no proxies, asks for no compression and never repeats a request. Safe for concurrent use.
type client struct {
	pool *pool
}

// newClient makes a client for the load s to u, which gives up whatever is under way when ctx ends.
func newClient(ctx context.Context, s Spec, u *url.URL) (*client, error) {
	connect, err := s.engine(u)
	if err != nil {
		return nil, err
	}
	return &client{newPool(ctx, connect, newAddresses(u))}, nil
}

// exchange sends one request and reads its answer, before a moment.
func (c *client) exchange(r *Request, until time.Time) (status int, err error) {
	connection, err := c.pool.take(until)
	if err != nil {
		return 0, err
	}
	defer c.pool.put(connection)
	status, body, err := connection.exchange(r, until)
	if err != nil {
		return 0, err
	}
	if why := r.Expect.Failure(status, body); why != "" {
		return 0, unmet(why)
	}
	return status, nil
}

func (c *client) close() { c.pool.close() }

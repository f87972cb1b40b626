package traffic

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"gameday/internal/lab/metrics"
)

// BalancerOptions is a load balancer's configuration.
type BalancerOptions struct {
	Port           int // on loopback; 0 takes a free one
	Dimension      string
	Zones          []string // the zones that it has a node in; clients' connections are spread over them
	IdleTimeout    time.Duration
	ConnectTimeout time.Duration
	Store          *metrics.Store
}

// Route sends the paths that match a pattern to a pool. In a pattern, * stands for any characters and ? for one.
type Route struct {
	Patterns  []string
	Pool      *Pool
	Dimension string // of the pool's target group
}

// Balancer is an Application Load Balancer: an HTTP reverse proxy that asks every request of one target, once.
type Balancer struct {
	options BalancerOptions
	clients *visitors
	ended   chan struct{}
	routes  atomic.Pointer[[]*route]
}

type route struct {
	Route
	tallies []*tally // by zone
}

// Balance starts a load balancer that answers 404 until it has routes.
func Balance(o BalancerOptions) (*Balancer, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		return nil, err
	}
	b := &Balancer{options: o, clients: welcome(listener, door{}), ended: make(chan struct{})}
	b.SetRoutes(nil)
	server := newServer(b.serve)
	server.IdleTimeout = o.IdleTimeout
	go func() {
		defer close(b.ended)
		_ = server.Serve(b.clients) // ends when told to, always with an error
	}()
	o.Store.Collect(b.publish)
	return b, nil
}

// Port is where it listens on loopback.
func (b *Balancer) Port() int { return b.clients.Addr().(*net.TCPAddr).Port }

// SetRoutes replaces the routes; the first that matches is taken.
func (b *Balancer) SetRoutes(routes []Route) {
	built := make([]*route, len(routes))
	for i, r := range routes {
		built[i] = &route{Route: r}
		for range b.options.Zones {
			built[i].tallies = append(built[i].tallies, &tally{})
		}
	}
	b.routes.Store(&built)
}

// Close drops every connection.
func (b *Balancer) Close() {
	_ = b.clients.Close() // an error of the listener's changes nothing
	b.clients.expel(func(c net.Conn) { _ = c.Close() })
	<-b.ended
}

func (b *Balancer) serve(x *fasthttp.RequestCtx) {
	path := string(x.URI().PathOriginal())
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	for _, route := range *b.routes.Load() {
		if route.matches(path) {
			client := x.Conn().(*visitor)
			defer client.waiting(x.ConnRequestNum())()
			zone := client.number % len(b.options.Zones)
			o := b.forward(x, client, route.Pool, b.options.Zones[zone])
			route.tallies[zone].add(b.options.Store.Bucket(time.Now()), o)
			return
		}
	}
	answer(x, http.StatusNotFound)
}

// forward asks one target, once. Whatever goes wrong before the head of an answer is there is the load balancer's own error.
func (b *Balancer) forward(x *fasthttp.RequestCtx, client *visitor, pool *Pool, zone string) (o outcome) {
	t := pool.pick()
	if t == nil {
		return fail(x, client, o, http.StatusServiceUnavailable)
	}
	o.chosen = true
	if t.cut.Load().from(zone) {
		return b.lost(x, client, o, t)
	}
	c, err := t.take(t.Addr, b.options.IdleTimeout, b.options.ConnectTimeout)
	if err != nil {
		o.refused = true
		return fail(x, client, o, errorStatus(err))
	}
	client.asks(c.conn)
	sendErr := c.send(x)
	sent := time.Now()
	// A target may answer and hang up before it has read the whole request, so its answer counts more than a failed write.
	err = c.receive()
	there := client.answered()
	switch {
	case err != nil:
		t.give(c, false)
		return fail(x, client, o, errorStatus(cmp.Or(sendErr, err)))
	case t.cut.Load().from(zone): // while the target was at it, so that its answer gets lost
		t.give(c, false)
		_ = pause(client, time.Until(sent.Add(b.options.IdleTimeout)))
		return fail(x, client, o, http.StatusGatewayTimeout)
	}
	o.took, o.target = time.Since(sent), c.head.StatusCode()
	c.pass(x, func(whole bool) { t.give(c, whole && there && sendErr == nil && !c.head.ConnectionClose()) })
	return o
}

// lost is the fate of a request whose packets do not arrive: over a connection that is open already nothing is heard of it, and a new
// one does not come about.
func (b *Balancer) lost(x *fasthttp.RequestCtx, client *visitor, o outcome, t *target) outcome {
	wait := b.options.ConnectTimeout
	if c := t.pop(); c != nil {
		wait = b.options.IdleTimeout
		defer func() { _ = c.conn.Close() }()
	} else {
		o.refused = true
	}
	_ = pause(client, wait) // fail looks whether the client is still there
	return fail(x, client, o, http.StatusGatewayTimeout)
}

// fail answers with the load balancer's own error, unless the client has gone: that is a 460, which nobody reads.
func fail(x *fasthttp.RequestCtx, client *visitor, o outcome, status int) outcome {
	if client.Err() != nil {
		o.elb = clientClosed
		return o
	}
	o.elb = status
	answer(x, status)
	return o
}

// clientClosed is the status that a load balancer logs and counts for a client that did not wait.
const clientClosed = 460

// errorStatus is 504 for a target that did not connect or speak in time, and 502 for one that refused, reset, closed or spoke nonsense.
func errorStatus(err error) int {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

func answer(x *fasthttp.RequestCtx, status int) {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	x.Response.Header.SetServer("awselb/2.0")
	x.SetContentType("text/html")
	x.SetStatusCode(status)
	x.SetBodyString("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n")
}

func (r *route) matches(path string) bool {
	for _, pattern := range r.Patterns {
		if match(pattern, path) {
			return true
		}
	}
	return false
}

// match reports whether the whole of s matches pattern.
func match(pattern, s string) bool {
	if prefix, is := strings.CutSuffix(pattern, "*"); is && !strings.ContainsAny(prefix, "*?") {
		return strings.HasPrefix(s, prefix)
	}
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(s); i++ {
				if match(pattern[1:], s[i:]) {
					return true
				}
			}
			return false
		case s == "" || pattern[0] != '?' && pattern[0] != s[0]:
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	return s == ""
}

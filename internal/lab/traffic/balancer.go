package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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
	options  BalancerOptions
	listener net.Listener
	http     *http.Server
	zone     atomic.Uint64 // whose turn it is to take a connection
	ended    chan struct{}
	buffers  sync.Pool
	routes   atomic.Pointer[[]*route]
}

type route struct {
	Route
	tallies []*tally // by zone
}

// zoneKey finds the index of a connection's zone in its context.
type zoneKey struct{}

// Balance starts a load balancer that answers 404 until it has routes.
func Balance(o BalancerOptions) (*Balancer, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		return nil, err
	}
	b := &Balancer{options: o, listener: listener, ended: make(chan struct{})}
	b.buffers.New = func() any { buffer := make([]byte, 32<<10); return &buffer }
	b.SetRoutes(nil)
	b.http = &http.Server{
		Handler:     b,
		IdleTimeout: o.IdleTimeout,
		ErrorLog:    discard(),
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, zoneKey{}, int(b.zone.Add(1)%uint64(len(o.Zones))))
		},
	}
	go func() {
		defer close(b.ended)
		_ = b.http.Serve(listener) // ends when told to, always with an error
	}()
	o.Store.Collect(b.publish)
	return b, nil
}

// Port is where it listens on loopback.
func (b *Balancer) Port() int { return b.listener.Addr().(*net.TCPAddr).Port }

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
	_ = b.http.Close() // the listener's error, if any, changes nothing
	<-b.ended
}

func (b *Balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, route := range *b.routes.Load() {
		if route.matches(r.URL.Path) {
			zone, _ := r.Context().Value(zoneKey{}).(int)
			o := b.forward(w, r, route.Pool, b.options.Zones[zone])
			route.tallies[zone].add(b.options.Store.Bucket(time.Now()), o)
			if o.truncated {
				panic(http.ErrAbortHandler) // the head has been passed on: all that is left is to hang up
			}
			return
		}
	}
	answer(w, http.StatusNotFound)
}

// forward asks one target, once. Whatever goes wrong before the head of an answer is there is the load balancer's own error.
func (b *Balancer) forward(w http.ResponseWriter, r *http.Request, pool *Pool, zone string) (o outcome) {
	t := pool.pick()
	if t == nil {
		return fail(w, r, o, http.StatusServiceUnavailable)
	}
	o.chosen = true
	if t.cut.Load().from(zone) {
		return b.lost(w, r, o, t)
	}
	c, err := t.take(t.Addr, b.options.IdleTimeout, b.options.ConnectTimeout)
	if err != nil {
		o.refused = true
		return fail(w, r, o, errorStatus(err))
	}
	reusable := false
	defer func() { t.give(c, reusable) }()
	callOff := c.interrupt(r.Context())
	defer callOff()
	if err := c.conn.SetWriteDeadline(time.Now().Add(b.options.IdleTimeout)); err != nil {
		return fail(w, r, o, http.StatusBadGateway)
	}
	sendErr := c.send(r)
	sent := time.Now()
	// A target may answer and hang up before it has read the whole request, so its answer counts more than a failed write.
	response, err := c.receive(r)
	if err != nil {
		if sendErr != nil {
			err = sendErr
		}
		return fail(w, r, o, errorStatus(err))
	}
	if t.cut.Load().from(zone) { // while the target was at it, so that its answer gets lost
		_ = pause(r.Context(), time.Until(sent.Add(b.options.IdleTimeout)))
		return fail(w, r, o, http.StatusGatewayTimeout)
	}
	o.took, o.target = time.Since(sent), response.StatusCode
	if err := b.pass(w, response); err != nil {
		o.truncated = true
		return o
	}
	reusable = sendErr == nil && !response.Close && callOff()
	return o
}

// lost is the fate of a request whose packets do not arrive: over a connection that is open already nothing is heard of it, and a new
// one does not come about.
func (b *Balancer) lost(w http.ResponseWriter, r *http.Request, o outcome, t *target) outcome {
	wait := b.options.ConnectTimeout
	if c := t.pop(); c != nil {
		wait = b.options.IdleTimeout
		defer func() { _ = c.conn.Close() }()
	} else {
		o.refused = true
	}
	_ = pause(r.Context(), wait) // fail looks whether the client is still there
	return fail(w, r, o, http.StatusGatewayTimeout)
}

// pass hands a target's answer to the client.
func (b *Balancer) pass(w http.ResponseWriter, response *http.Response) error {
	header := w.Header()
	for name, values := range response.Header {
		if name == "Content-Length" || !hopByHop(name) {
			header[name] = values
		}
	}
	w.WriteHeader(response.StatusCode)
	buffer := b.buffers.Get().(*[]byte)
	defer b.buffers.Put(buffer)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, response.Body, *buffer)
	return errors.Join(err, response.Body.Close())
}

// fail answers with the load balancer's own error, unless the client has gone: that is a 460, which nobody reads.
func fail(w http.ResponseWriter, r *http.Request, o outcome, status int) outcome {
	if r.Context().Err() != nil {
		o.elb = clientClosed
		return o
	}
	o.elb = status
	answer(w, status)
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

func answer(w http.ResponseWriter, status int) {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	w.Header().Set("Server", "awselb/2.0")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+"</h1></center>\r\n</body>\r\n</html>\r\n")
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

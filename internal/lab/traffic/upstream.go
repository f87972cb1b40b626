package traffic

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync"
	"time"
)

// upstreams are the keep-alive connections to one target. They are our own, and not a http.Transport's, because a Transport
// quietly sends a request again when a connection that it reused turns out to be dead. A load balancer does not.
type upstreams struct {
	mu     sync.Mutex
	idle   []*upstream // the most recently used last
	busy   map[*upstream]struct{}
	closed bool
}

// upstream is a connection to a target, with what is needed to speak HTTP/1.1 over it.
type upstream struct {
	conn  *net.TCPConn
	in    *bufio.Reader
	out   *bufio.Writer
	since time.Time // when it became idle
}

var errTargetGone = errors.New("the target has been removed")

// take returns a connection to addr: an idle one whose peer has not hung up, or a new one.
func (u *upstreams) take(addr string, idle, connect time.Duration) (*upstream, error) {
	for {
		c := u.pop()
		if c == nil {
			break
		}
		if time.Since(c.since) < idle && !hungUp(c.conn) {
			return c, u.enlist(c)
		}
		_ = c.conn.Close()
	}
	conn, err := net.DialTimeout("tcp", addr, connect)
	if err != nil {
		return nil, err
	}
	c := &upstream{conn: conn.(*net.TCPConn), in: bufio.NewReader(patient{conn, idle}), out: bufio.NewWriter(conn)}
	return c, u.enlist(c)
}

// patient reads, and takes silence for longer than idle as a timeout.
type patient struct {
	net.Conn
	idle time.Duration
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(p.idle)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

func (u *upstreams) pop() *upstream {
	u.mu.Lock()
	defer u.mu.Unlock()
	last := len(u.idle) - 1
	if last < 0 {
		return nil
	}
	c := u.idle[last]
	u.idle = u.idle[:last]
	return c
}

// enlist counts c among those that a removal of the target must close.
func (u *upstreams) enlist(c *upstream) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		_ = c.conn.Close()
		return errTargetGone
	}
	if u.busy == nil {
		u.busy = map[*upstream]struct{}{}
	}
	u.busy[c] = struct{}{}
	return nil
}

// give takes a connection back, to be used again where reusable.
func (u *upstreams) give(c *upstream, reusable bool) {
	reusable = reusable && c.in.Buffered() == 0
	c.since = time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.busy, c)
	if reusable && !u.closed {
		u.idle = append(u.idle, c)
		return
	}
	_ = c.conn.Close()
}

func (u *upstreams) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for _, c := range u.idle {
		_ = c.conn.Close()
	}
	u.idle = nil
	for c := range u.busy {
		_ = c.conn.Close()
	}
}

// send writes r as a load balancer passes it on. The body is streamed.
func (c *upstream) send(r *http.Request) error {
	w := c.out
	_, _ = w.WriteString(r.Method) // a bufio.Writer keeps its first error for Flush
	_, _ = w.WriteString(" ")
	_, _ = w.WriteString(r.URL.RequestURI())
	_, _ = w.WriteString(" HTTP/1.1\r\nHost: ")
	_, _ = w.WriteString(r.Host)
	for name, values := range r.Header {
		if hopByHop(name) || name == "X-Forwarded-For" {
			continue
		}
		for _, value := range values {
			c.header(name, value)
		}
	}
	client, _, _ := net.SplitHostPort(r.RemoteAddr)
	if before := r.Header.Get("X-Forwarded-For"); before != "" {
		client = before + ", " + client
	}
	c.header("X-Forwarded-For", client)
	if local, is := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); is {
		c.header("X-Forwarded-Port", strconv.Itoa(local.Port))
	}
	c.header("X-Forwarded-Proto", "http")
	return c.body(r)
}

func (c *upstream) header(name, value string) {
	_, _ = c.out.WriteString("\r\n")
	_, _ = c.out.WriteString(name)
	_, _ = c.out.WriteString(": ")
	_, _ = c.out.WriteString(value)
}

func (c *upstream) body(r *http.Request) error {
	if r.ContentLength < 0 {
		_, _ = c.out.WriteString("\r\nTransfer-Encoding: chunked\r\n\r\n")
		chunks := httputil.NewChunkedWriter(c.out)
		if _, err := io.Copy(chunks, r.Body); err != nil {
			return err
		}
		_ = chunks.Close()
		_, _ = c.out.WriteString("\r\n")
		return c.out.Flush()
	}
	if r.ContentLength > 0 {
		c.header("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	_, _ = c.out.WriteString("\r\n\r\n")
	if r.ContentLength > 0 {
		if _, err := io.CopyN(c.out, r.Body, r.ContentLength); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

// receive reads the head of the answer to r, skipping what is only provisional.
func (c *upstream) receive(r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(c.in, r)
		if err != nil || response.StatusCode >= 200 {
			return response, err
		}
	}
}

// hopByHop reports whether a header belongs to one connection and is not to be passed on. Their names are canonical.
func hopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "X-Forwarded-Port", "X-Forwarded-Proto", "Content-Length":
		return true
	}
	return false
}

// interrupt closes c as soon as ctx ends. The returned function calls that off, and reports whether it was in time.
func (c *upstream) interrupt(ctx context.Context) (callOff func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.conn.Close() })
}

package traffic

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
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
	ear   *patient
	in    *bufio.Reader // of what it hears
	out   *bufio.Writer
	head  fasthttp.ResponseHeader // of the answer that is being passed on
	since time.Time               // when it became idle
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
	c := &upstream{conn: conn.(*net.TCPConn), ear: &patient{Conn: conn, idle: idle}, out: bufio.NewWriter(conn)}
	c.in = bufio.NewReaderSize(c.ear, longestHead)
	return c, u.enlist(c)
}

// patient reads, and takes silence for longer than idle as a timeout.
type patient struct {
	net.Conn
	idle time.Duration
	err  error // the last
}

func (p *patient) Read(b []byte) (n int, err error) {
	if p.err = p.SetReadDeadline(time.Now().Add(p.idle)); p.err != nil {
		return 0, p.err
	}
	n, p.err = p.Conn.Read(b)
	return n, p.err
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

// send writes x's request as a load balancer passes it on. The body is streamed.
func (c *upstream) send(x *fasthttp.RequestCtx) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.ear.idle)); err != nil {
		return err
	}
	h := &x.Request.Header
	_, _ = c.out.Write(h.Method()) // a bufio.Writer keeps its first error for Flush
	_ = c.out.WriteByte(' ')
	_, _ = c.out.Write(h.RequestURI())
	_, _ = c.out.WriteString(" HTTP/1.1\r\nHost: ")
	_, _ = c.out.Write(h.Host())
	forwarded := ""
	for name, value := range h.All() {
		switch {
		case string(name) == "X-Forwarded-For":
			forwarded += string(value) + ", "
		case string(name) != "Host" && !hopByHop(string(name)):
			c.header(name, value)
		}
	}
	client, port := x.RemoteAddr().(*net.TCPAddr), x.LocalAddr().(*net.TCPAddr).Port
	c.header([]byte("X-Forwarded-For"), append([]byte(forwarded), client.IP.String()...))
	c.header([]byte("X-Forwarded-Port"), strconv.AppendInt(nil, int64(port), 10))
	c.header([]byte("X-Forwarded-Proto"), []byte("http"))
	return c.body(h.ContentLength(), x.RequestBodyStream())
}

func (c *upstream) header(name, value []byte) {
	_, _ = c.out.WriteString("\r\n")
	_, _ = c.out.Write(name)
	_, _ = c.out.WriteString(": ")
	_, _ = c.out.Write(value)
}

// body sends a request's body of that length, -1 for one in chunks.
func (c *upstream) body(length int, body io.Reader) error {
	switch {
	case body == nil || length == 0:
		if length == 0 {
			_, _ = c.out.WriteString("\r\nContent-Length: 0")
		}
		_, _ = c.out.WriteString("\r\n\r\n")
		return c.out.Flush()
	case length < 0:
		_, _ = c.out.WriteString("\r\nTransfer-Encoding: chunked\r\n\r\n")
		chunks := httputil.NewChunkedWriter(c.out)
		if _, err := io.Copy(chunks, body); err != nil {
			return err
		}
		_ = chunks.Close()
		_, _ = c.out.WriteString("\r\n")
	default:
		c.header([]byte("Content-Length"), strconv.AppendInt(nil, int64(length), 10))
		_, _ = c.out.WriteString("\r\n\r\n")
		if _, err := io.CopyN(c.out, body, int64(length)); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

// receive reads the head of the answer, skipping what is only provisional. The connection's own error counts more than what it
// means for the head.
func (c *upstream) receive() error {
	for {
		switch err := c.head.Read(c.in); {
		case err != nil:
			return cmp.Or(c.ear.err, err)
		case c.head.StatusCode() >= 200:
			return nil
		}
	}
}

// pass hands the answer to x's client, and calls done once the connection is not needed for it any more, with whether it was whole.
func (c *upstream) pass(x *fasthttp.RequestCtx, done func(whole bool)) {
	for name, value := range c.head.All() {
		if !hopByHop(string(name)) {
			x.Response.Header.AddBytesKV(name, value)
		}
	}
	status, length := c.head.StatusCode(), c.head.ContentLength()
	x.SetStatusCode(status)
	switch {
	case x.IsHead() || status == fasthttp.StatusNoContent || status == fasthttp.StatusNotModified:
		x.Response.SkipBody = true
		if x.IsHead() && length >= 0 {
			x.Response.Header.SetContentLength(length)
		}
		done(true)
	case length >= 0 && c.in.Buffered() >= length:
		all, _ := c.in.Peek(length)
		x.SetBody(all)
		_, _ = c.in.Discard(length)
		done(true)
	default:
		x.Response.ImmediateHeaderFlush = true
		x.SetBodyStream(newPassage(c.in, length, done), max(length, -1))
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

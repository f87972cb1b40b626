package load

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// client makes the exchanges of a load: one request, one answer, and nothing behind anybody's back. It follows no
// redirects, uses no proxies, asks for no compression and never repeats a request. Safe for concurrent use.
type client struct {
	transport *http.Transport
	request   *http.Request // what all requests have in common
	body      []byte
	bare      bool // the request has no body, and says so: Content-Length: 0
}

// maxBody is how much of an answer is read, so that its connection can be used again. A longer one costs a new one.
const maxBody = 1 << 20

// maxIdle is how long a connection waits for its next request: less than the 60 s after which an application load
// balancer hangs up by default, so that no request is lost to that race.
const maxIdle = 45 * time.Second

func newClient(s Spec, u *url.URL) *client {
	var http1 http.Protocols // one request a connection at a time, so that bounding connections bounds requests
	http1.SetHTTP1(true)
	c := &client{
		transport: &http.Transport{
			DialContext:     (&net.Dialer{Timeout: s.Timeout}).DialContext,
			MaxConnsPerHost: s.Connections, MaxIdleConnsPerHost: s.Connections, MaxIdleConns: s.Connections,
			IdleConnTimeout: maxIdle, DisableCompression: true, Protocols: &http1,
		},
		request: &http.Request{Method: s.Method, URL: u, Header: s.Header.Clone(), ContentLength: int64(len(s.Body))},
		body:    s.Body,
	}
	if c.request.Header == nil {
		c.request.Header = http.Header{}
	}
	c.request.Host = c.request.Header.Get("Host")
	if c.request.Header.Get("User-Agent") == "" {
		c.request.Header.Set("User-Agent", "gameday")
	}
	if u.User != nil && c.request.Header.Get("Authorization") == "" {
		password, _ := u.User.Password()
		c.request.SetBasicAuth(u.User.Username(), password)
	}
	if len(s.Body) == 0 {
		c.bare = takesBody(s.Method) && !repeatable(c.request.Header)
		c.request.TransferEncoding = []string{"identity"} // net/http need not look for a body where there is none
	}
	return c
}

// takesBody is whether servers expect to be told the length of a body, even if there is none.
func takesBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// repeatable is whether net/http repeats a request with this header whatever its method.
func repeatable(h http.Header) bool {
	return h.Get("Idempotency-Key") != "" || h.Get("X-Idempotency-Key") != ""
}

// exchange sends one request and reads its answer, before ctx ends.
//
// A body without GetBody cannot be sent twice, so every request has one, be it empty. Otherwise net/http would
// quietly repeat a GET whose connection died, and the failure that a fault is there to show would not be seen.
func (c *client) exchange(ctx context.Context) (status int, err error) {
	request := c.request.WithContext(ctx)
	request.Body = io.NopCloser(bytes.NewReader(c.body))
	if c.bare {
		request.Body = http.NoBody
	}
	answer, err := c.transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if _, err := io.CopyN(io.Discard, answer.Body, maxBody); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return answer.StatusCode, nil
}

func (c *client) close() { c.transport.CloseIdleConnections() }

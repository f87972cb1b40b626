package load

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// client makes the exchanges of a load: one request, one answer, and nothing behind anybody's back. It follows no
// redirects, uses no proxies, asks for no compression and never repeats a request. Safe for concurrent use.
type client struct {
	transport *http.Transport
}

// maxBody is how much of an answer is read, so that its connection can be used again. A longer one costs a new one.
const maxBody = 1 << 20

// maxIdle is how long a connection waits for its next request: less than the 60 s after which an application load
// balancer hangs up by default, so that no request is lost to that race.
const maxIdle = 45 * time.Second

func newClient(s Spec) *client {
	var http1 http.Protocols // one request a connection at a time, so that bounding connections bounds requests
	http1.SetHTTP1(true)
	return &client{&http.Transport{
		DialContext:     (&net.Dialer{Timeout: s.Timeout}).DialContext,
		MaxConnsPerHost: s.Connections, MaxIdleConnsPerHost: s.Connections, MaxIdleConns: s.Connections,
		IdleConnTimeout: maxIdle, DisableCompression: true, Protocols: &http1,
	}}
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
func (c *client) exchange(ctx context.Context, r *Request) (status int, err error) {
	request := (&http.Request{
		Method: r.Method, URL: r.URL, Host: r.Header.Get("Host"), Header: r.Header,
		Body: body(r), ContentLength: int64(len(r.Body)),
	}).WithContext(ctx)
	if len(r.Body) == 0 {
		request.TransferEncoding = identity
	}
	answer, err := c.transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var read []byte
	if r.Expect.ReadsBody() {
		read, err = io.ReadAll(io.LimitReader(answer.Body, maxBody))
	} else {
		_, err = io.CopyN(io.Discard, answer.Body, maxBody)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if why := r.Expect.Failure(answer.StatusCode, read); why != "" {
		return 0, unmet(why)
	}
	return answer.StatusCode, nil
}

// identity tells net/http not to look for a body where there is none.
var identity = []string{"identity"}

// body is the body of r, be it empty. A body without GetBody cannot be sent twice: without one net/http would quietly
// repeat a GET whose connection died, and the failure that a fault is there to show would not be seen.
func body(r *Request) io.ReadCloser {
	bare := len(r.Body) == 0 && takesBody(r.Method) && !repeatable(r.Header)
	if bare {
		return http.NoBody // which has it say Content-Length: 0
	}
	return io.NopCloser(bytes.NewReader(r.Body))
}

func (c *client) close() { c.transport.CloseIdleConnections() }

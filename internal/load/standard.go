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

// link is a connection of net/http.
type link struct {
	http    *http.ClientConn
	dialled net.Conn // below it
	over    bool     // nothing may follow
}

// standard is the engine that can do everything. It has connections of its own instead of http.Transport's pool, which
// would repeat requests and know nothing of addresses.
func standard(u *url.URL) connect {
	var speaks http.Protocols
	speaks.SetHTTP1(true)
	transport := &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return ctx.Value(dialled{}).(net.Conn), nil },
		DisableCompression: true, Protocols: &speaks, MaxResponseHeaderBytes: maxHead,
	}
	return func(ctx context.Context, c net.Conn) (connection, error) {
		http, err := transport.NewClientConn(context.WithValue(ctx, dialled{}, c), u.Scheme, hostPort(u))
		if err != nil {
			return nil, err
		}
		return &link{http: http, dialled: c}, nil
	}
}

// dialled is the key of the connection that net/http is to use instead of dialling.
type dialled struct{}

func (l *link) exchange(r *Request, until time.Time) (status int, body []byte, err error) {
	l.over = true                    // unless all goes well
	_ = l.dialled.SetDeadline(until) // fails where the other end has hung up, which net/http says in its own words
	request := http.Request{
		Method: r.Method, URL: r.URL, Host: r.Header.Get("Host"), Header: r.Header,
		ContentLength: int64(len(r.Body)),
	}
	if len(r.Body) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	answer, err := l.http.RoundTrip(&request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	whole := answer.StatusCode != http.StatusSwitchingProtocols // what follows then is no body
	switch {
	case !whole:
	case r.Expect.ReadsBody():
		body, err = io.ReadAll(io.LimitReader(answer.Body, maxBody))
		whole = len(body) < maxBody
	default:
		var n int64
		n, err = io.CopyN(io.Discard, answer.Body, maxBody)
		whole = n < maxBody
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	_ = l.dialled.SetDeadline(time.Time{})
	l.over = !whole || answer.Close
	return answer.StatusCode, body, nil
}

func (l *link) fit(time.Duration) bool { return !l.over && l.http.Err() == nil }

func (l *link) close() { l.http.Close() }

// hostPort is the address of u, with the port that its scheme stands for if it has none.
func hostPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

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

// link is a connection of net/http that speaks HTTP/1.1.
type link struct {
	http    *http.ClientConn
	dialled net.Conn // below it
	over    bool     // nothing may follow
}

// standard is the engine that can do everything. It has connections of its own instead of http.Transport's pool, which
// would repeat requests, send all of HTTP/2 on one connection and know nothing of addresses.
func standard(u *url.URL, s Spec) (connect, error) {
	secure, err := s.TLS.config(s.Connections)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return ctx.Value(dialled{}).(net.Conn), nil },
		TLSClientConfig: secure, Protocols: s.Protocol.http(), DisableCompression: true, MaxResponseHeaderBytes: maxHead,
	}
	return func(ctx context.Context, c net.Conn) (connection, error) {
		http, err := transport.NewClientConn(context.WithValue(ctx, dialled{}, c), u.Scheme, hostPort(u))
		if err != nil {
			return nil, err
		}
		if s.Protocol == HTTP2 {
			return &shared{http}, nil
		}
		return &link{http: http, dialled: c}, nil
	}, nil
}

// http is the protocol as net/http has it.
func (p Protocol) http() *http.Protocols {
	var speaks http.Protocols
	speaks.SetHTTP1(p != HTTP2)
	speaks.SetHTTP2(p == HTTP2)
	speaks.SetUnencryptedHTTP2(p == HTTP2)
	return &speaks
}

// dialled is the key of the connection that net/http is to use instead of dialling.
type dialled struct{}

func (l *link) exchange(r *Request, until time.Time, last bool) (status int, body []byte, err error) {
	l.over = true                    // unless all goes well
	_ = l.dialled.SetDeadline(until) // fails where the other end has hung up, which net/http says in its own words
	status, body, whole, err := roundTrip(l.http, request(r, last), r.Expect.ReadsBody())
	if err != nil {
		return 0, nil, err
	}
	_ = l.dialled.SetDeadline(time.Time{})
	l.over = last || !whole
	return status, body, nil
}

// request is r as net/http has it.
func request(r *Request, last bool) *http.Request {
	q := &http.Request{
		Method: r.Method, URL: r.URL, Host: r.Header.Get("Host"), Header: r.Header, Close: last,
		ContentLength: int64(len(r.Body)),
	}
	if len(r.Body) > 0 {
		q.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	return q
}

// roundTrip sends q and reads the answer, its body as far as somebody expects something of it. Whole is whether that
// was all of it, and more may come on the same connection.
func roundTrip(c *http.ClientConn, q *http.Request, reads bool) (status int, body []byte, whole bool, err error) {
	answer, err := c.RoundTrip(q)
	if err != nil {
		return 0, nil, false, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusSwitchingProtocols: // what follows is no body
	case reads:
		body, err = io.ReadAll(io.LimitReader(answer.Body, maxBody))
		whole = len(body) < maxBody
	default:
		var n int64
		n, err = io.CopyN(io.Discard, answer.Body, maxBody)
		whole = n < maxBody
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, false, err
	}
	return answer.StatusCode, body, whole && !answer.Close, nil
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

package load

import (
	"net/http"
	"net/url"

	"gameday/internal/load/traffic"
)

// Request is one request as it is to be sent. Whoever got it must not change it: others may be sending the same one.
type Request = traffic.Request

// requests says what is sent. The same number gives the same request in every process that was given the same Spec, so that a
// schedule can be cut into parts that are sent from different machines. Safe for concurrent use.
type requests interface {
	Request(n uint64) *Request
}

// same is the same request again and again.
type same Request

func (s *same) Request(uint64) *Request { return (*Request)(s) }

// requests is what a Spec asks to send to u.
func (s Spec) requests(u *url.URL) (requests, error) {
	if s.Source != nil {
		return s.Source.Compile(u)
	}
	return (*same)(s.request(u)), nil
}

// request is the only one that a Spec without a Source asks to send to u.
func (s Spec) request(u *url.URL) *Request {
	r := &Request{Method: s.Method, URL: u, Header: s.Header.Clone(), Body: s.Body}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "gameday")
	}
	if u.User == nil {
		return r
	}
	bare := *u
	bare.User = nil
	r.URL = &bare
	if r.Header.Get("Authorization") == "" {
		password, _ := u.User.Password()
		(&http.Request{Header: r.Header}).SetBasicAuth(u.User.Username(), password)
	}
	return r
}

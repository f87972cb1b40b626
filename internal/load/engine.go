package load

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Engine is what makes the exchanges of a load.
type Engine string

// The two engines count whatever a server does alike. The fast one takes half of the processor time.
const (
	Standard Engine = "standard" // net/http: TLS, HTTP/1.1 and HTTP/2
	Fast     Engine = "fast"     // HTTP/1.1 without TLS, its answers read by fasthttp
)

// Chosen is the engine that sends what s says: the one that s asks for, or else the fast one where it will do.
func (s Spec) Chosen() (Engine, error) {
	u, err := s.target()
	if err != nil {
		return "", err
	}
	lacks := ""
	switch {
	case u.Scheme == "https":
		lacks = "TLS"
	case s.Protocol == HTTP2:
		lacks = "HTTP/2"
	}
	switch {
	case s.Engine == "" && lacks == "":
		return Fast, nil
	case s.Engine == "":
		return Standard, nil
	case s.Engine == Fast && lacks != "":
		return "", fmt.Errorf("the fast engine does not speak %s", lacks)
	case s.Engine == Fast, s.Engine == Standard:
		return s.Engine, nil
	default:
		return "", fmt.Errorf("there is no engine %q: there are %q and %q", s.Engine, Standard, Fast)
	}
}

func (s Spec) target() (*url.URL, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a web server: write it like \"http://host:80/path\"", s.URL)
	}
	return u, nil
}

// connection carries requests to the target: one at a time, or several with HTTP/2.
type connection interface {
	// exchange sends a request and reads its answer, before a moment: its body only as far as the request expects
	// something of it. The last one is announced as that.
	exchange(r *Request, until time.Time, last bool) (status int, body []byte, err error)
	fit(rested time.Duration) bool // for another exchange, so long after the last one
	close()                        // at once, whatever is under way
}

// connect makes a connection of one that has been dialled.
type connect func(ctx context.Context, dialled net.Conn) (connection, error)

// engine is how connections to u are made.
func (s Spec) engine(u *url.URL) (connect, error) {
	chosen, err := s.Chosen()
	switch {
	case err != nil:
		return nil, err
	case chosen == Fast:
		return fast(u), nil
	default:
		return standard(u, s)
	}
}

// maxBody is how much of an answer is read, so that its connection can be used again. A longer one costs a new one.
const maxBody = 1 << 20

// maxHead is how long the head of an answer may be.
const maxHead = 64 << 10

package load

import (
	"context"
	"net/http"
	"time"
)

// unseen is why the server has not looked at a request: it was closing the connection, which it may do at any time, and
// counts on the request being sent on another one (RFC 9113, section 6.8).
type unseen struct{ error }

// closing is what net/http says then. It has no errors of its own for that.
var closing = []string{"http2: client conn not usable", "http2: Transport received Server's graceful shutdown GOAWAY"}

// shared is a connection of net/http that speaks HTTP/2, on which several requests may be under way.
type shared struct{ http *http.ClientConn }

func (s *shared) exchange(r *Request, until time.Time, last bool) (status int, body []byte, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	status, body, _, err = roundTrip(s.http, request(r, last).WithContext(ctx), r.Expect.ReadsBody())
	if err != nil && contains(err.Error(), closing) {
		err = unseen{err}
	}
	return status, body, err
}

func (s *shared) fit(time.Duration) bool { return s.http.Err() == nil && s.http.Available() > 0 }

func (s *shared) close() { s.http.Close() }

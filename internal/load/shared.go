package load

import (
	"context"
	"net/http"
	"time"
)

// shared is a connection of net/http that speaks HTTP/2, on which several requests may be under way.
type shared struct{ http *http.ClientConn }

func (s *shared) exchange(r *Request, until time.Time, last bool) (status int, body []byte, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	status, body, _, err = roundTrip(s.http, request(r, last).WithContext(ctx), r.Expect.ReadsBody())
	return status, body, err
}

func (s *shared) fit(time.Duration) bool { return s.http.Err() == nil && s.http.Available() > 0 }

func (s *shared) close() { s.http.Close() }

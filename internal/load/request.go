package load

import (
	"net/url"

	"gameday/internal/load/traffic"
)

// Request is one request as it is to be sent. Whoever got it must not change it: others may be sending the same one.
type Request = traffic.Request

// requests makes what a Spec asks to send to u.
func (s Spec) requests(u *url.URL) (*traffic.Maker, error) {
	if s.Source == nil {
		return traffic.Source{Requests: []traffic.Template{{Weight: 1}}}.Compile(u)
	}
	return s.Source.Compile(u)
}

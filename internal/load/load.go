// Package load makes traffic and tells the truth about it. It knows no experiments.
//
// Arrivals follow an open model: each request has an intended moment of sending, set by the schedule and by
// nothing that the target does, and its latency runs from that moment. So a target that stalls is charged for
// every request that should have been sent meanwhile (no coordinated omission).
//
//	      due              sent                 settled
//	───────┼────────────────┼──────────────────────┼──────►
//	       │◄──── lag ─────►│◄────── service ─────►│
//	       │◄──────────────── latency ────────────►│
//
// Every request of the schedule ends in exactly one place, and stays in the second in which it was due:
//
//	scheduled ─┬─► sent ─┬─► answered, by status code
//	           │         └─► failed, by cause
//	           └─► not sent, by cause
package load

import (
	"errors"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gameday/internal/load/traffic"
)

// Spec says what traffic to make. It is data: as JSON it may be sent to another machine.
type Spec struct {
	URL         string          `json:"url"`                   // credentials in it are sent as basic authentication
	Source      *traffic.Source `json:"source,omitempty"`      // what is sent there; a GET of URL, again and again, where nil
	Rate        float64         `json:"rate,omitempty"`        // arrivals per second, above 0
	Shape       Shape           `json:"shape,omitempty"`       // instead, of a load that changes over time
	Timing      *traffic.Timing `json:"timing,omitempty"`      // when they come at that rate; evenly where nil
	Late        Late            `json:"late,omitempty"`        // what becomes of requests that found no free connection in time
	Timeout     time.Duration   `json:"timeout,omitempty"`     // per request, from the moment it is sent; also how late one may be sent
	Connections int             `json:"connections,omitempty"` // at most so many at a time
	Engine      Engine          `json:"engine,omitempty"`      // what makes the exchanges; chosen where empty
	Protocol    Protocol        `json:"protocol,omitempty"`    // HTTP/1.1 where empty
	Streams     int             `json:"streams,omitempty"`     // with HTTP/2, so many requests at a time on each connection
	Fresh       float64         `json:"fresh,omitempty"`       // the share of requests, from 0 to 1, that are sent on a connection of their own
	TLS         TLS             `json:"tls,omitzero"`          // for https
	Resolve     time.Duration   `json:"resolve,omitempty"`     // how often the target's name is resolved
	WarmUp      time.Duration   `json:"warm_up,omitempty"`     // at first the rate goes up to what it is, so long
	Begin       time.Time       `json:"begin,omitzero"`        // when the schedule begins; at once where zero
	Segment     Segment         `json:"segment,omitzero"`      // which part of the load this is
}

// What 0 in a Spec stands for.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultConnections = 256
	DefaultStreams     = 10
	DefaultResolve     = 30 * time.Second
)

// Late is what becomes of a request that was due and for which no connection was free, as when the target stalls.
type Late string

// What becomes of it.
const (
	Send Late = ""     // it is sent as soon as one is, and has waited since it was due
	Drop Late = "drop" // it is not sent where that is more than 100 ms late, so that a target that recovers is spared the rush
)

// Protocol is the version of HTTP that a load is sent with.
type Protocol string

// The protocols. HTTP/2 is agreed on in the TLS handshake, and spoken without asking where there is no TLS.
const (
	HTTP1 Protocol = "http1"
	HTTP2 Protocol = "http2"
)

// TLS is how a load meets a server that speaks it.
type TLS struct {
	ServerName string `json:"server_name,omitempty"` // to ask for, and to find in the certificate; the target's host where empty
	CA         string `json:"ca,omitempty"`          // certificates that others are issued by, as PEM, in place of the system's
	Insecure   bool   `json:"insecure,omitempty"`    // any certificate will do
	NoResume   bool   `json:"no_resume,omitempty"`   // every connection makes a full handshake, instead of going on with an earlier one's session
}

// Load is a load as the kinds of an experiment see it: they watch it and make it grow, and do not end it.
type Load interface {
	Spec() Spec // what it was planned with
	Recording() *Recording
	Grow(Shape) (*Growth, error)
}

// Idle is a load that has not begun.
type Idle Spec

// Spec is what it will be.
func (i Idle) Spec() Spec { return Spec(i) }

// Recording has nothing to say.
func (i Idle) Recording() *Recording { return &Recording{} }

// Grow is refused.
func (i Idle) Grow(Shape) (*Growth, error) { return nil, errors.New("the load has not begun") }

// Second is what happened to the requests that were due within one second of the schedule.
// Scheduled = Sent + NotSent, and once Final: Sent = Answered + Failed, to the request.
type Second struct {
	At        time.Time
	Span      time.Duration // until the next second in which anything is due: 1 s, or more of a load that is slower than that
	Scheduled uint64
	Sent      uint64
	NotSent   map[string]uint64       // by cause: "no free connection", "dropped: late", "stopped", "this machine: too slow", "this machine: too many open files"
	Answered  map[int]uint64          // by status code
	Failed    map[string]uint64       // by cause: "connection reset", "timeout", "unexpected status 503"
	Behind    uint64                  // of Scheduled: sent late or not at all for want of something on this machine
	Waited    uint64                  // of Sent: there was no connection for them when they were due
	Latency   *hdrhistogram.Histogram // microseconds, from the intended moment of sending; answered and failed alike
	Service   *hdrhistogram.Histogram // microseconds, from the actual moment of sending
	Lag       *hdrhistogram.Histogram // microseconds between the two
	Final     bool                    // nothing is under way any more
}

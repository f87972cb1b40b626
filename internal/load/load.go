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
	"net/http"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gameday/internal/load/traffic"
)

// Spec says what traffic to make.
type Spec struct {
	URL         string          // credentials in it are sent as basic authentication
	Source      *traffic.Source // what is sent there; nil: the same request again and again, which the next three make up
	Method      string          // GET where empty
	Header      http.Header
	Body        []byte
	Rate        float64         // arrivals per second, above 0
	Timing      *traffic.Timing // when they come at that rate; evenly where nil
	Timeout     time.Duration   // per request, from the moment it is sent; also how late one may be sent; 10 s where 0
	Connections int             // at most so many at a time; 256 where 0
}

// Second is what happened to the requests that were due within one second of the schedule.
// Scheduled = Sent + NotSent, and once Final: Sent = Answered + Failed, to the request.
type Second struct {
	At        time.Time
	Span      time.Duration // until the next second in which anything is due: 1 s, or more of a load that is slower than that
	Scheduled uint64
	Sent      uint64
	NotSent   map[string]uint64       // by cause: "no free connection", "stopped", "this machine: too many open files"
	Answered  map[int]uint64          // by status code
	Failed    map[string]uint64       // by cause: "connection reset", "timeout", "unexpected status 503"
	Behind    uint64                  // of Scheduled: sent late or not at all for want of something on this machine
	Latency   *hdrhistogram.Histogram // microseconds, from the intended moment of sending; answered and failed alike
	Service   *hdrhistogram.Histogram // microseconds, from the actual moment of sending
	Lag       *hdrhistogram.Histogram // microseconds between the two
	Final     bool                    // nothing is under way any more
}

// Package load makes traffic and tells the truth about it. It knows no experiments.
//
// Arrivals follow an open model: each request has an intended moment of sending, set by the schedule and by
// nothing that the target does, and its latency runs from that moment. So a target that stalls is charged for
// every request that should have been sent meanwhile (no coordinated omission).
package load

import (
	"net/http"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Spec says what traffic to make.
type Spec struct {
	Method      string // GET where empty
	URL         string
	Header      http.Header
	Body        []byte
	Rate        float64       // arrivals per second, above 0
	Timeout     time.Duration // per request, from the moment it is sent; 10 s where 0
	Connections int           // at most so many at a time; 256 where 0
}

// Second is what happened to the requests that were due within one second of the schedule.
// Scheduled = Sent + NotSent, and once Final: Sent = Answered + Failed, to the request.
type Second struct {
	At        time.Time
	Scheduled uint64
	Sent      uint64
	NotSent   map[string]uint64       // by cause
	Answered  map[int]uint64          // by status code
	Failed    map[string]uint64       // by cause: "connection reset", "timeout"
	Latency   *hdrhistogram.Histogram // microseconds, from the intended moment of sending; answered and failed alike
	Service   *hdrhistogram.Histogram // microseconds, from the actual moment of sending
	Lag       *hdrhistogram.Histogram // microseconds between the two
	Final     bool                    // nothing is under way any more
}

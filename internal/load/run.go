package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Run is traffic under way.
//
// There are as many workers as there may be connections. Each takes the next request of the schedule, waits until
// it is due and sends it. While the target answers in time, workers wait for the schedule; when it stalls, the
// schedule waits for workers, and the waiting is part of the latency, because that runs from the intended moment.
type Run struct {
	spec      Spec
	schedule  schedule
	started   time.Time
	next      atomic.Uint64 // the next request that nobody has taken
	transport *http.Transport
	recording *Recording
	working   sync.WaitGroup
	over      context.Context // ends when no more requests are to be sent
	end       context.CancelFunc
	cut       context.Context // ends when requests under way are to be given up
	cutOff    context.CancelFunc
}

// Defaults of a Spec.
const (
	defaultTimeout     = 10 * time.Second
	defaultConnections = 256
)

// maxBody is how much of an answer is read, so that its connection can be used again. A longer one costs a new one.
const maxBody = 1 << 20

// Start begins to send. It fails only where the Spec makes no sense; a target that cannot be reached is a measurement.
func Start(ctx context.Context, s Spec) (*Run, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a web server: write it like \"http://host:80/path\"", s.URL)
	}
	if !(s.Rate > 0) {
		return nil, fmt.Errorf("a rate of %v per second is no load", s.Rate)
	}
	if s.Method == "" {
		s.Method = http.MethodGet
	}
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	if s.Connections == 0 {
		s.Connections = defaultConnections
	}
	r := &Run{
		spec: s, schedule: constant(s.Rate), started: time.Now(),
		transport: &http.Transport{
			MaxConnsPerHost: s.Connections, MaxIdleConnsPerHost: s.Connections, MaxIdleConns: s.Connections,
			DisableCompression: true, ForceAttemptHTTP2: false,
		},
	}
	r.over, r.end = context.WithCancel(ctx)
	r.cut, r.cutOff = context.WithCancel(context.WithoutCancel(ctx))
	r.recording = newRecording(r.started, r.schedule)
	for range s.Connections {
		r.working.Go(r.work)
	}
	return r, nil
}

// Recording is what has been measured so far, while the run goes on and after it.
func (r *Run) Recording() *Recording { return r.recording }

// Stop sends no more, waits for the answers that are under way until ctx ends, and closes the books: from then on
// Scheduled = Sent + NotSent and Sent = Answered + Failed, to the request, in every second and in total.
func (r *Run) Stop(ctx context.Context) {
	r.end()
	stopped := time.Since(r.started)
	release := context.AfterFunc(ctx, r.cutOff)
	r.working.Wait()
	release()
	r.cutOff()
	r.transport.CloseIdleConnections()
	r.recording.close(stopped)
}

func (r *Run) work() {
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for {
		n := r.next.Add(1) - 1
		due := r.schedule.due(n)
		early := due - time.Since(r.started)
		if early > 0 {
			wake.Reset(early)
			select {
			case <-r.over.Done():
			case <-wake.C:
			}
		}
		if r.over.Err() != nil {
			return
		}
		r.send(due, early > 0)
	}
}

// send makes one request and records how it went. A worker that was waiting for the moment to come and still missed
// it shows that this machine is too slow, whatever the target does.
func (r *Run) send(due time.Duration, waited bool) {
	sent := time.Since(r.started)
	if sent-due > r.spec.Timeout {
		r.recording.dropped(due, "no free connection")
		return
	}
	status, err := r.exchange()
	o := observation{due: due, lag: sent - due, service: time.Since(r.started) - sent, status: status}
	o.overslept = waited && o.lag > tooLate
	if err != nil {
		o.cause = cause(r.cut, err)
	}
	r.recording.sent(o)
}

func (r *Run) exchange() (status int, err error) {
	ctx, cancel := context.WithTimeout(r.cut, r.spec.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.spec.Method, r.spec.URL, unrepeatable(r.spec.Body))
	if err != nil {
		return 0, err
	}
	if len(r.spec.Body) > 0 {
		req.ContentLength = int64(len(r.spec.Body))
	}
	for k, v := range r.spec.Header {
		req.Header[k] = v
	}
	if host := r.spec.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, maxBody); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return resp.StatusCode, nil
}

// unrepeatable is a body that net/http cannot send a second time. Otherwise it would quietly repeat a GET whose
// connection died, and the failure that a fault injection is there to show would not be seen.
func unrepeatable(body []byte) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), io.NopCloser(nil)}
}

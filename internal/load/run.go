package load

import (
	"context"
	"fmt"
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
	timeout   time.Duration
	schedule  schedule
	requests  requests
	client    *client
	recording *Recording
	started   time.Time
	next      atomic.Uint64 // the next request that nobody has taken
	strained  atomic.Bool   // this machine is too slow for the schedule

	working sync.WaitGroup
	over    context.Context // ends when no more requests are to be sent
	end     context.CancelFunc
	cut     context.Context // ends when requests under way are to be given up
	giveUp  context.CancelFunc
	length  time.Duration // of the schedule, once nobody works any more
	stopped sync.Once
}

// Defaults of a Spec.
const (
	defaultTimeout     = 10 * time.Second
	defaultConnections = 256
)

// Start begins to send, until Stop is called or ctx ends. It fails only where the Spec makes no sense; a target that
// cannot be reached is a measurement. Every Run must be stopped.
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
	requests, err := s.requests(u)
	if err != nil {
		return nil, err
	}
	schedule, err := s.schedule()
	if err != nil {
		return nil, err
	}
	r := &Run{timeout: s.Timeout, schedule: schedule, requests: requests, client: newClient(s), started: time.Now()}
	r.over, r.end = context.WithCancel(ctx)
	r.cut, r.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	r.recording = newRecording(r.started, r.schedule)
	for range s.Connections {
		r.working.Go(r.work)
	}
	r.working.Go(r.watch)
	r.working.Go(func() {
		<-r.over.Done()
		r.length = time.Since(r.started)
	})
	return r, nil
}

// Recording is what has been measured so far, while the run goes on and after it.
func (r *Run) Recording() *Recording { return r.recording }

// Stop sends no more, waits for the answers that are under way until ctx ends, gives up the rest ("stopped"), and
// closes the books: from then on Scheduled = Sent + NotSent and Sent = Answered + Failed, to the request, in every
// second and in total. It may be called again.
func (r *Run) Stop(ctx context.Context) {
	r.stopped.Do(func() {
		r.end()
		release := context.AfterFunc(ctx, r.giveUp)
		r.working.Wait()
		release()
		r.giveUp()
		r.client.close()
		r.recording.close(r.length)
	})
}

func (r *Run) work() {
	wake := time.NewTimer(0)
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
		r.send(n, due, early > 0)
	}
}

// send makes one request and records how it went. Where a worker was waiting for the moment to come and still missed
// it, this machine is too slow, whatever the target does.
func (r *Run) send(n uint64, due time.Duration, waited bool) {
	sent := time.Since(r.started)
	o := outcome{due: due, lag: sent - due}
	behind := o.lag > tooLate && (waited || r.strained.Load())
	switch {
	case o.lag > r.timeout && behind:
		o.unsent = "this machine: too slow"
	case o.lag > r.timeout:
		o.unsent = "no free connection"
	default:
		ctx, cancel := context.WithTimeout(r.cut, r.timeout)
		status, err := r.client.exchange(ctx, r.requests.Request(n))
		cancel()
		o.status, o.service = status, time.Since(r.started)-sent
		if lack, lacked := shortage(err); lacked {
			o.unsent, behind = lack, true
		} else if err != nil {
			o.failed = r.reason(err)
		}
	}
	r.recording.settle(o, behind)
}

// reason is why a request failed.
func (r *Run) reason(err error) string {
	if r.cut.Err() != nil {
		return "stopped"
	}
	return cause(err)
}

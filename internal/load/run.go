package load

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"gameday/internal/load/traffic"
)

// Run is traffic under way.
type Run struct {
	spec      Spec
	timeout   time.Duration
	late      Late
	requests  *traffic.Maker
	client    *client
	recording *Recording
	pacer     *pacer
	started   time.Time
	strained  atomic.Bool // this machine is too slow for the schedule

	working sync.WaitGroup
	sending context.Context // ends when no more requests are to be sent
	stop    context.CancelFunc
	waiting context.Context // ends when requests under way are to be given up
	giveUp  context.CancelFunc
	stopped sync.Once
}

// Start begins to send, until Stop is called or ctx ends. It fails only where the Spec makes no sense; a target that
// cannot be reached is a measurement. Every Run must be stopped.
func Start(ctx context.Context, s Spec) (*Run, error) {
	u, err := s.target()
	if err != nil {
		return nil, err
	}
	if s.Timeout == 0 {
		s.Timeout = DefaultTimeout
	}
	s.Connections = s.connections()
	requests, err := s.requests(u)
	if err != nil {
		return nil, err
	}
	schedule, err := s.schedule()
	if err != nil {
		return nil, err
	}
	if err := s.Segment.check(); err != nil {
		return nil, err
	}
	r := &Run{spec: s, timeout: s.Timeout, late: s.Late, requests: requests, started: s.begin(time.Now())}
	r.waiting, r.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	if r.client, err = newClient(r.waiting, s, u); err != nil {
		r.giveUp()
		return nil, err
	}
	r.sending, r.stop = context.WithCancel(ctx)
	r.recording = newRecording(r.started)
	r.pacer = &pacer{started: r.started, recording: r.recording, segment: s.Segment, most: s.Connections * s.streams(), alarm: newAlarm(), start: func(j job) {
		r.working.Go(func() { r.work(j) })
	}}
	r.pacer.begin(schedule)
	r.working.Go(r.pacer.run)
	r.working.Go(r.watch)
	r.working.Go(func() {
		<-r.sending.Done()
		r.pacer.end()
	})
	return r, nil
}

func (s Spec) connections() int {
	if s.Connections == 0 {
		return DefaultConnections
	}
	return s.Connections
}

// begin is when the schedule begins, by the clock that goes on evenly whatever becomes of the time of day.
func (s Spec) begin(now time.Time) time.Time {
	if s.Begin.IsZero() {
		return now
	}
	return now.Add(s.Begin.Round(0).Sub(now))
}

// Spec is what it was started with, defaults filled in.
func (r *Run) Spec() Spec { return r.spec }

// Recording is what has been measured so far, while the run goes on and after it.
func (r *Run) Recording() *Recording { return r.recording }

// Stop sends no more, waits for the answers that are under way until ctx ends, gives up the rest ("stopped"), and
// closes the books: from then on Scheduled = Sent + NotSent and Sent = Answered + Failed, to the request, in every
// second and in total. It may be called again.
func (r *Run) Stop(ctx context.Context) {
	r.stopped.Do(func() {
		r.stop()
		r.pacer.end() // before anything is given up: whoever is done with that must find nothing more to send
		release := context.AfterFunc(ctx, r.giveUp)
		r.working.Wait()
		release()
		r.giveUp()
		r.client.close()
	})
}

// work sends one request after the other.
func (r *Run) work(j job) {
	mine := make(chan job, 1)
	for more := true; more; j, more = r.pacer.next(mine) {
		r.send(j)
	}
}

// send makes one request and records how it went. Where there was a connection for a request and it still missed its
// moment, this machine is too slow, whatever the target does.
func (r *Run) send(j job) {
	sent := time.Since(r.started)
	o := outcome{due: j.due, lag: sent - j.due, waited: !j.free}
	behind := o.lag > tooLate && (j.free || r.strained.Load())
	switch {
	case o.lag > r.timeout && behind:
		o.unsent = "this machine: too slow"
	case r.late == Drop && o.lag > tooLate && !behind:
		o.unsent = "dropped: late"
	case o.lag > r.timeout:
		o.unsent = "no free connection"
	default:
		status, err := r.client.exchange(j.number, r.requests.Request(j.number), r.started.Add(sent+r.timeout))
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
	if r.waiting.Err() != nil {
		return "stopped"
	}
	return cause(err)
}

package load

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// A load that grows, shrinks and grows again is counted to the request, in every second and by the server too.
func TestGrowthIsCounted(t *testing.T) {
	var heard atomic.Uint64
	server := serve(t, func(http.ResponseWriter, *http.Request) { heard.Add(1) })
	r := start(t, Spec{URL: server.URL, Rate: 50})
	grow := func(s Shape) *Growth {
		g, err := r.Grow(s)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	short := grow(Shape{{For: time.Second, From: 200, To: 400}})
	long := grow(Constant(100))
	from := int(short.stream.from / time.Second)
	until(t, "a grown second", func() bool { return heard.Load() > 500 })
	long.Stop()
	long.Stop()
	short.Stop()
	until(t, "what comes after", func() bool {
		seconds := r.Recording().Seconds(r.started, time.Now())
		return len(seconds) > 0 && seconds[len(seconds)-1].Scheduled == 50 && seconds[len(seconds)-1].At.After(r.started.Add(time.Duration(from+1)*time.Second))
	})
	total := stop(t, r)
	balance(t, total)
	if n := heard.Load(); n != total.Sent {
		t.Errorf("%d sent, the server heard %d", total.Sent, n)
	}
	var scheduled uint64
	for _, s := range r.Recording().Seconds(r.started, time.Now()) {
		balance(t, s)
		scheduled += s.Scheduled
		switch number := int(s.At.Sub(r.started) / time.Second); {
		case number < from && s.Scheduled != 50:
			t.Errorf("%d scheduled in a second before the load grew", s.Scheduled)
		case number == from && s.Scheduled != 50+300+100:
			t.Errorf("%d scheduled in the first second of the growth", s.Scheduled)
		}
	}
	if scheduled != total.Scheduled {
		t.Errorf("the seconds have %d, the total %d", scheduled, total.Scheduled)
	}
}

// What has ended is not sent, also where it was due long ago and the target has only now come back.
func TestStoppedGrowthSendsNothingMore(t *testing.T) {
	var heard atomic.Uint64
	hold := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		heard.Add(1)
		<-hold
	})
	r := start(t, Spec{URL: server.URL, Rate: 0.001, Connections: 2, Timeout: time.Hour})
	g, err := r.Grow(Constant(1000))
	if err != nil {
		t.Fatal(err)
	}
	until(t, "a backlog", func() bool { return r.pacer.backlog() > 50*time.Millisecond })
	g.Stop()
	close(hold)
	until(t, "what was under way", func() bool { _, settled := r.Recording().Behind(); return settled == 2 })
	total := stop(t, r)
	balance(t, total)
	if total.Sent != 2 || heard.Load() != 2 {
		t.Errorf("%d sent, %d heard with 2 connections that hung until the growth ended", total.Sent, heard.Load())
	}
	if total.NotSent["stopped"] < 40 || total.Scheduled != 2+total.NotSent["stopped"] {
		t.Errorf("%d scheduled, not sent %v", total.Scheduled, total.NotSent)
	}
}

func TestLoadThatIsOverDoesNotGrow(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, Spec{URL: server.URL, Rate: 100})
	once := stop(t, r)
	g, err := r.Grow(Constant(100))
	if err != nil {
		t.Fatal(err)
	}
	g.Stop()
	if again := stop(t, r); again.Scheduled != once.Scheduled {
		t.Errorf("%d scheduled, then %d", once.Scheduled, again.Scheduled)
	}
	if _, err := r.Grow(Shape{{From: -1}}); err == nil {
		t.Error("grown by less than nothing")
	}
}

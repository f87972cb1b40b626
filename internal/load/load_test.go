package load

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what must come; it is never waited for in full.
const patience = 30 * time.Second

func start(t *testing.T, s Spec) *Run {
	t.Helper()
	r, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, r) })
	return r
}

func stop(t *testing.T, r *Run) Second {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r.Stop(ctx)
	return r.Recording().Total()
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for give := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(give) {
			t.Fatalf("gave up waiting for %s", what)
		}
	}
}

func sum[K comparable](m map[K]uint64) (n uint64) {
	for _, v := range m {
		n += v
	}
	return n
}

// balance checks that the books are closed: nothing is lost and nothing is invented.
func balance(t *testing.T, s Second) {
	t.Helper()
	if s.Scheduled != s.Sent+sum(s.NotSent) {
		t.Errorf("%d scheduled, but %d sent and %v not", s.Scheduled, s.Sent, s.NotSent)
	}
	if s.Sent != sum(s.Answered)+sum(s.Failed) {
		t.Errorf("%d sent, but %v answered and %v failed", s.Sent, s.Answered, s.Failed)
	}
	if n := uint64(s.Latency.TotalCount()); n != s.Sent {
		t.Errorf("%d sent, but %d latencies", s.Sent, n)
	}
}

func TestBooksAgreeWithTheServersLog(t *testing.T) {
	var ok, broken, cut atomic.Uint64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := ok.Load() + broken.Load() + cut.Load(); n % 3 {
		case 0:
			ok.Add(1)
		case 1:
			broken.Add(1)
			w.WriteHeader(http.StatusBadGateway)
		default:
			cut.Add(1)
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}))
	defer server.Close()
	r := start(t, Spec{URL: server.URL, Rate: 500, Connections: 1}) // one connection: the server's turns have an order
	until(t, "200 requests", func() bool { return ok.Load()+broken.Load()+cut.Load() >= 200 })
	total := stop(t, r)
	balance(t, total)
	if total.Answered[200] != ok.Load() || total.Answered[502] != broken.Load() {
		t.Errorf("answered %v, the server says %d and %d", total.Answered, ok.Load(), broken.Load())
	}
	if n := sum(total.Failed); n != cut.Load() {
		t.Errorf("%v failed, the server cut %d: a request was repeated behind our back, or lost", total.Failed, cut.Load())
	}
}

func TestStallIsChargedToEveryRequestThatWasDueInIt(t *testing.T) {
	var stalled atomic.Bool
	var took atomic.Int64
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if stalled.CompareAndSwap(false, true) {
			began := time.Now()
			<-release
			took.Store(int64(time.Since(began)))
		}
	}))
	defer server.Close()
	r := start(t, Spec{URL: server.URL, Rate: 200, Connections: 1})
	until(t, "the stall", stalled.Load)
	until(t, "a hundred requests to be due", func() bool { return r.schedule.before(time.Since(r.started)) > 100 })
	close(release)
	until(t, "the backlog", func() bool { return r.next.Load() > 200 })
	total := stop(t, r)
	balance(t, total)
	stall := time.Duration(took.Load())
	if late := time.Duration(total.Latency.ValueAtQuantile(75)) * time.Microsecond; late < stall/10 {
		t.Errorf("a quarter of the requests met a stall of %s, and three quarters are said to have taken %s", stall, late)
	}
	if longest := time.Duration(total.Latency.Max()) * time.Microsecond; longest < stall*98/100 {
		t.Errorf("the longest latency is %s, and the stall lasted %s", longest, stall)
	}
	if waits := total.Service.ValueAtQuantile(75); waits >= total.Latency.ValueAtQuantile(75) {
		t.Errorf("the service time of the rest is %d us, no less than the latency", waits)
	}
}

func TestSecondsAddUpToTheTotal(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	r := start(t, Spec{URL: server.URL, Rate: 100})
	until(t, "two whole seconds", func() bool { return len(r.Recording().Seconds(r.started, time.Now())) >= 2 })
	live := r.Recording().Seconds(r.started, time.Now())[0]
	if live.Scheduled != 100 || !live.Final {
		t.Errorf("the first second is final with %d scheduled, want 100", live.Scheduled)
	}
	total := stop(t, r)
	added := newSecond(r.started)
	for _, s := range r.Recording().Seconds(r.started, time.Now()) {
		balance(t, s)
		added.add(s)
	}
	if added.Scheduled != total.Scheduled || added.Latency.ValueAtQuantile(99) != total.Latency.ValueAtQuantile(99) {
		t.Errorf("seconds add up to %d with p99 %d, the total is %d with %d", added.Scheduled, added.Latency.ValueAtQuantile(99), total.Scheduled, total.Latency.ValueAtQuantile(99))
	}
}

func TestHangingTargetIsBounded(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // connections are accepted by the kernel and never answered
	r := start(t, Spec{URL: "http://" + listener.Addr().String(), Rate: 1000, Connections: 4, Timeout: 100 * time.Millisecond})
	until(t, "requests that found no connection", func() bool {
		return r.Recording().Total().NotSent["no free connection"] > 0
	})
	total := stop(t, r)
	balance(t, total)
	if total.Failed["timeout"] == 0 || sum(total.Answered) != 0 {
		t.Errorf("answered %v, failed %v", total.Answered, total.Failed)
	}
}

func TestStopGivesUpWhatHangs(t *testing.T) {
	hanging := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		hanging <- struct{}{}
		<-req.Context().Done()
	}))
	defer server.Close()
	r := start(t, Spec{URL: server.URL, Rate: 50, Timeout: time.Hour})
	<-hanging
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Stop(ctx)
	total := r.Recording().Total()
	balance(t, total)
	if total.Failed["stopped"] == 0 {
		t.Errorf("failed %v", total.Failed)
	}
}

func TestUnreachableTargetIsAMeasurement(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	r := start(t, Spec{URL: "http://" + listener.Addr().String(), Rate: 100})
	until(t, "a failure", func() bool { return r.Recording().Total().Failed["connection refused"] > 0 })
	balance(t, stop(t, r))
}

func TestSpecThatMakesNoSense(t *testing.T) {
	for _, s := range []Spec{{URL: "web", Rate: 1}, {URL: "ftp://web/", Rate: 1}, {URL: "http://web/"}, {URL: "http://web/", Rate: -1}} {
		if _, err := Start(t.Context(), s); err == nil {
			t.Errorf("%+v was started", s)
		}
	}
}

func TestConstantRateNeverDrifts(t *testing.T) {
	for _, rate := range []constant{1, 3, 7.5, 1666.6666666666667, 20000} {
		for _, hour := range []time.Duration{time.Second, 7 * time.Minute, time.Hour} {
			n := rate.before(hour)
			if want := uint64(float64(rate)*hour.Seconds() + 0.5); n < want-1 || n > want+1 {
				t.Errorf("%v per second makes %d in %s, want %d", float64(rate), n, hour, want)
			}
			if rate.due(n) < hour || n > 0 && rate.due(n-1) >= hour {
				t.Errorf("%d requests are before %s, but the next is due at %s", n, hour, rate.due(n))
			}
		}
	}
}

func TestZeroRecordingHasNothingToSay(t *testing.T) {
	var r Recording
	if s := r.Seconds(time.Time{}, time.Now()); len(s) != 0 || r.Total().Scheduled != 0 || r.Total().Behind != 0 {
		t.Errorf("seconds %v", s)
	}
}

func BenchmarkRequest(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	b.Run("engine", func(b *testing.B) {
		r, err := Start(b.Context(), Spec{URL: server.URL, Rate: 1, Connections: 1})
		if err != nil {
			b.Fatal(err)
		}
		defer r.Stop(b.Context())
		for b.Loop() {
			if _, err := r.client.exchange(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("http.Client", func(b *testing.B) {
		for b.Loop() {
			resp, err := http.Get(server.URL)
			if err != nil {
				b.Fatal(err)
			}
			resp.Body.Close()
		}
	})
}

package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// patience is how long a test waits for what must come; it is never waited for in full.
const patience = 2 * time.Minute

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

// planned is how many requests of what a run began with are due before t.
func planned(r *Run, t time.Duration) uint64 { return r.recording.streams[0].schedule.before(t) }

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

// A server of many moods, one request after the other, that keeps a log of what it did.
func TestBooksAgreeWithTheServersLog(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		for _, connections := range []int{1, 32} {
			t.Run(fmt.Sprint(connections, " connections"), func(t *testing.T) {
				var heard, cut atomic.Uint64
				answered := map[int]*atomic.Uint64{200: {}, 404: {}, 500: {}, 502: {}}
				server := serve(t, func(w http.ResponseWriter, r *http.Request) {
					answer := func(status int) {
						w.WriteHeader(status)
						answered[status].Add(1)
					}
					switch heard.Add(1) % 7 {
					case 0:
						answer(404)
					case 1:
						answer(500)
					case 2:
						io.WriteString(w, "byte by byte")
						w.(http.Flusher).Flush()
						io.WriteString(w, "and then the rest")
						answered[200].Add(1)
					case 3:
						cut.Add(1)
						conn, _, err := w.(http.Hijacker).Hijack()
						if err != nil {
							t.Error(err)
							return
						}
						conn.(*net.TCPConn).SetLinger(0)
						conn.Close()
					case 4:
						cut.Add(1)
						w.Header().Set("Content-Length", "100")
						io.WriteString(w, "not a hundred")
						panic(http.ErrAbortHandler)
					case 5:
						answer(502)
					default:
						answer(200)
					}
				})
				r := start(t, Spec{Engine: e, URL: server.URL, Rate: 1000, Connections: connections})
				until(t, "requests", func() bool { return heard.Load() > 700 })
				total := stop(t, r)
				balance(t, total)
				if n := heard.Load(); n != total.Sent {
					t.Errorf("%d sent, the server heard %d: a request was repeated behind our back, or lost", total.Sent, n)
				}
				if n := sum(total.Failed); n != cut.Load() {
					t.Errorf("%v failed, the server cut %d", total.Failed, cut.Load())
				}
				for status, n := range answered {
					if total.Answered[status] != n.Load() {
						t.Errorf("%d answered with %d, the server says %d", total.Answered[status], status, n.Load())
					}
				}
			})
		}
	})
}

// atLeast counts the values of at least d.
func atLeast(h *hdrhistogram.Histogram, d time.Duration) (n uint64) {
	for _, bar := range h.Distribution() {
		if bar.To >= d.Microseconds() {
			n += uint64(bar.Count)
		}
	}
	return n
}

// Truth is what the server knows: it let nobody through from one moment to another, so who was due after the one
// waited at least until the other. That holds on a machine of any speed.
func TestStallIsChargedToEveryRequestThatWasDueInIt(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		for _, connections := range []int{1, 16, 64} {
			t.Run(fmt.Sprint(connections, " connections"), func(t *testing.T) {
				var gate sync.RWMutex
				var served atomic.Int64
				server := serve(t, func(http.ResponseWriter, *http.Request) {
					gate.RLock()
					served.Add(1)
					gate.RUnlock()
				})
				r := start(t, Spec{Engine: e, URL: server.URL, Rate: 500, Connections: connections})
				until(t, "traffic", func() bool { return served.Load() > 20 })
				gate.Lock()
				from := time.Since(r.started)
				until(t, "a stall", func() bool { return time.Since(r.started)-from > 300*time.Millisecond })
				to := time.Since(r.started)
				gate.Unlock()
				due := int64(planned(r, to))
				until(t, "the backlog", func() bool { return served.Load() > due+20 })
				total := stop(t, r)
				balance(t, total)
				half := (to - from) / 2
				met := planned(r, from+half) - planned(r, from)
				charged, uncorrected := atLeast(total.Latency, half), atLeast(total.Service, half)
				if charged < met {
					t.Errorf("%d requests waited for at least half of the stall, only %d are said to", met, charged)
				}
				if uncorrected >= charged {
					t.Errorf("service times, which leave out the wait for a connection, show the stall %d times, latencies %d times", uncorrected, charged)
				}
				if longest := time.Duration(total.Latency.Max()) * time.Microsecond; longest < (to-from)*98/100 {
					t.Errorf("the longest latency is %s, and the stall lasted %s", longest, to-from)
				}
			})
		}
	})
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
	engines(t, func(t *testing.T, e Engine) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close() // connections are accepted by the kernel and never answered
		before := runtime.NumGoroutine()
		r := start(t, Spec{Engine: e, URL: "http://" + listener.Addr().String(), Rate: 1000, Connections: 4, Timeout: 100 * time.Millisecond})
		until(t, "requests that found no connection", func() bool {
			return r.Recording().Total().NotSent["no free connection"] > 0
		})
		if n := runtime.NumGoroutine() - before; n > 50 {
			t.Errorf("%d goroutines for 4 connections", n)
		}
		total := stop(t, r)
		balance(t, total)
		if total.Failed["timeout"] == 0 || sum(total.Answered) != 0 {
			t.Errorf("answered %v, failed %v", total.Answered, total.Failed)
		}
	})
}

// However much comes due, a target that never answers sees as many connections as it may have, with one request each.
func TestHangingTargetSeesNoMoreConnectionsThanItMay(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		const connections, due = 4, 200
		var opened, heard atomic.Int64
		hanging := make(chan struct{})
		target := speak(t, func(_ *net.TCPConn, in *bufio.Reader) {
			opened.Add(1)
			for {
				if _, ok := hear(in); !ok {
					return
				}
				if heard.Add(1) == connections {
					close(hanging)
				}
			}
		})
		r := start(t, Spec{Engine: e, URL: target, Rate: 1000, Connections: connections, Timeout: time.Hour})
		<-hanging
		until(t, "requests to come due", func() bool { return planned(r, time.Since(r.started)) > due })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r.Stop(ctx)
		total := r.Recording().Total()
		balance(t, total)
		if opened.Load() != connections || total.Sent != connections || total.NotSent["stopped"] < due-connections {
			t.Errorf("%d connections were opened for %d requests sent and %v not, want %d for as many", opened.Load(), total.Sent, total.NotSent, connections)
		}
	})
}

func TestStopGivesUpWhatHangs(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		hanging := make(chan struct{}, 1000)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			hanging <- struct{}{}
			<-req.Context().Done()
		}))
		defer server.Close()
		r := start(t, Spec{Engine: e, URL: server.URL, Rate: 50, Timeout: time.Hour})
		<-hanging
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r.Stop(ctx)
		total := r.Recording().Total()
		balance(t, total)
		if total.Failed["stopped"] == 0 {
			t.Errorf("failed %v", total.Failed)
		}
	})
}

func TestStopClosesTheBooksForGood(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		server := serve(t, func(http.ResponseWriter, *http.Request) {})
		r := start(t, Spec{Engine: e, URL: server.URL, Rate: 1000})
		until(t, "answers", func() bool { _, settled := r.Recording().Behind(); return settled > 100 })
		once := stop(t, r)
		balance(t, once)
		again := stop(t, r)
		if again.Scheduled != once.Scheduled || again.Sent != once.Sent || !maps.Equal(again.NotSent, once.NotSent) {
			t.Errorf("stopped once: %d scheduled, %d sent; again: %d, %d", once.Scheduled, once.Sent, again.Scheduled, again.Sent)
		}
		if s := r.Recording().Seconds(r.started, time.Now()); len(s) == 0 || !s[len(s)-1].Final {
			t.Errorf("the last second is not final: %v", s)
		}
	})
}

// The schedule ends with the context, and not only when somebody comes to stop the run.
func TestContextEndsTheSchedule(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Start(ctx, Spec{URL: server.URL, Rate: 1000})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "answers", func() bool { _, settled := r.Recording().Behind(); return settled > 100 })
	cancel()
	r.working.Wait()
	length := time.Since(r.started)
	until(t, "a while", func() bool { return time.Since(r.started) > length+50*time.Millisecond })
	total := stop(t, r)
	balance(t, total)
	if most := planned(r, length); total.Scheduled > most {
		t.Errorf("%d scheduled, but only %d were due when the context ended", total.Scheduled, most)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		server := serve(t, func(http.ResponseWriter, *http.Request) {})
		before := runtime.NumGoroutine()
		r := start(t, Spec{Engine: e, URL: server.URL, Rate: 1000})
		until(t, "answers", func() bool { _, settled := r.Recording().Behind(); return settled > 100 })
		stop(t, r)
		until(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	})
}

func TestSpecThatMakesNoSense(t *testing.T) {
	for _, s := range []Spec{{URL: "web", Rate: 1}, {URL: "ftp://web/", Rate: 1}, {URL: "http://web/"}, {URL: "http://web/", Rate: -1}} {
		if _, err := Start(t.Context(), s); err == nil {
			t.Errorf("%+v was started", s)
		}
	}
}

func TestZeroRecordingHasNothingToSay(t *testing.T) {
	var r Recording
	if s := r.Seconds(time.Time{}, time.Now()); len(s) != 0 || r.Total().Scheduled != 0 || r.Total().Behind != 0 {
		t.Errorf("seconds %v", s)
	}
}

func TestSlowLoadSpeaksUntilItsNextRequest(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	r := start(t, Spec{URL: server.URL, Rate: 0.5})
	until(t, "the first second", func() bool { return len(r.Recording().Seconds(r.started, time.Now())) > 0 })
	if s := r.Recording().Seconds(r.started, time.Now())[0]; s.Span != 2*time.Second {
		t.Errorf("a request every other second speaks for %s", s.Span)
	}
}

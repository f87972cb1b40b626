package traffic

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gameday/internal/lab/metrics"
)

// eventually waits, with a deadline that no machine needs, until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

var quick = PoolOptions{
	HealthPath: "/health", Interval: 20 * time.Millisecond, Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 2,
	DeregistrationDelay: 100 * time.Millisecond,
}

// front is a load balancer with one pool behind it.
type front struct {
	*Balancer
	pool  *Pool
	store *metrics.Store
}

func newFront(t *testing.T, o PoolOptions, idle time.Duration) front {
	t.Helper()
	store := metrics.New(metrics.Options{Resolution: 50 * time.Millisecond})
	b, err := Balance(BalancerOptions{
		Dimension: "app/t/1", Zones: []string{"a", "b"}, IdleTimeout: idle, ConnectTimeout: 5 * time.Second, Store: store,
	})
	if err != nil {
		t.Fatal(err)
	}
	pool := NewPool(o)
	b.SetRoutes([]Route{{Patterns: []string{"/app*"}, Pool: pool, Dimension: "targetgroup/t/1"}})
	t.Cleanup(pool.Close)
	t.Cleanup(b.Close)
	return front{b, pool, store}
}

func (f front) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", f.Port(), path) }

func (f front) get(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := http.Get(f.url(path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (f front) states() map[string]string {
	states := map[string]string{}
	for _, s := range f.pool.Targets() {
		states[s.ID] = s.State
	}
	return states
}

func serve(t *testing.T, b Behaviour) Program {
	t.Helper()
	b.HealthPath = "/health"
	p, err := Serve(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// raw answers every request except health checks by hand.
func raw(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				in := bufio.NewReader(c)
				for {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if r.URL.Path == "/health" {
						_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
						continue
					}
					answer(c)
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestRequestsAreSharedEvenly(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	var programs []Program
	for i := range 3 {
		p := serve(t, Behaviour{Latency: time.Millisecond, Body: i})
		programs = append(programs, p)
		f.pool.Register(Target{ID: strconv.Itoa(i), Addr: p.Addr()}, false)
	}
	eventually(t, "three are healthy", func() bool { s := f.states(); return s["0"] == Healthy && s["1"] == Healthy && s["2"] == Healthy })
	seen := map[int]int{}
	for range 30 {
		status, body := f.get(t, "/app")
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		seen[len(body)]++
	}
	if seen[0] != 10 || seen[1] != 10 || seen[2] != 10 {
		t.Errorf("shared %v", seen)
	}
	if programs[0].Busy() == 0 {
		t.Error("a program that served was never busy")
	}
}

func TestTheBalancersOwnErrors(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		addr string
		want int
	}{
		{"refuses", gone.Addr().String(), 502},
		{"closes", raw(t, func(c net.Conn) { _ = c.Close() }), 502},
		{"resets", raw(t, abort), 502},
		{"speaks nonsense", raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "good morning\r\n\r\n") }), 502},
		{"says nothing", raw(t, func(net.Conn) {}), 504},
		{"is unhealthy, as all are", raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }), 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, PoolOptions{HealthPath: "/nothing", Interval: time.Hour, Timeout: time.Second, Healthy: 2, Unhealthy: 2}, 300*time.Millisecond)
			f.pool.Register(Target{ID: "x", Addr: c.addr}, false)
			if got, _ := f.get(t, "/app"); got != c.want {
				t.Errorf("want %d, got %d", c.want, got)
			}
		})
	}
	t.Run("no target", func(t *testing.T) {
		f := newFront(t, quick, time.Second)
		if got, _ := f.get(t, "/app"); got != 503 {
			t.Errorf("got %d", got)
		}
		if got, _ := f.get(t, "/elsewhere"); got != 404 {
			t.Errorf("a path without a rule: got %d", got)
		}
	})
}

func TestADeadConnectionIsNeverAskedAgain(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	var requests atomic.Int64
	addr := raw(t, func(c net.Conn) {
		// The first request is answered, the second, on the connection that is kept alive, is not.
		if requests.Add(1)%2 == 0 {
			abort(c)
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	f.pool.Register(Target{ID: "x", Addr: addr}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })
	for i := range 10 {
		want := http.StatusOK
		if i%2 == 1 {
			want = http.StatusBadGateway
		}
		if got, _ := f.get(t, "/app"); got != want {
			t.Fatalf("request %d: want %d, got %d", i, want, got)
		}
	}
	if n := requests.Load(); n != 10 {
		t.Errorf("10 requests reached the target as %d", n)
	}
}

func TestAKillResetsConnectionsAndTheirRequestsFail(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	p := serve(t, Behaviour{Latency: 20 * time.Second})
	f.pool.Register(Target{ID: "x", Addr: p.Addr()}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })

	direct, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = direct.Close() }()
	if _, err := io.WriteString(direct, "GET /app HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	status := make(chan int)
	go func() {
		response, err := http.Get(f.url("/app"))
		if err != nil {
			status <- 0
			return
		}
		_ = response.Body.Close()
		status <- response.StatusCode
	}()
	eventually(t, "both requests are under way", func() bool {
		return p.(*server).clients.there() >= 2
	})
	p.Kill()
	if _, err := direct.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("want a reset, got %v", err)
	}
	if got := <-status; got != http.StatusBadGateway {
		t.Errorf("want 502, got %d", got)
	}
	if _, err := net.Dial("tcp", p.Addr()); err == nil {
		t.Error("it still listens")
	}
	<-p.Done()
	if p.Exit() != exitKilled {
		t.Errorf("exit code %d", p.Exit())
	}
}

func TestATerminatedProgramFailsItsCheckServesOnAndLeaves(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	p := serve(t, Behaviour{Latency: time.Millisecond, Drain: time.Second})
	f.pool.Register(Target{ID: "x", Addr: p.Addr()}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })
	p.Terminate()
	eventually(t, "it is unhealthy", func() bool { return f.states()["x"] == Unhealthy })
	if reason := f.pool.Targets()[0].Reason; reason != reasonMismatch {
		t.Errorf("reason %q", reason)
	}
	if got, _ := f.get(t, "/app"); got != http.StatusOK {
		t.Errorf("while it drains: %d", got)
	}
	<-p.Done()
	if p.Exit() != exitOK {
		t.Errorf("exit code %d", p.Exit())
	}
}

func TestDeregistrationDrainsThenLeaves(t *testing.T) {
	slow := quick
	slow.DeregistrationDelay = time.Second
	f := newFront(t, slow, time.Minute)
	p := serve(t, Behaviour{Latency: time.Millisecond})
	f.pool.Register(Target{ID: "x", Addr: p.Addr()}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })
	if f.pool.Deregister("unknown", 0) || !f.pool.Deregister("x", 0) {
		t.Error("deregistered the wrong one")
	}
	if s := f.pool.Targets(); s[0].State != Draining || s[0].Reason != reasonDeregistered {
		t.Errorf("state %+v", s)
	}
	if got, _ := f.get(t, "/app"); got != http.StatusServiceUnavailable {
		t.Errorf("a draining target got a new request: %d", got)
	}
	eventually(t, "it has left", func() bool { return len(f.states()) == 0 })
}

func TestAnEstablishedTargetIsHealthyAsSoonAsItAnswers(t *testing.T) {
	rare := quick
	rare.Interval = time.Hour
	f := newFront(t, rare, time.Minute)
	var checks atomic.Int64
	slow := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if checks.Add(1) < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = slow.Serve(l) }()
	t.Cleanup(func() { _ = slow.Close() })
	f.pool.Register(Target{ID: "x", Addr: l.Addr().String()}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })
}

func TestAnInvalidTargetIsUnused(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	p := serve(t, Behaviour{})
	f.pool.Register(Target{ID: "i-1", Port: 80, Addr: p.Addr()}, true)
	f.pool.Invalidate("i-1", 80, "shutting-down")
	if s := f.pool.Targets(); s[0].State != Unused || s[0].Reason != "Target.InvalidState" {
		t.Errorf("state %+v", s)
	}
	if got, _ := f.get(t, "/app"); got != http.StatusServiceUnavailable {
		t.Errorf("an unused target got a request: %d", got)
	}
}

func TestAFullServiceQueuesAndThenRefuses(t *testing.T) {
	p := serve(t, Behaviour{Latency: 300 * time.Millisecond, Workers: 1, Queue: 1})
	answers := make(chan int, 3)
	begin := time.Now()
	for range 3 {
		go func() {
			response, err := http.Get("http://" + p.Addr() + "/app")
			if err != nil {
				answers <- 0
				return
			}
			_ = response.Body.Close()
			answers <- response.StatusCode
		}()
	}
	seen := map[int]int{}
	for range 3 {
		seen[<-answers]++
	}
	if seen[200] != 2 || seen[503] != 1 {
		t.Errorf("answers %v", seen)
	}
	if took := time.Since(begin); took < 600*time.Millisecond {
		t.Errorf("two requests of 300 ms, one at a time, took %v", took)
	}
}

func TestBodiesAndHeadersPassBothWays(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	echo := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", strings.Join([]string{r.Method, r.Host, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Own"), r.RequestURI}, "|"))
		whole, _ := io.ReadAll(r.Body) // a body that breaks off fails the comparison below
		_, _ = w.Write(whole)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = echo.Serve(l) }()
	t.Cleanup(func() { _ = echo.Close() })
	f.pool.Register(Target{ID: "x", Addr: l.Addr().String()}, true)
	body := bytes.Repeat([]byte("0123456789"), 20_000)
	for name, reader := range map[string]io.Reader{"with a length": bytes.NewReader(body), "in chunks": io.MultiReader(bytes.NewReader(body))} {
		request, err := http.NewRequest(http.MethodPost, f.url("/app/x?y=%20z"), reader)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "news.example"
		request.Header.Set("X-Own", "mine")
		request.Header.Set("X-Forwarded-For", "192.0.2.1")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
		}
		if want := "POST|news.example|192.0.2.1, 127.0.0.1|mine|/app/x?y=%20z"; response.Header.Get("X-Seen") != want {
			t.Errorf("%s: want %q, got %q", name, want, response.Header.Get("X-Seen"))
		}
	}
}

func TestAClientThatDoesNotWaitIsCountedAndItsTargetLetGo(t *testing.T) {
	f := newFront(t, quick, time.Minute)
	p := serve(t, Behaviour{Latency: time.Hour})
	f.pool.Register(Target{ID: "x", Addr: p.Addr()}, true)
	client := &http.Client{Timeout: 50 * time.Millisecond}
	if response, err := client.Get(f.url("/app")); err == nil {
		_ = response.Body.Close()
		t.Fatal("answered")
	}
	eventually(t, "the target's connection is closed", func() bool {
		return p.(*server).clients.there() == 0
	})
	eventually(t, "it is counted as the client's fault", func() bool {
		f.publish(time.Now().Add(time.Hour))
		return len(f.store.List(namespace, "HTTPCode_ELB_4XX_Count", nil)) > 0
	})
	if all := f.store.List(namespace, "HTTPCode_ELB_5XX_Count", nil); len(all) > 0 {
		t.Errorf("and as the load balancer's: %v", all)
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/a*", "/a", true}, {"/a*", "/a/b", true}, {"/a*", "/b", false}, {"/a", "/a", true}, {"/a", "/ab", false},
		{"/*/b", "/a/b", true}, {"/*/b", "/a/c", false}, {"/?b", "/ab", true}, {"/?b", "/b", false}, {"*", "", true}, {"/*.jpg*", "/x.jpg?y", true},
	} {
		if got := match(c.pattern, c.path); got != c.want {
			t.Errorf("%q against %q: %v", c.pattern, c.path, got)
		}
	}
}

package traffic

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// Behaviour is how a built-in program serves.
type Behaviour struct {
	HealthPath  string
	Latency     time.Duration
	Jitter      time.Duration // latency varies by up to so much either way
	TailLatency time.Duration
	TailShare   float64       // of requests that take TailLatency instead
	ErrorShare  float64       // of requests that are answered 500
	Workers     int           // requests at a time; 0 is no limit
	Queue       int           // requests that wait for a worker, at most; 0 is no limit
	Resets      bool          // it resets the connection of a request too many, which is else answered 503
	Files       *Files        // of its machine; a connection takes one
	Upstreams   int           // files more that a request takes while it is served: its connections to databases, caches and so on
	Body        int           // bytes of an answer
	Drain       time.Duration // after Terminate it fails its health check and serves on for so long
	Log         io.Writer     // what it prints; nil is nowhere

	// Before is what every request waits for while it holds its slot, and is answered 500 without. Nil is nothing.
	Before func(context.Context) error
}

// server is a Program inside this process. Its health check is answered out of turn: a full queue makes it slow, not ill.
type server struct {
	behaviour Behaviour
	addr      string
	http      *fasthttp.Server
	clients   *visitors
	body      []byte
	workers   *workers
	busy      atomic.Int64
	draining  atomic.Bool

	terminate sync.Once
	end       sync.Once
	alive     context.Context
	kill      context.CancelFunc
	done      chan struct{}
	exit      int // written before done is closed
}

// Serve starts a built-in program.
func Serve(b Behaviour) (Program, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{
		behaviour: b,
		addr:      listener.Addr().String(),
		body:      bytes.Repeat([]byte("."), b.Body),
		clients:   welcome(listener, door{b.Files, b.Log}),
		workers:   newWorkers(b.Workers, b.Queue),
		done:      make(chan struct{}),
	}
	s.alive, s.kill = context.WithCancel(context.Background())
	s.http = newServer(s.serve)
	go func() { _ = s.http.Serve(s.clients) }() // ends when told to, always with an error
	return s, nil
}

func (s *server) Addr() string          { return s.addr }
func (s *server) Done() <-chan struct{} { return s.done }
func (s *server) Exit() int             { return s.exit }
func (s *server) Busy() time.Duration   { return time.Duration(s.busy.Load()) }

// Terminate keeps idle connections open until the drain is over: closing them sooner would race with requests
// that are on their way.
func (s *server) Terminate() {
	s.terminate.Do(func() {
		s.draining.Store(true)
		go func() {
			if pause(s.alive, s.behaviour.Drain) == nil && s.http.ShutdownWithContext(s.alive) == nil {
				s.finish(exitOK)
			}
		}()
	})
}

func (s *server) Kill() {
	_ = s.clients.Close() // an error of the listener's changes nothing
	s.clients.expel(abort)
	s.finish(exitKilled)
}

func (s *server) finish(exit int) {
	s.end.Do(func() {
		s.exit = exit
		s.kill()
		close(s.done)
	})
}

func (s *server) serve(x *fasthttp.RequestCtx) {
	if string(x.Path()) == s.behaviour.HealthPath {
		if s.draining.Load() {
			x.SetStatusCode(http.StatusServiceUnavailable)
		}
		return
	}
	client := x.Conn().(*visitor)
	defer client.waiting(x.ConnRequestNum())()
	leave, err := s.workers.enter(client)
	if err != nil {
		s.turnAway(x, client)
		return
	}
	begin := time.Now()
	err = s.work(client)
	s.busy.Add(int64(time.Since(begin)))
	leave()
	switch {
	case client.Err() != nil:
		return // nobody is there to answer
	case err != nil:
		x.SetStatusCode(http.StatusInternalServerError)
		return
	}
	x.SetContentType("application/json")
	if s.behaviour.ErrorShare > 0 && rand.Float64() < s.behaviour.ErrorShare {
		x.SetStatusCode(http.StatusInternalServerError)
	}
	x.Response.SetBodyRaw(s.body)
}

// turnAway answers a request for which there is no room in the queue.
func (s *server) turnAway(x *fasthttp.RequestCtx, client *visitor) {
	if s.behaviour.Resets {
		abort(client.TCPConn)
		return
	}
	x.SetStatusCode(http.StatusServiceUnavailable)
}

func (s *server) work(ctx context.Context) error {
	b := &s.behaviour
	if !b.Files.take(b.Upstreams) {
		complain(b.Log, "http: %d connections for a request: socket: %v", b.Upstreams, errTooMany)
		return errTooMany
	}
	defer b.Files.give(b.Upstreams)
	if b.Before != nil {
		if err := b.Before(ctx); err != nil {
			return err
		}
	}
	latency := b.Latency
	if b.Jitter > 0 {
		latency += time.Duration((2*rand.Float64() - 1) * float64(b.Jitter))
	}
	if b.TailShare > 0 && rand.Float64() < b.TailShare {
		latency = b.TailLatency
	}
	return pause(ctx, latency)
}

// pause waits for d, or returns ctx's error where that ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// abort closes a connection with a reset instead of a farewell.
func abort(c net.Conn) {
	if tcp, is := c.(*net.TCPConn); is {
		_ = tcp.SetLinger(0) // fails only on a connection that is gone already
	}
	_ = c.Close()
}

//go:build unix

package load

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// BenchmarkRequest compares what a request costs with what it costs a bare http.Client, the server included in both,
// with 64 connections that are always busy. Compare within one run only.
func BenchmarkRequest(b *testing.B) {
	server := benchServer(b)
	u, err := url.Parse(server)
	if err != nil {
		b.Fatal(err)
	}
	const connections = 64
	for _, engine := range []Engine{Standard, Fast} {
		b.Run(string(engine), func(b *testing.B) {
			r := &Run{timeout: 10 * time.Second, started: time.Now(), cut: b.Context()}
			s := Spec{URL: server, Engine: engine, Method: http.MethodGet}
			r.requests = (*same)(s.request(u))
			if r.client, err = newClient(r.cut, s, u); err != nil {
				b.Fatal(err)
			}
			defer r.client.close()
			r.recording = newRecording(r.started)
			r.recording.add(newStream(0, Constant(1e9).course(), Segment{}, 0))
			spend(b, connections, func() { r.send(job{due: time.Since(r.started)}) })
			if n := r.recording.settled; n != uint64(b.N) {
				b.Fatalf("%d of %d settled", n, b.N)
			}
		})
	}
	b.Run("raw", func(b *testing.B) {
		type raw struct {
			net.Conn
			answer [4 << 10]byte
		}
		idle := sync.Pool{New: func() any {
			c, err := net.Dial("tcp", u.Host)
			if err != nil {
				b.Error(err)
			}
			return &raw{Conn: c}
		}}
		request := []byte("GET / HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: gameday\r\n\r\n")
		spend(b, connections, func() {
			c := idle.Get().(*raw)
			defer idle.Put(c)
			if _, err := c.Write(request); err != nil {
				b.Error(err)
			}
			if _, err := c.Read(c.answer[:]); err != nil {
				b.Error(err)
			}
		})
	})
	b.Run("http.Client", func(b *testing.B) {
		c := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
		defer c.CloseIdleConnections()
		spend(b, connections, func() {
			answer, err := c.Get(server)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		})
	})
}

// benchServer answers for as little as a server can.
func benchServer(b *testing.B) (url string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := fasthttp.Server{Handler: func(*fasthttp.RequestCtx) {}}
	go server.Serve(listener)
	b.Cleanup(func() { server.Shutdown() })
	return "http://" + listener.Addr().String()
}

// spend does it b.N times, so many at a time, and reports the processor time of each.
func spend(b *testing.B, workers int, do func()) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var working sync.WaitGroup
	before := processorTime(b)
	b.ResetTimer()
	for range workers {
		working.Go(func() {
			for left.Add(-1) >= 0 {
				do()
			}
		})
	}
	working.Wait()
	b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/1e3/float64(b.N), "cpu-us/op")
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkFile is what the end of each second costs.
func BenchmarkFile(b *testing.B) {
	s := newSecond(time.Now())
	for i := range 1667 {
		record(s.Latency, time.Duration(i*i)*time.Microsecond)
		record(s.Service, time.Duration(i)*time.Microsecond)
	}
	for b.Loop() {
		pack(s)
	}
}

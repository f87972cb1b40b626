package traffic

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gameday/internal/lab/metrics"
)

// BenchmarkBalancer measures what a request costs the lab at a fixed rate, client -> load balancer -> one of six programs,
// with a plain client in the same process. Reported are CPU time a request, all parts included, and the slowest percentiles
// in excess of the programs' own 5 ms.
func BenchmarkBalancer(b *testing.B) {
	for _, rate := range []int{1667, 7000} {
		b.Run(strconv.Itoa(rate)+"/s", func(b *testing.B) { benchmarkAt(b, rate) })
	}
}

func benchmarkAt(b *testing.B, rate int) {
	store := metrics.New(metrics.Options{Resolution: time.Second})
	lb, err := Balance(BalancerOptions{
		Dimension: "app/b/1", Zones: []string{"a"}, IdleTimeout: time.Minute, ConnectTimeout: 10 * time.Second, Store: store,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer lb.Close()
	pool := NewPool(PoolOptions{HealthPath: "/health", Interval: time.Second, Timeout: time.Second, Healthy: 1, Unhealthy: 2})
	defer pool.Close()
	for i := range 6 {
		p, err := Serve(Behaviour{HealthPath: "/health", Latency: 5 * time.Millisecond, Body: 1024})
		if err != nil {
			b.Fatal(err)
		}
		defer p.Kill()
		pool.Register(Target{ID: strconv.Itoa(i), Addr: p.Addr()}, true)
	}
	lb.SetRoutes([]Route{{Patterns: []string{"/*"}, Pool: pool, Dimension: "targetgroup/b/1"}})

	const clients = 256
	tickets := make(chan time.Time, 1<<16)
	took := make(chan []time.Duration, clients)
	for range clients {
		go func() {
			var mine []time.Duration
			conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(lb.Port())))
			if err != nil {
				panic(err)
			}
			defer func() { _ = conn.Close() }()
			in := bufio.NewReader(conn)
			for due := range tickets {
				if _, err := conn.Write([]byte("GET /x HTTP/1.1\r\nHost: b\r\n\r\n")); err != nil {
					panic(err)
				}
				response, err := http.ReadResponse(in, nil)
				if err != nil || response.StatusCode != http.StatusOK {
					panic("not answered")
				}
				if _, err := in.Discard(int(response.ContentLength)); err != nil {
					panic(err)
				}
				mine = append(mine, time.Since(due))
			}
			took <- mine
		}()
	}
	b.ResetTimer()
	before, begin := cpu(b), time.Now()
	for i := range b.N {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		tickets <- due
	}
	close(tickets)
	var all []time.Duration
	for range clients {
		all = append(all, <-took...)
	}
	b.StopTimer()
	used := cpu(b) - before
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(used.Seconds()/time.Since(begin).Seconds(), "cores")
	b.ReportMetric(excess(all, 0.5), "p50-added-ms")
	b.ReportMetric(excess(all, 0.99), "p99-added-ms")
}

func excess(all []time.Duration, q float64) float64 {
	slices.Sort(all)
	return (all[int(q*float64(len(all)-1))] - 5*time.Millisecond).Seconds() * 1000
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package load
import ("testing";"time";"runtime/metrics";"net/http";"net/http/httptest";"fmt";"os")
func q(a, b *metrics.Float64Histogram, p float64) float64 {
	var tot uint64; for i := range b.Counts { tot += b.Counts[i]; if a != nil { tot -= a.Counts[i] } }
	var c uint64
	for i := range b.Counts { n := b.Counts[i]; if a != nil { n -= a.Counts[i] }; c += n; if float64(c) >= p*float64(tot) { return b.Buckets[i+1]*1e3 } }
	return 0
}
func sumw(a, b *metrics.Float64Histogram) float64 { var w float64; for i := range b.Counts { n := b.Counts[i]; if a != nil { n -= a.Counts[i] }; if n > 0 { w += float64(n)*b.Buckets[i] } }; return w }
func TestZZ(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for _, rate := range []float64{1667, 5000, 60000} {
	r, _ := Start(t.Context(), Spec{URL: server.URL, Rate: rate})
	var prev *metrics.Float64Histogram
	for i := range 5 {
		time.Sleep(time.Second)
		s := []metrics.Sample{{Name: "/sched/latencies:seconds"},{Name:"/sched/goroutines/runnable:goroutines"}}
		metrics.Read(s)
		h := s[0].Value.Float64Histogram()
		fmt.Fprintln(os.Stderr, "runnable", s[1].Value.Kind()); if i > 0 { fmt.Fprintf(os.Stderr, "rate %v: sched p50 %.3f p90 %.3f p99 %.3f ms waiting %.2f\n", rate, q(prev,h,.5), q(prev,h,.9), q(prev,h,.99), sumw(prev,h)) }
		c := *h; c.Counts = append([]uint64(nil), h.Counts...); prev = &c
	}
	stop(t, r)
	tot := r.Recording().Total()
	fmt.Fprintf(os.Stderr, "rate %v: sent %d/%d lag p50 %d p99 %d service p50 %d p99 %d overslept %d notsent %v\n", rate, tot.Sent, tot.Scheduled, tot.Lag.ValueAtQuantile(50), tot.Lag.ValueAtQuantile(99), tot.Service.ValueAtQuantile(50), tot.Service.ValueAtQuantile(99), r.Recording().Overslept(), tot.NotSent)
	}
}

package load

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"gameday/internal/load/traffic"
)

// The segments of any schedule are the schedule: as many requests before any moment, and each at its own.
func TestSegmentsTogetherAreTheWholeSchedule(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for name, shape := range shapes {
		for _, parts := range []uint64{1, 2, 3, 7, 100} {
			t.Run(fmt.Sprint(name, " in ", parts), func(t *testing.T) {
				course := shape.course()
				whole := newStream(0, course, Segment{}, 0)
				var streams []*stream
				for i := range parts {
					streams = append(streams, newStream(0, course, Segment{i, parts}, 0))
				}
				for range 2000 {
					number, due := whole.take()
					n, d := streams[number%parts].take()
					if due != forever && (n != number || d != due) {
						t.Fatalf("request %d is due at %s, in its segment it is %d at %s", number, due, n, d)
					}
				}
				length := min(24*time.Hour, course[len(course)-1].to)
				for range 1000 {
					at := time.Duration(random.Int64N(int64(length)))
					sum := uint64(0)
					for _, s := range streams {
						sum += s.before(at)
					}
					if want := whole.before(at); sum != want {
						t.Fatalf("%d before %s, the segments have %d", want, at, sum)
					}
				}
			})
		}
	}
}

// A load is cut, every segment is sent by whoever was given its description, and what they measured is put together: the target
// hears every request once, and the books are those of one machine.
func TestSegmentsRunFromTheirDescriptions(t *testing.T) {
	const parts, seconds, rate = 3, 2, 150
	var mu sync.Mutex
	heard := map[string]int{}
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		heard[r.URL.Path]++
	})
	whole := Spec{
		URL: server.URL, Begin: time.Now().Add(200 * time.Millisecond), Connections: 8, Timeout: patience,
		Shape:  Shape{{For: seconds * time.Second, From: rate, To: rate}},
		Source: &traffic.Source{Seed: 1, Requests: []traffic.Template{{Weight: 1, Path: "/{{n}}"}}},
	}
	var runs []*Run
	connections := 0
	for _, s := range whole.Segments(parts) {
		connections += s.Connections
		runs = append(runs, start(t, carried(t, s)))
	}
	if connections != whole.Connections {
		t.Errorf("%d connections in all", connections)
	}
	var measured [][]Second
	settled := uint64(0)
	for _, r := range runs {
		until(t, "the end of a segment", func() bool { _, n := r.Recording().Behind(); return n >= seconds*rate/parts })
		total := stop(t, r)
		balance(t, total)
		settled += total.Scheduled
		measured = append(measured, carried(t, r.Recording().Seconds(whole.Begin, time.Now())))
	}
	want := map[string]int{}
	for n := range seconds * rate {
		want[fmt.Sprint("/", n)] = 1
	}
	mu.Lock()
	defer mu.Unlock()
	if !maps.Equal(heard, want) {
		t.Errorf("the target heard %v", heard)
	}
	merged := Merge(measured...)
	if len(merged) != seconds || settled != seconds*rate {
		t.Fatalf("%d seconds with %d requests", len(merged), settled)
	}
	for i, s := range merged {
		balance(t, s)
		if at := whole.Begin.Add(time.Duration(i) * time.Second); s.Scheduled != rate || !s.At.Equal(at) || s.Span != time.Second || !s.Final {
			t.Errorf("%d scheduled for %s at %s, want %d at %s", s.Scheduled, s.Span, s.At, rate, at)
		}
	}
}

// carried is v as another machine receives it.
func carried[T any](t *testing.T, v T) (got T) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// What several machines measured is merged as if one had measured all of it, count by count, gaps included.
func TestMergingIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	began := time.Now().Round(0)
	single := newRecording(began)
	single.add(newStream(0, Constant(0.7).course(), Segment{}, 0))
	var parts []*Recording
	const of = 4
	for i := range uint64(of) {
		r := newRecording(began)
		r.add(newStream(0, Constant(0.7).course(), Segment{i, of}, 0))
		parts = append(parts, r)
	}
	for n := range uint64(50) {
		o := outcome{due: Constant(0.7).course().due(n), lag: time.Duration(random.Int64N(1e9)), service: time.Duration(random.ExpFloat64() * 1e8), status: 200}
		switch random.IntN(4) {
		case 0:
			o.failed = "timeout"
		case 1:
			o.unsent = "no free connection"
		}
		single.settle(o, false)
		parts[n%of].settle(o, false)
	}
	horizon := began.Add(time.Hour)
	var measured [][]Second
	for _, p := range parts {
		measured = append(measured, carried(t, p.Seconds(began, horizon)))
	}
	want, got := single.Seconds(began, horizon), Merge(measured...)
	if len(got) != len(want) {
		t.Fatalf("%d seconds, want %d", len(got), len(want))
	}
	for i := range want {
		want[i].At, got[i].At = want[i].At.UTC(), got[i].At.UTC()
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("second %d came out as %+v, want %+v", i, got[i], want[i])
		}
	}
	if Merge() != nil || Merge(nil, nil) != nil {
		t.Error("nothing came out as something")
	}
}

// The quantiles of a hundred workers, one of which is slow, are those of all their requests put in order.
func TestQuantilesOfManyWorkersAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	began := time.Now().Round(0)
	const of, rate = 100, 20e3
	var exact []time.Duration
	var measured [][]Second
	for i := range uint64(of) {
		r := newRecording(began)
		part := newStream(0, Constant(rate).course(), Segment{i, of}, 0)
		r.add(part)
		for n := range part.before(time.Second) {
			service := time.Millisecond + time.Duration(math.Exp(random.NormFloat64())*5e6)
			if i == 0 {
				service += 20 * time.Second
			}
			exact = append(exact, service)
			r.settle(outcome{due: part.dueAt(n), service: service, status: 200}, false)
		}
		measured = append(measured, carried(t, r.Seconds(began, began.Add(time.Hour))))
	}
	slices.Sort(exact)
	merged := Merge(measured...)
	if len(merged) != 1 {
		t.Fatalf("%d seconds, want 1", len(merged))
	}
	for _, quantile := range []float64{1, 50, 90, 99, 99.5, 99.9, 99.99, 100} {
		want := exact[max(0, int(math.Round(quantile/100*float64(len(exact))))-1)]
		got := time.Duration(merged[0].Latency.ValueAtQuantile(quantile)) * time.Microsecond
		if off := math.Abs(got.Seconds()/want.Seconds() - 1); off > 0.001 {
			t.Errorf("%v %% took at most %s, want %s: %.3f %% off", quantile, got, want, 100*off)
		}
	}
}

func TestDamagedSecondsAreRefused(t *testing.T) {
	for _, bad := range []string{`{"Latency":"gA=="}`, `{"Service":"AQ=="}`, `{"Lag":"////////////AQE="}`, `{"Latency":"gICAAQE="}`} {
		var s Second
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was taken for %+v", bad, s)
		}
	}
}

func TestSegmentThatIsNone(t *testing.T) {
	for _, s := range []Segment{{Index: 1}, {Index: 2, Of: 2}} {
		if r, err := Start(t.Context(), Spec{URL: "http://127.0.0.1:1/", Rate: 1, Segment: s}); err == nil {
			stop(t, r)
			t.Errorf("segment %d of %d was started", s.Index, s.Of)
		}
	}
}

package metrics_test

import (
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gameday/internal/cloud"
	lab "gameday/internal/lab/metrics"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
	"gameday/internal/metrics"
)

// account is CloudWatch on a real socket, with what the test puts into it.
func account(t *testing.T, o lab.Options, w wire.Options) (*lab.Store, *cloud.Env) {
	t.Helper()
	store := lab.New(o)
	server := httptest.NewServer(wire.New(new(world.World), store, w))
	t.Cleanup(server.Close)
	env, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1", Endpoint: server.URL, Key: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return store, env
}

// put counts n requests to a shop at that time.
func put(s *lab.Store, shop string, at time.Time, n uint64) {
	s.Put(lab.ID{Namespace: "Shop", Name: "Requests", Dimensions: []lab.Dimension{{Name: "Shop", Value: shop}}}, "Count", at, lab.Total(n))
}

func query(shop, statistic string) metrics.Query {
	return metrics.Query{Namespace: "Shop", Name: "Requests", Dimensions: map[string]string{"Shop": shop}, Statistic: statistic}
}

// past is a minute that is over.
var past = time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)

func TestReadAnswersEveryQuery(t *testing.T) {
	store, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{})
	put(store, "north", past, 3)
	put(store, "north", past.Add(5*time.Second), 4)
	put(store, "north", past.Add(2*time.Minute), 5)
	put(store, "south", past.Add(time.Minute), 6)
	w := metrics.Final(past, past.Add(3*time.Minute), time.Now(), time.Minute)
	got, err := metrics.Read(t.Context(), env, w, query("north", "Sum"), query("south", "Sum"), query("west", "Sum"), query("north", "SampleCount"))
	if err != nil {
		t.Fatal(err)
	}
	want := []metrics.Points{
		{past: 7, past.Add(2 * time.Minute): 5},
		{past.Add(time.Minute): 6},
		{},
		{past: 7, past.Add(2 * time.Minute): 5},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// CloudWatch answers from the beginning of the minute.
func TestReadKeepsToItsWindow(t *testing.T) {
	store, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{})
	for second := range 60 {
		put(store, "north", past.Add(time.Duration(second)*time.Second), 1)
	}
	w := metrics.Final(past.Add(30*time.Second), past.Add(33*time.Second), time.Now(), time.Second)
	got, err := metrics.Read(t.Context(), env, w, query("north", "Sum"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got[0]) != 3 {
		t.Errorf("got %v, want three seconds", got[0])
	}
	for start := range w.Starts() {
		if got[0][start] != 1 {
			t.Errorf("second %s: got %v", start, got[0][start])
		}
	}
}

// Seven minutes divide neither an hour nor a day, so only the epoch says where such a period begins.
func TestReadAndCloudWatchAgreeWhereAPeriodBegins(t *testing.T) {
	store, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{})
	const period = 7 * time.Minute
	begin := time.Unix(past.Unix()-past.Unix()%int64(period.Seconds()), 0).UTC()
	put(store, "north", begin.Add(-time.Second), 1)
	put(store, "north", begin, 2)
	put(store, "north", begin.Add(period-time.Second), 4)
	put(store, "north", begin.Add(period), 8)
	w := metrics.Final(begin.Add(time.Minute), begin.Add(2*time.Minute), time.Now(), period)
	got, err := metrics.Read(t.Context(), env, w, query("north", "Sum"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (metrics.Points{begin: 6}); fmt.Sprint(got[0]) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got[0], want)
	}
}

func TestReadAsksForAllPages(t *testing.T) {
	store, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{})
	const shops, seconds = 11, 10_000 // more points than fit one page
	var queries []metrics.Query
	from := time.Now().UTC().Truncate(time.Second).Add(-(seconds + 60) * time.Second)
	for shop := range shops {
		name := fmt.Sprint("shop ", shop)
		queries = append(queries, query(name, "Sum"))
		for second := range seconds {
			put(store, name, from.Add(time.Duration(second)*time.Second), uint64(second+1))
		}
	}
	w := metrics.Final(from, from.Add(seconds*time.Second), time.Now(), time.Second)
	got, err := metrics.Read(t.Context(), env, w, queries...)
	if err != nil {
		t.Fatal(err)
	}
	for shop, points := range got {
		sum := 0.0
		for _, v := range points {
			sum += v
		}
		if len(points) != seconds || math.Abs(sum-seconds*(seconds+1)/2) > 0 {
			t.Errorf("shop %d: got %d points, %v in all", shop, len(points), sum)
		}
	}
}

func TestWhatHasNotArrivedIsNotThere(t *testing.T) {
	store, env := account(t, lab.Options{Resolution: time.Second, Delay: time.Hour}, wire.Options{})
	early, late := time.Now().UTC().Truncate(time.Minute).Add(-2*time.Hour), time.Now().UTC().Truncate(time.Minute).Add(-2*time.Minute)
	put(store, "north", early, 1)
	put(store, "north", late, 1)
	w := metrics.Final(early, time.Now(), time.Now(), time.Minute)
	got, err := metrics.Read(t.Context(), env, w, query("north", "Sum"))
	if err != nil {
		t.Fatal(err)
	}
	if _, arrived := got[0][late]; arrived || got[0][early] != 1 {
		t.Errorf("got %v, want %s alone", got[0], early)
	}
}

func TestNoPeriodNoCall(t *testing.T) {
	_, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{Denied: []string{"cloudwatch:*"}})
	got, err := metrics.Read(t.Context(), env, metrics.Final(past, past, time.Now(), time.Minute), query("north", "Sum"))
	if err != nil || len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestADeniedReadNamesTheAction(t *testing.T) {
	_, env := account(t, lab.Options{Resolution: time.Second}, wire.Options{Denied: []string{"cloudwatch:GetMetricData"}})
	_, err := metrics.Read(t.Context(), env, metrics.Final(past, past.Add(time.Minute), time.Now(), time.Minute), query("north", "Sum"))
	if err == nil || !strings.Contains(err.Error(), "read metric Requests") || !strings.Contains(cloud.Explain(err), metrics.Permission) {
		t.Errorf("got %v; %s", err, cloud.Explain(err))
	}
}

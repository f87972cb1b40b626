package load

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"gameday/internal/load/traffic"
)

// TestTheServerHearsWhatTheSourceSays: request by request, what arrives is what another process would say of the same
// Source, host, escapes and body included.
func TestTheServerHearsWhatTheSourceSays(t *testing.T) {
	source := traffic.Source{
		Seed: 3,
		Requests: []traffic.Template{
			{Weight: 2, Path: "/a/{{id}}?q={{name}}", Headers: map[string]string{"Host": "www.example.com"}},
			{Weight: 1, Method: "PUT", Path: "/b(1)%2fc/", Headers: map[string]string{"X-Id": "{{uuid}}"}, Body: "{{n}} {{name}}"},
			{Weight: 1, Path: "//x?a=%20"},
		},
		Values: &traffic.Values{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "Ann & Bob"}, {"ü/2", "{{n}}"}, {"", "100%"}}},
	}
	var mu sync.Mutex
	heard := map[string]int{}
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		heard[strings.Join([]string{r.Method, r.Host, r.RequestURI, r.Header.Get("X-Id"), string(body)}, " ")]++
	})
	r := start(t, Spec{URL: server.URL, Rate: 500, Source: &source})
	until(t, "requests", func() bool { _, settled := r.Recording().Behind(); return settled > 200 })
	total := stop(t, r)
	balance(t, total)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	other, err := source.Compile(u)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for n := range total.Sent { // those that were not sent are the last ones
		q := other.Request(n)
		host := q.Header.Get("Host")
		if host == "" {
			host = u.Host
		}
		want[strings.Join([]string{q.Method, host, q.URL.RequestURI(), q.Header.Get("X-Id"), string(q.Body)}, " ")]++
	}
	if !maps.Equal(heard, want) {
		t.Errorf("the server heard\n%v\nand the source says\n%v", heard, want)
	}
}

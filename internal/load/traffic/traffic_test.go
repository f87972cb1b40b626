package traffic_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"testing"

	"gameday/internal/load/traffic"
)

// source is one that has everything.
func source() traffic.Source {
	return traffic.Source{
		Seed: 7,
		Requests: []traffic.Template{
			{Name: "read", Weight: 3, Path: "/users/{{id}}/posts?q={{word}}&page=1"},
			{Name: "write", Weight: 1, Method: "POST", Path: "/posts", Headers: map[string]string{"Idempotency-Key": "{{uuid}}", "X-Team": "a"},
				Body: `{"id":"{{ uuid }}","n":{{n}},"by":"{{id}}"}`, Expect: &traffic.Expect{Status: []string{"2xx"}}},
		},
		Values: &traffic.Values{Columns: []string{"id", "word"}, Rows: [][]string{{"1", "a b&c"}, {"a/ü", "x"}, {"3", "100%"}}},
	}
}

func compile(t testing.TB, s traffic.Source, target string) *traffic.Maker {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Compile(u)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// written is what of a request stands on the wire.
func written(r *traffic.Request) string {
	return fmt.Sprintf("%s %s %s %v %s", r.Method, r.URL.Host, r.URL.RequestURI(), r.Header, r.Body)
}

func TestRequestsAreTheSameEverywhere(t *testing.T) {
	data, err := json.Marshal(source())
	if err != nil {
		t.Fatal(err)
	}
	var copied traffic.Source
	if err := json.Unmarshal(data, &copied); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(copied, source()) {
		t.Errorf("from JSON came %+v", copied)
	}
	here, there := compile(t, source(), "http://h:1"), compile(t, copied, "http://h:1")
	for n := uint64(999); n > 0; n-- { // in another order, and not all of them
		if there.Request(n * 3); written(here.Request(n)) != written(there.Request(n)) {
			t.Fatalf("request %d: %s here, %s there", n, written(here.Request(n)), written(there.Request(n)))
		}
	}
	other := source()
	other.Seed++
	if m, differ := compile(t, other, "http://h:1"), 0; true {
		for n := range uint64(100) {
			if written(m.Request(n)) != written(here.Request(n)) {
				differ++
			}
		}
		if differ < 20 {
			t.Errorf("another seed changes %d of 100 requests", differ)
		}
	}
}

func TestWeightsAreKept(t *testing.T) {
	m := compile(t, source(), "http://h")
	posts := 0
	const all = 40_000
	for n := range uint64(all) {
		if m.Request(n).Method == http.MethodPost {
			posts++
		}
	}
	if share := float64(posts) / all; math.Abs(share-0.25) > 0.01 {
		t.Errorf("%.3f of the requests have a weight of 1 in 4", share)
	}
}

func TestValuesAreFilledIn(t *testing.T) {
	m := compile(t, source(), "http://h")
	uris := map[string]bool{}
	ids := map[string]bool{}
	body := regexp.MustCompile(`^\{"id":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})","n":(\d+),"by":"(1|a/ü|3)"\}$`)
	posts := 0
	for n := range uint64(1000) {
		r := m.Request(n)
		if r.Method == http.MethodGet {
			uris[r.URL.RequestURI()] = true
			continue
		}
		posts++
		found := body.FindStringSubmatch(string(r.Body))
		if found == nil || found[1] != r.Header.Get("Idempotency-Key") || found[2] != fmt.Sprint(n) || r.Header.Get("X-Team") != "a" {
			t.Fatalf("request %d: %v %s", n, r.Header, r.Body)
		}
		ids[found[1]] = true
	}
	want := map[string]bool{"/users/1/posts?q=a+b%26c&page=1": true, "/users/a%2F%C3%BC/posts?q=x&page=1": true, "/users/3/posts?q=100%25&page=1": true}
	if !reflect.DeepEqual(uris, want) {
		t.Errorf("asked for %v", uris)
	}
	if len(ids) != posts {
		t.Errorf("%d ids for %d requests", len(ids), posts)
	}
}

// What stands in a path goes out as it was written, except for what no path may hold.
func TestPathsStayAsWritten(t *testing.T) {
	for path, want := range map[string]string{
		"":                      "/base?k=v",
		"/":                     "/",
		"/a%2fb/c?x=%41&y=a+b":  "/a%2fb/c?x=%41&y=a+b",
		"/a b\"\x00?q=\r\nX: y": "/a%20b%22%00?q=%0D%0AX:%20y",
		"//double?":             "//double",
		"/100%":                 "/100%25",
		"/ü":                    "/%C3%BC",
		"/;a=1,b@c:d!$&'()*+=~": "/;a=1,b@c:d!$&'()*+=~",
		"/{{n}}/100%/(a)":       "/5/100%25/%28a%29",
		"/{{n}}/%2f/(a)?(b)=%":  "/5/%2f/(a)?(b)=%",
	} {
		s := traffic.Source{Requests: []traffic.Template{{Weight: 1, Path: path}}}
		if got := compile(t, s, "https://u:p@h/base?k=v").Request(5); got.URL.RequestURI() != want || got.URL.User != nil {
			t.Errorf("%q: asked for %q, want %q", path, got.URL.RequestURI(), want)
		}
	}
}

func TestCredentialsOfTheTargetAreSent(t *testing.T) {
	m := compile(t, source(), "https://ann:secret@h")
	if user, password, ok := basic(m.Request(0)); !ok || user != "ann" || password != "secret" {
		t.Errorf("sent as %q, %q", user, password)
	}
}

func TestExpectations(t *testing.T) {
	m := compile(t, traffic.Source{Requests: []traffic.Template{{Weight: 1, Expect: &traffic.Expect{Status: []string{"2xx", "404"}, Body: `"ok": ?true`}}}}, "http://h/")
	e := m.Request(0).Expect
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{200, `{"ok": true}`, ""}, {404, `"ok":true`, ""}, {299, `"ok":true`, ""},
		{503, `"ok":true`, "unexpected status 503"}, {403, "", "unexpected status 403"}, {200, `"ok": false`, "unexpected body"},
	} {
		if got := e.Failure(c.status, []byte(c.body)); got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.body, got, c.want)
		}
	}
	if none := compile(t, source(), "http://h"); none.Request(0).Expect.ReadsBody() {
		t.Error("bodies are read that nobody asks for")
	}
}

func BenchmarkRequest(b *testing.B) {
	one := traffic.Source{Requests: source().Requests[:1], Values: source().Values}
	one.Requests[0].Path = "/users/{{n}}?x={{uuid}}"
	for name, s := range map[string]traffic.Source{
		"same": {Requests: []traffic.Template{{Weight: 1, Path: "/a"}}}, "path": one, "all": source(),
	} {
		b.Run(name, func(b *testing.B) {
			m := compile(b, s, "http://h")
			b.ReportAllocs()
			for n := uint64(0); b.Loop(); n++ {
				m.Request(n)
			}
		})
	}
}

func basic(r *traffic.Request) (user, password string, ok bool) {
	return (&http.Request{Header: r.Header}).BasicAuth()
}

package httpprobe_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/probes"
	"gameday/probes/httpprobe"
)

// server answers in the many ways in which services do.
func server(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/fine", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "all is well") })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/broken", http.StatusFound) })
	mux.HandleFunc("/stalled", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/half", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "the beginning")
	})
	mux.HandleFunc("/trickling", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "the beginning")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/reset", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Method+" "+r.Host+" "+r.Header.Get("X-Team")+" "+r.RemoteAddr+"\n")
		io.Copy(w, r.Body)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func probe(url string) *httpprobe.Probe {
	p := httpprobe.Kind().New().(*httpprobe.Probe)
	p.URL, p.Timeout = url, "30s"
	return p
}

func world(t *testing.T) *cloud.Env {
	t.Helper()
	env, err := cloud.Open(t.Context(), cloud.Options{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func measure(t *testing.T, p *httpprobe.Probe) probes.Reading {
	t.Helper()
	if problems := p.Validate(); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	got, err := p.Measure(t.Context(), world(t), time.Time{}, time.Time{})
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v, want one reading", got, err)
	}
	return got[0]
}

func TestFailure(t *testing.T) {
	s := server(t)
	nobody := httptest.NewServer(nil)
	nobody.Close()
	for _, c := range []struct {
		name   string
		change func(*httpprobe.Probe)
		url    string
		fails  bool
		note   string
	}{
		{"as expected", nil, s.URL + "/fine", false, ""},
		{"an error", nil, s.URL + "/broken", true, "status 502 Bad Gateway"},
		{"an error that is expected", func(p *httpprobe.Probe) { p.Status = []string{"200-299", "502"} }, s.URL + "/broken", false, ""},
		{"a redirect is not followed", nil, s.URL + "/moved", false, ""},
		{"a redirect that is not expected", func(p *httpprobe.Probe) { p.Status = []string{"200-299"} }, s.URL + "/moved", true, "status 302 Found"},
		{"the body matches", func(p *httpprobe.Probe) { p.BodyLike = "^all .* well$" }, s.URL + "/fine", false, ""},
		{"the body does not match", func(p *httpprobe.Probe) { p.BodyLike = "^well" }, s.URL + "/fine", true, `status 200, but the body does not match "^well"`},
		{"nobody listens", nil, nobody.URL, true, "connection refused"},
		{"reset", nil, s.URL + "/reset", true, "connection reset by peer"},
		{"half a body", nil, s.URL + "/half", true, "status 200, then unexpected EOF"},
		{"no answer", func(p *httpprobe.Probe) { p.Timeout = "100ms" }, s.URL + "/stalled", true, "no answer within 100ms"},
		{"half an answer", func(p *httpprobe.Probe) { p.Timeout = "500ms" }, s.URL + "/trickling", true, "no answer within 500ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := probe(c.url)
			if c.change != nil {
				c.change(p)
			}
			got := measure(t, p)
			want := 0.0
			if c.fails {
				want = 1
			}
			if got.Value != want || got.Of != 1 || !strings.HasSuffix(got.Note, c.note) || (c.note == "") != (got.Note == "") {
				t.Errorf("got %+v, want %v of 1, %q", got, want, c.note)
			}
		})
	}
}

func TestLatency(t *testing.T) {
	s := server(t)
	p := probe(s.URL + "/fine")
	p.What = "latency"
	before := time.Now()
	got := measure(t, p)
	if got.Value <= 0 || got.Value > time.Since(before).Seconds() || got.At.Before(before) || got.Note != "" {
		t.Errorf("got %+v", got)
	}
}

// A target that fails at once must not look like one that answers at once.
func TestAFailedRequestCountsAsTheWholeTimeout(t *testing.T) {
	s := server(t)
	for _, path := range []string{"/broken", "/reset"} {
		p := probe(s.URL + path)
		p.What, p.Timeout = "latency", "70s"
		if got := measure(t, p); got.Value != 70 || got.Note == "" {
			t.Errorf("%s: got %+v, want 70 s and a reason", path, got)
		}
	}
}

func TestTheRequestIsTheOneThatWasWritten(t *testing.T) {
	p := probe(server(t).URL + "/echo")
	p.Method, p.Body = "PUT", "a body"
	p.Headers = map[string]string{"host": "example.com", "X-Team": "comments"}
	p.BodyLike = `^PUT example.com comments .*\na body$`
	if got := measure(t, p); got.Value != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestEveryRequestHasItsOwnConnection(t *testing.T) {
	var opened []string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { opened = append(opened, r.RemoteAddr) }))
	s.Start()
	defer s.Close()
	env := world(t)
	for range 2 {
		if _, err := probe(s.URL).Measure(t.Context(), env, time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(opened) != 2 || opened[0] == opened[1] {
		t.Errorf("got requests over %v", opened)
	}
}

func TestACallerThatStopsWaitingHasMeasuredNothing(t *testing.T) {
	s := server(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := probe(s.URL+"/fine").Measure(ctx, world(t), time.Time{}, time.Time{}); err == nil {
		t.Errorf("got %+v, want an error", got)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*httpprobe.Probe)
		guilty string
	}{
		{func(p *httpprobe.Probe) {}, "-"},
		{func(p *httpprobe.Probe) { p.URL, p.LoadBalancer = "", "web" }, "-"},
		{func(p *httpprobe.Probe) { p.URL = "" }, ""},
		{func(p *httpprobe.Probe) { p.LoadBalancer = "web" }, ""},
		{func(p *httpprobe.Probe) { p.URL = "example.com/health" }, "url"},
		{func(p *httpprobe.Probe) { p.URL = "ftp://example.com" }, "url"},
		{func(p *httpprobe.Probe) { p.URL = "http://%zz" }, "url"},
		{func(p *httpprobe.Probe) { p.Path = "health" }, "path"},
		{func(p *httpprobe.Probe) { p.Method = "GET /" }, "method"},
		{func(p *httpprobe.Probe) { p.Status = nil }, "expect_status"},
		{func(p *httpprobe.Probe) { p.Status = []string{"2xx"} }, "expect_status"},
		{func(p *httpprobe.Probe) { p.Status = []string{"299-200"} }, "expect_status"},
		{func(p *httpprobe.Probe) { p.Status = []string{"200-"} }, "expect_status"},
		{func(p *httpprobe.Probe) { p.BodyLike = "(" }, "expect_body"},
		{func(p *httpprobe.Probe) { p.Timeout = attr.Timeout("0s") }, "timeout"},
		{func(p *httpprobe.Probe) { p.What = "ok" }, "measure"},
	} {
		p := probe("http://example.com/")
		c.change(p)
		got := "-"
		if problems := p.Validate(); len(problems) == 1 {
			got = problems[0].Attr
		} else if len(problems) > 1 {
			got = "several"
		}
		if got != c.guilty {
			t.Errorf("%+v: guilty is %q, want %q", p, got, c.guilty)
		}
	}
}

package traffic_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"gameday/internal/load/traffic"
)

// Lines as AWS documents them, from the oldest to the newest kind of log.
const (
	in2016 = `http 2016-08-10T22:08:42.945958Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/2016 HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354"`
	in2018 = `https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/2018?q=1 HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_123456`
	inH2   = `h2 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 "GET https://10.0.2.105:773/ip HTTP/2.0" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337327-72bd00b0343d75b906739c42" "-" "-" 1 2018-07-02T22:22:48.364000Z "redirect" "https://example.com:80/" "-" "10.0.0.66:9000" "200" "-" "-" TID_1`
	inNone = `http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 "GET http://web-1234567890.eu-west-1.elb.amazonaws.com:80/own HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 0 2018-11-30T22:22:48.364000Z "forward" "-" "LambdaInvalidResponse" "-" "-" "-" "-" TID_1 "www.example.com" "/new" "-"`
	inWS   = `ws 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.0.140:40914 10.0.1.192:8010 0.001 0.003 0.000 101 101 218 587 "GET http://10.0.0.30:80/ HTTP/1.1" "-" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.1.192:8010" "101" "-" "-"`
)

// line is a line of a log with that request.
func line(request string) string {
	return strings.Replace(in2018, "GET https://www.example.com:443/2018?q=1 HTTP/1.1", request, 1)
}

func file(t testing.TB, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, methods []string, files ...string) *traffic.Log {
	t.Helper()
	log, err := traffic.ReadLogs(t.Context(), files, methods)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// mix is what a log comes to, in lines to compare.
func mix(l *traffic.Log) (lines []string) {
	for _, r := range l.Requests {
		lines = append(lines, fmt.Sprintf("%d %s %s %s", r.Weight, r.Method, r.Headers["Host"], r.Path))
	}
	return lines
}

func TestLogsOfEveryAge(t *testing.T) {
	log := read(t, []string{"GET"}, file(t, "a.log", in2016, in2018, inH2, inNone, inWS, in2018, ""))
	want := []string{"2 GET www.example.com /2018?q=1", "1 GET www.example.com /2016", "1 GET  /ip", "1 GET  /own"}
	if !reflect.DeepEqual(mix(log), want) || log.Used != 5 || !reflect.DeepEqual(log.LeftOut, map[string]uint64{"WebSocket": 1}) {
		t.Errorf("%q, %d used, left out %v", mix(log), log.Used, log.LeftOut)
	}
}

func TestLinesOfALog(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{line("GET https://www.example.com:443/a%20b?x=a%3Db&y HTTP/2.0"), "www.example.com /a%20b?x=a%3Db&y"},
		{line(`GET https://www.example.com:443/?q=\"a\"\\b HTTP/1.1`), "www.example.com /?q=%22a%22%5Cb"},
		{line(`GET https://www.example.com:443/?q=\x22a\xc3\xbc\x22 HTTP/1.1`), "www.example.com /?q=%22a%C3%BC%22"},
		{line(`GET https://www.example.com:443/\x0d\x0aX-Evil: HTTP/1.1`), "www.example.com /%0D%0AX-Evil:"},
		{line("GET https://www.example.com:443/with space/{{n}} HTTP/1.1"), "www.example.com /with%20space/%7B%7Bn%7D%7D"},
		{line("GET https://www.example.com HTTP/1.1"), "www.example.com /"},
		{line("GET https://www.example.com:8443?q=1 HTTP/1.0"), "www.example.com /?q=1"},
		{line("GET http://[2001:db8::1]:80/v6 HTTP/1.1"), " /v6"},
		{line("GET http://DUALSTACK.web-1.eu-west-1.ELB.amazonaws.com:80/own HTTP/1.1"), " /own"},
		{line("GET http://www.example.com:80/http://other/ HTTP/1.1"), "www.example.com /http://other/"},
		{strings.Replace(in2018, `"curl/7.46.0"`, `"Mozilla \"5\" \x22 GET / \\"`, 1), "www.example.com /2018?q=1"},
		{strings.Replace(in2018, `192.168.131.39:2817`, `[2001:db8::1]:2817`, 1), "www.example.com /2018?q=1"},
		{line("- http://www.example.com:80- -"), ""},
		{line("get http://www.example.com:80/ HTTP/1.1"), ""},
		{line("GET http://www.example.com:80/"), ""},
		{line("GET http://exa mple/ HTTP/1.1"), ""},
		{line("GET /path HTTP/1.1"), ""},
		{strings.Replace(in2016, "2016-08-10T22:08:42.945958Z", "yesterday", 1), ""},
		{in2018[:150], ""},
		{"{}", ""},
		{"type time elb client:port", ""},
		{strings.Repeat("x", 1<<20), ""},
		{"https \"", ""},
		{`127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /apache HTTP/1.0" 200 2326 "-" "-" a b c d e f g`, ""},
	} {
		log := read(t, []string{"GET", "PUT"}, file(t, "a.log", c.line, line("PUT http://h/ HTTP/1.1")))
		got := strings.TrimPrefix(mix(log)[0], "1 GET ")
		if c.want == "" {
			if len(log.Requests) != 1 || log.LeftOut["malformed"] != 1 {
				t.Errorf("%.300s\n%q, left out %v; want it left out", c.line, mix(log), log.LeftOut)
			}
		} else if len(log.Requests) != 2 || (got != c.want && strings.TrimPrefix(mix(log)[1], "1 GET ") != c.want) {
			t.Errorf("%s\n%q, left out %v; want %q", c.line, mix(log), log.LeftOut, c.want)
		}
	}
}

// What changes data is not sent unless somebody says so.
func TestOnlyTheMethodsAskedFor(t *testing.T) {
	name := file(t, "a.log", line("GET http://h/ HTTP/1.1"), line("POST http://h/ HTTP/1.1"), line("DELETE http://h/ HTTP/1.1"), line("POST http://h/b HTTP/1.1"))
	if log := read(t, []string{"GET", "HEAD"}, name); log.Used != 1 || log.LeftOut["POST"] != 2 || log.LeftOut["DELETE"] != 1 {
		t.Errorf("%q, left out %v", mix(log), log.LeftOut)
	}
	if log := read(t, []string{"GET", "POST"}, name); log.Used != 3 {
		t.Errorf("%q, left out %v", mix(log), log.LeftOut)
	}
	_, err := traffic.ReadLogs(t.Context(), []string{name}, []string{"PATCH"})
	if want := "no request in these logs can be sent: left out 1 DELETE, 1 GET, 2 POST"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	if _, err := traffic.ReadLogs(t.Context(), []string{file(t, "b.log")}, []string{"GET"}); err == nil {
		t.Error("an empty log is traffic")
	}
}

// Whatever a file is called, and even if its download was cut.
func TestLogsAreUnpacked(t *testing.T) {
	many := strings.Repeat(in2018+"\n", 5000)
	whole := packed(many)
	log := read(t, []string{"GET"}, file(t, "a.log", whole), file(t, "b.gz", in2016))
	if log.Used != 5001 || len(log.Torn) != 0 {
		t.Errorf("%d used, %v", log.Used, log.Torn)
	}
	cut := read(t, []string{"GET"}, file(t, "c.log.gz", whole[:len(whole)/2]), file(t, "d.log", in2016))
	if cut.Used < 2 || cut.Used > 5000 || len(cut.Torn) != 1 || !strings.Contains(cut.Torn[0], "c.log.gz: it is compressed, and damaged") {
		t.Errorf("%d used, %v", cut.Used, cut.Torn)
	}
}

// A log with more different requests than are kept, in a good gigabyte if all were: every one has its share.
func TestMixesAreBounded(t *testing.T) {
	var before, after runtime.MemStats
	name := filepath.Join(t.TempDir(), "a.log")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(f)
	const lines = 60_000
	for n := range lines {
		path := fmt.Sprintf("/search?q=%d", n)
		if n%4 == 0 {
			path = "/front"
		}
		io.WriteString(zip, line("GET http://h:80"+path+" HTTP/1.1")+"\n")
	}
	zip.Close()
	f.Close()
	runtime.GC()
	runtime.ReadMemStats(&before)
	log := read(t, []string{"GET"}, name)
	runtime.GC()
	runtime.ReadMemStats(&after)
	var all uint64
	for _, r := range log.Requests {
		all += r.Weight
	}
	if len(log.Requests) > 20_000 || log.Used != lines || all+log.Sampled != lines {
		t.Errorf("%d different requests, weights of %d, %d used, %d sampled", len(log.Requests), all, log.Used, log.Sampled)
	}
	if share := float64(log.Requests[0].Weight) / float64(all); log.Requests[0].Path != "/front" || math.Abs(share-0.25) > 0.02 {
		t.Errorf("%s has a share of %.3f", log.Requests[0].Path, share)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 30<<20 {
		t.Errorf("a log of %d lines takes %d MiB", lines, grown>>20)
	}
	if again := read(t, []string{"GET"}, name); !reflect.DeepEqual(again.Requests, log.Requests) {
		t.Error("the same log gives another mix")
	}
	compile(t, traffic.Source{Requests: log.Requests}, "http://h")
}

func BenchmarkLog(b *testing.B) {
	data := bytes.Repeat([]byte(in2018+"\n"), 10_000)
	name := filepath.Join(b.TempDir(), "a.log")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		read(b, []string{"GET"}, name)
	}
}

// FuzzLog: nothing in a log panics, or makes a request that cannot be sent.
func FuzzLog(f *testing.F) {
	for _, l := range []string{in2016, in2018, inH2, inNone, inWS, line(`GET http://h/\x0d\"\ HTTP/1.1`)} {
		f.Add([]byte(l))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "a.log")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := traffic.ReadLogs(t.Context(), []string{name}, []string{"GET"})
		if err != nil {
			return
		}
		r := compile(t, traffic.Source{Requests: log.Requests}, "http://h").Request(0)
		if uri := r.URL.RequestURI(); uri[0] != '/' || strings.ContainsAny(uri+r.Header.Get("Host"), " \r\n\x00") {
			t.Errorf("asks %q for %q", r.Header.Get("Host"), uri)
		}
	})
}

package load

import (
	"bufio"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gameday/internal/load/traffic"
)

// caller sends the one request of a Spec.
type caller struct {
	*client
	request *Request
}

func (c caller) exchange() (status int, err error) {
	return c.client.exchange(0, c.request, time.Now().Add(patience))
}

func dial(t *testing.T, e Engine, s Spec) caller {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Engine = e
	c, err := newClient(t.Context(), s, u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	requests, err := s.requests(u)
	if err != nil {
		t.Fatal(err)
	}
	return caller{c, requests.Request(0)}
}

// only is a Source of one request.
func only(q traffic.Template) *traffic.Source {
	q.Weight = 1
	return &traffic.Source{Requests: []traffic.Template{q}}
}

// engines holds both engines against the same servers.
func engines(t *testing.T, test func(t *testing.T, e Engine)) {
	for _, e := range []Engine{Standard, Fast} {
		t.Run(string(e), func(t *testing.T) { test(t, e) })
	}
}

func TestRequestsAsTheyGoOut(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		var heard atomic.Value
		target := speak(t, func(conn *net.TCPConn, in *bufio.Reader) {
			for {
				request, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				whole, err := httputil.DumpRequest(request, true)
				if err != nil {
					t.Error(err)
				}
				heard.Store(string(whole))
				io.WriteString(conn, nothing)
			}
		})
		host := strings.TrimPrefix(target, "http://")
		for name, c := range map[string]struct {
			spec Spec
			want string
		}{
			"plain":          {Spec{URL: target + "/a?b=c"}, "GET /a?b=c HTTP/1.1\nHost: " + host + "\nUser-Agent: gameday\n\n"},
			"head":           {Spec{Source: only(traffic.Template{Method: "HEAD"}), URL: target}, "HEAD / HTTP/1.1\nHost: " + host + "\nUser-Agent: gameday\n\n"},
			"body":           {Spec{Source: only(traffic.Template{Method: "POST", Body: "hello"}), URL: target}, "POST / HTTP/1.1\nHost: " + host + "\nContent-Length: 5\nUser-Agent: gameday\n\nhello"},
			"empty body":     {Spec{Source: only(traffic.Template{Method: "POST"}), URL: target}, "POST / HTTP/1.1\nHost: " + host + "\nContent-Length: 0\nUser-Agent: gameday\n\n"},
			"headers":        {Spec{Source: only(traffic.Template{Headers: map[string]string{"Host": "other", "User-Agent": "me", "X-A": "1"}}), URL: target}, "GET / HTTP/1.1\nHost: other\nUser-Agent: me\nX-A: 1\n\n"},
			"authentication": {Spec{URL: "http://u:p@" + host}, "GET / HTTP/1.1\nHost: " + host + "\nAuthorization: Basic dTpw\nUser-Agent: gameday\n\n"},
		} {
			t.Run(name, func(t *testing.T) {
				client := dial(t, e, c.spec)
				for range 2 { // the second time on a connection that was used before
					if status, err := client.exchange(); status != 204 || err != nil {
						t.Fatal(status, err)
					}
					if got := strings.ReplaceAll(heard.Load().(string), "\r\n", "\n"); got != c.want {
						t.Errorf("the server heard\n%s\nwant\n%s", got, c.want)
					}
				}
			})
		}
	})
}

// A connection may die at any moment of its second request. Nobody but the load may know that, and it must know.
func TestNoRequestIsRepeated(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT"} {
			for name, death := range map[string]func(*net.TCPConn){
				"closed": func(*net.TCPConn) {},
				"reset":  func(c *net.TCPConn) { c.SetLinger(0) },
				"torn":   func(c *net.TCPConn) { io.WriteString(c, "HTTP/1.1 200 O") },
			} {
				t.Run(method+" "+name, func(t *testing.T) {
					var heard atomic.Int64
					client := dial(t, e, Spec{Source: only(traffic.Template{Method: method, Headers: map[string]string{"Idempotency-Key": "1"}}), URL: speak(t, func(conn *net.TCPConn, in *bufio.Reader) {
						for {
							if _, ok := hear(in); !ok {
								return
							}
							if heard.Add(1)%2 == 0 {
								death(conn)
								return
							}
							io.WriteString(conn, nothing)
						}
					})})
					for n := range int64(20) {
						_, err := client.exchange()
						if failed := err != nil; failed != (n%2 == 1) {
							t.Errorf("exchange %d: %v", n, err)
						}
					}
					if n := heard.Load(); n != 20 {
						t.Errorf("20 requests were made, and the server heard %d", n)
					}
				})
			}
		}
	})
}

func TestRedirectsAreAnswers(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		var visits atomic.Int64
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			visits.Add(1)
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		})
		if status, err := dial(t, e, Spec{URL: server.URL}).exchange(); status != http.StatusFound || err != nil || visits.Load() != 1 {
			t.Errorf("%d visits ended with %d, %v", visits.Load(), status, err)
		}
	})
}

func TestCompressionIsTheAuthorsBusiness(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		var asked atomic.Value
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Header.Get("Accept-Encoding"))
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, "not to be unpacked")
			z.Close()
		})
		if status, err := dial(t, e, Spec{URL: server.URL}).exchange(); status != 200 || err != nil || asked.Load() != "" {
			t.Errorf("asked for %q and got %d, %v", asked.Load(), status, err)
		}
	})
}

// Connections are used again after whole answers, and an answer without an end is not read to its end.
func TestAnswersAreReadUpToALimit(t *testing.T) {
	engines(t, func(t *testing.T, e Engine) {
		var connections atomic.Int64
		target := speak(t, func(conn *net.TCPConn, in *bufio.Reader) {
			connections.Add(1)
			for {
				request, ok := hear(in)
				if !ok {
					return
				}
				if request.URL.Path == "/short" {
					io.WriteString(conn, fine)
					continue
				}
				io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
				for {
					if _, err := conn.Write(make([]byte, 64<<10)); err != nil {
						return
					}
				}
			}
		})
		for _, c := range []struct {
			path  string
			costs int64
		}{{"/short", 1}, {"/endless", 10}} {
			connections.Store(0)
			client := dial(t, e, Spec{URL: target + c.path})
			for range 10 {
				if status, err := client.exchange(); status != 200 || err != nil {
					t.Fatal(status, err)
				}
			}
			if n := connections.Load(); n != c.costs {
				t.Errorf("10 answers of %s took %d connections, want %d", c.path, n, c.costs)
			}
		}
	})
}

func TestConnectionsOutliveNoBalancersPatience(t *testing.T) {
	if maxIdle >= time.Minute {
		t.Errorf("connections idle for %s; a load balancer hangs up after 60 s", maxIdle)
	}
}

package load

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// after answers nothing and does as told once a request has come.
func after(t *testing.T, do func(*net.TCPConn)) string {
	return speak(t, func(conn *net.TCPConn, in *bufio.Reader) {
		if _, ok := hear(in); ok {
			do(conn)
		}
	})
}

func say(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { io.WriteString(c, text) }
}

func TestFailuresAreNamed(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nobody()
	secure.StartTLS()
	defer secure.Close()
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = nobody()
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	for _, c := range []struct{ name, url, want string }{
		{"nobody listens", refused(t), "connection refused"},
		{"reset", after(t, func(c *net.TCPConn) { c.SetLinger(0) }), "connection reset"},
		{"reset in the body", after(t, func(c *net.TCPConn) {
			say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")(c)
			c.SetLinger(0)
		}), "connection reset"},
		{"closed", after(t, say("")), "closed early"},
		{"closed in the headers", after(t, say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n")), "closed early"},
		{"closed in the body", after(t, say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")), "closed early"},
		{"closed in a chunk", after(t, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort")), "closed early"},
		{"hung", after(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) }), "timeout"},
		{"hung in the body", after(t, func(c *net.TCPConn) {
			say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")(c)
			io.Copy(io.Discard, c)
		}), "timeout"},
		{"no http", after(t, say("220 smtp.example.com ready\r\n")), "broken http"},
		{"no status", after(t, say("HTTP/1.1 OK\r\n\r\n")), "broken http"},
		{"half a header", after(t, say("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")), "broken http"},
		{"two lengths", after(t, say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 50\r\n\r\nok")), "broken http"},
		{"a length below zero", after(t, say("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok")), "broken http"},
		{"endless headers", after(t, func(c *net.TCPConn) {
			say("HTTP/1.1 200 OK\r\n")(c)
			for {
				if _, err := io.WriteString(c, "X-More: "+strings.Repeat("x", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}), "broken http"},
		{"endless continuation", after(t, func(c *net.TCPConn) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
					return
				}
			}
		}), "broken http"},
		{"closed before the last chunk's end", after(t, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")), "closed early"},
		{"byte by byte", after(t, func(c *net.TCPConn) {
			say("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")(c)
			for {
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
				runtime.Gosched()
			}
		}), "timeout"},
		{"broken chunk", after(t, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")), "broken http"},
		{"no such name", "http://no-such-host.invalid/", "dns"},
		{"strange certificate", secure.URL, "tls"},
		{"old protocol", old.URL, "tls"},
		{"hung in the handshake", strings.Replace(speak(t, func(c *net.TCPConn, _ *bufio.Reader) {
			io.Copy(io.Discard, c)
		}), "http", "https", 1), "timeout"},
		{"http instead of tls", strings.Replace(speak(t, func(c *net.TCPConn, _ *bufio.Reader) {
			say("HTTP/1.1 400 Bad Request\r\n\r\n")(c)
			io.Copy(io.Discard, c)
		}), "http", "https", 1), "tls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, e Engine) {
				timeout := patience
				if c.want == "timeout" {
					timeout = 50 * time.Millisecond
				}
				if e == Fast && strings.HasPrefix(c.url, "https:") {
					e = ""
				}
				r := start(t, Spec{Engine: e, URL: c.url, Rate: 100, Connections: 1, Timeout: timeout})
				until(t, "a failure", func() bool { _, settled := r.Recording().Behind(); return settled > 0 })
				total := stop(t, r)
				balance(t, total)
				failed := sum(total.Failed) - total.Failed["stopped"]
				if failed == 0 || total.Failed[c.want] != failed || sum(total.Answered) != 0 {
					t.Errorf("failed %v, answered %v, want only %q", total.Failed, total.Answered, c.want)
				}
			})
		})
	}
}

func TestShortagesAreThisMachines(t *testing.T) {
	for _, e := range []error{syscall.EMFILE, syscall.EADDRNOTAVAIL} {
		err := fmt.Errorf("round trip: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", e)})
		if what, lacked := shortage(err); !lacked || what != "this machine: "+e.Error() {
			t.Errorf("%v is %q", err, what)
		}
	}
	for _, err := range []error{nil, io.EOF, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}} {
		if what, lacked := shortage(err); lacked {
			t.Errorf("%v is %q", err, what)
		}
	}
}

// What a target says is as manifold as it likes, and must not become as many causes.
func TestCausesAreFew(t *testing.T) {
	if got := cause(errors.New(`unheard of "1234"`)); got != "other: unheard of" {
		t.Errorf("got %q", got)
	}
}

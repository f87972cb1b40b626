package traffic

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// behind is a front whose one target answers by hand, and is healthy.
func behind(t *testing.T, answer func(net.Conn)) front {
	t.Helper()
	f := newFront(t, quick, time.Minute)
	f.pool.Register(Target{ID: "x", Addr: raw(t, answer)}, true)
	eventually(t, "it is healthy", func() bool { return f.states()["x"] == Healthy })
	return f
}

func TestAnAnswerThatBreaksOffBreaksOffForTheClientToo(t *testing.T) {
	for name, head := range map[string]string{"with a length": "Content-Length: 100\r\n\r\nhalf", "in chunks": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"} {
		t.Run(name, func(t *testing.T) {
			f := behind(t, func(c net.Conn) {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n"+head)
				_ = c.Close()
			})
			response, err := http.Get(f.url("/app"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			if body, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix("half", string(body)) {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

func TestAnAnswerIsPassedOnAsItComes(t *testing.T) {
	heard := make(chan struct{})
	f := behind(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
		<-heard
		_, _ = io.WriteString(c, "4\r\nlast\r\n0\r\nX-Trailer: t\r\n\r\n")
	})
	for range 2 { // over one connection, so that what comes after the last chunk must have been read
		response, err := http.Get(f.url("/app"))
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 5)
		if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "first" {
			t.Fatalf("got %q, %v", first, err)
		}
		heard <- struct{}{}
		if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "last" {
			t.Errorf("got %q, %v", rest, err)
		}
		_ = response.Body.Close()
	}
}

func TestAnswersWithoutABody(t *testing.T) {
	f := behind(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Own: mine\r\n\r\n")
	})
	for range 2 {
		response, err := http.Head(f.url("/app"))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.ContentLength != 7 || response.Header.Get("X-Own") != "mine" {
			t.Errorf("length %d, header %v", response.ContentLength, response.Header)
		}
	}
	f = behind(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n") })
	for range 2 {
		if status, body := f.get(t, "/app"); status != http.StatusNoContent || body != "" {
			t.Errorf("got %d, %q", status, body)
		}
	}
}

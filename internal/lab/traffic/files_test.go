package traffic

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// page is a log to be read while it is written.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *page) has(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Contains(p.text.String(), text)
}

// client keeps a connection open.
type client struct {
	net.Conn
	in *bufio.Reader
}

func connect(t *testing.T, p Program) *client {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &client{c, bufio.NewReader(c)}
}

// ask returns the status of the answer, and whether there was one in time.
func (c *client) ask(t *testing.T, patience time.Duration) (status int, answered bool) {
	t.Helper()
	_, err := io.WriteString(c, "GET /app HTTP/1.1\r\nHost: x\r\n\r\n")
	if err == nil {
		return c.hear(t, patience)
	}
	t.Fatal(err)
	return 0, false
}

func (c *client) hear(t *testing.T, patience time.Duration) (status int, answered bool) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	response, err := http.ReadResponse(c.in, nil)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, false
	case err != nil:
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, true
}

func TestAConnectionForWhichThereIsNoFileIsOpenAndNobodyHearsIt(t *testing.T) {
	files, log := NewFiles(2), &page{}
	p := serve(t, Behaviour{Files: files, Log: log})
	neighbour := serve(t, Behaviour{Files: files}) // on the same machine
	first, second := connect(t, p), connect(t, neighbour)
	for _, c := range []*client{first, second} {
		if status, ok := c.ask(t, 30*time.Second); !ok || status != http.StatusOK {
			t.Fatalf("within the limit: %d %v", status, ok)
		}
	}
	third := connect(t, p)
	if status, ok := third.ask(t, 300*time.Millisecond); ok {
		t.Fatalf("one connection too many was answered %d", status)
	}
	eventually(t, "the program complains", func() bool { return log.has("accept4: too many open files; retrying in 10ms") })
	_ = second.Close()
	if status, ok := third.hear(t, 30*time.Second); !ok || status != http.StatusOK {
		t.Errorf("once there is a file for it: %d %v", status, ok)
	}
	_ = first.Close()
	_ = third.Close()
	eventually(t, "all files are closed", func() bool { return files.Open() == 0 })
}

func TestARequestThatCannotReachItsDatabaseIsAnswered500(t *testing.T) {
	files, log := NewFiles(4), &page{}
	p := serve(t, Behaviour{Files: files, Upstreams: 3, Log: log})
	c := connect(t, p)
	if status, _ := c.ask(t, 30*time.Second); status != http.StatusOK {
		t.Fatalf("with files enough: %d", status)
	}
	other := connect(t, p)
	if status, _ := other.ask(t, 30*time.Second); status != http.StatusInternalServerError {
		t.Errorf("with two files left of three: %d", status)
	}
	if !log.has("too many open files") {
		t.Error("the program does not say why")
	}
	if files.Open() != 2 {
		t.Errorf("%d files are open, want the two connections", files.Open())
	}
}

func TestALoadBalancerSeesAMachineWithoutFilesAsSilent(t *testing.T) {
	f := newFront(t, PoolOptions{
		HealthPath: "/health", Interval: 20 * time.Millisecond, Timeout: 200 * time.Millisecond, Healthy: 1, Unhealthy: 2,
		DeregistrationDelay: time.Second,
	}, 300*time.Millisecond)
	files := NewFiles(2)
	p := serve(t, Behaviour{Files: files})
	f.pool.Register(Target{ID: "a", Addr: p.Addr()}, true)
	eventually(t, "healthy", func() bool { return f.states()["a"] == Healthy })
	held := []*client{connect(t, p), connect(t, p)}
	eventually(t, "its health checks time out", func() bool {
		s := f.pool.Targets()[0]
		return s.State == Unhealthy && s.Reason == reasonTimeout
	})
	if status, _ := f.get(t, "/app"); status != http.StatusGatewayTimeout { // it is asked all the same, there being no other
		t.Errorf("want 504, got %d", status)
	}
	for _, c := range held {
		_ = c.Close()
	}
	eventually(t, "healthy again", func() bool { return f.states()["a"] == Healthy })
}

func TestAKilledProgramOpensItsFilesToOthers(t *testing.T) {
	files := NewFiles(1)
	p := serve(t, Behaviour{Files: files})
	c := connect(t, p)
	if _, ok := c.ask(t, 30*time.Second); !ok {
		t.Fatal("not answered")
	}
	_ = connect(t, p) // waits at the door
	p.Kill()
	eventually(t, "all files are closed", func() bool { return files.Open() == 0 })
}

func TestAFullProgramMayResetInsteadOfAnswering(t *testing.T) {
	p := serve(t, Behaviour{Workers: 1, Queue: 1, Resets: true, Latency: time.Minute})
	for range 2 {
		c := connect(t, p)
		if _, err := io.WriteString(c, "GET /app HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a reset", func() bool {
		c := connect(t, p)
		_, _ = io.WriteString(c, "GET /app HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err := c.in.ReadByte()
		return err != nil && strings.Contains(err.Error(), "reset")
	})
}

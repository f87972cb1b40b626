package lab

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// users keep asking for a path through the load balancer, and remember what they were answered.
type users struct {
	quit chan struct{}
	wait sync.WaitGroup
	mu   sync.Mutex
	seen map[string]int // "200", "502", "reset", ...
}

func (l *Lab) url(path string) string {
	lb := l.World.LoadBalancers()[0]
	return fmt.Sprintf("http://%s:%d%s", lb.DNSName, lb.Listeners[0].Port, path)
}

// visit sends about 50 requests a second by each of n users, until stopped.
func visit(t *testing.T, l *Lab, path string, n int) *users {
	t.Helper()
	u := &users{quit: make(chan struct{}), seen: map[string]int{}}
	url := l.url(path)
	transport := &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	for range n {
		u.wait.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-u.quit:
					return
				case <-tick.C:
					u.note(ask(client, url))
				}
			}
		})
	}
	return u
}

func ask(client *http.Client, url string) string {
	response, err := client.Get(url)
	if err != nil {
		switch {
		case errors.Is(err, syscall.ECONNRESET):
			return "reset"
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return "closed"
		case errors.Is(err, os.ErrDeadlineExceeded):
			return "timeout"
		}
		var netErr net.Error
		if errors.As(err, &netErr) && netErr.Timeout() {
			return "timeout"
		}
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "truncated"
	}
	return fmt.Sprint(response.StatusCode)
}

func (u *users) note(what string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen[what]++
}

// count returns how often users were answered so.
func (u *users) count(what string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.seen[what]
}

// stop ends the visit and returns everything that was answered.
func (u *users) stop() map[string]int {
	close(u.quit)
	u.wait.Wait()
	return u.seen
}

// eventually waits, with a deadline that no machine needs, until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

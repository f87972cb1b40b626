package traffic

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// hurry is the time between checks of an established target that has not answered yet.
const hurry = 50 * time.Millisecond

// watch checks a target now and then every interval, until ctx ends. Each check is a request on a connection of its own.
func (p *Pool) watch(ctx context.Context, t *target) {
	next := time.Now()
	for {
		reason, description := p.check(ctx, t)
		next = later(next.Add(p.options.Interval), time.Now()) // a slow check does not make the following ones come in a burst
		if p.judge(ctx, t, reason, description) {
			next = time.Now().Add(min(hurry, p.options.Interval))
		}
		if pause(ctx, time.Until(next)) != nil {
			return
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// judge counts a check and changes the target's state once enough have said the same. It reports whether the next
// check is urgent.
func (p *Pool) judge(ctx context.Context, t *target, reason, description string) (urgent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return false // it was deregistered while it was being checked
	case t.established && reason != "":
		return true
	case t.established:
		t.established, t.passed = false, p.options.Healthy-1
	}
	if reason == "" {
		t.passed, t.failed = t.passed+1, 0
	} else {
		t.passed, t.failed = 0, t.failed+1
	}
	switch {
	case t.state != Healthy && t.passed >= p.options.Healthy:
		p.enter(t, Healthy, "", "")
	case t.state != Unhealthy && t.failed >= p.options.Unhealthy:
		p.enter(t, Unhealthy, reason, description)
	case t.state == Unhealthy && reason != "":
		t.reason, t.description = reason, description
	case t.state == Initial:
		t.reason, t.description = reasonChecking, "Initial health checks in progress"
	}
	return false
}

// check asks a target for its health, and returns no reason where it is well.
func (p *Pool) check(ctx context.Context, t *target) (reason, description string) {
	if t.Addr == "" {
		return reasonFailed, "Health checks failed"
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	if c := t.cut.Load(); c != nil && c.Everywhere {
		<-ctx.Done()
		return reasonTimeout, "Request timed out"
	}
	status, err := ask(ctx, t.Addr, p.options.HealthPath)
	switch {
	case err != nil && ctx.Err() != nil:
		return reasonTimeout, "Request timed out"
	case err != nil:
		return reasonFailed, "Health checks failed"
	case status != http.StatusOK:
		return reasonMismatch, fmt.Sprintf("Health checks failed with these codes: [%d]", status)
	}
	return "", ""
}

func ask(ctx context.Context, addr, path string) (status int, err error) {
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	request := "GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n\r\n"
	if _, err := c.Write([]byte(request)); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err
	}
	_ = response.Body.Close() // the status was all that mattered
	return response.StatusCode, nil
}

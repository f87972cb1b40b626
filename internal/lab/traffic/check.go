package traffic

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// watch checks a target now and then every interval, until ctx ends. Each check is a request on a connection of its own.
func (p *Pool) watch(ctx context.Context, t *target) {
	tick := time.NewTicker(p.options.Interval)
	defer tick.Stop()
	for {
		reason, description := p.check(ctx, t.Addr)
		if ctx.Err() != nil {
			return
		}
		p.judge(ctx, t, reason, description)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// judge counts a check and changes the target's state once enough have said the same.
func (p *Pool) judge(ctx context.Context, t *target, reason, description string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		return // it was deregistered while it was being checked
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
}

// check asks addr for its health, and returns no reason where it is well.
func (p *Pool) check(ctx context.Context, addr string) (reason, description string) {
	if addr == "" {
		return reasonFailed, "Health checks failed"
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	status, err := ask(ctx, addr, p.options.HealthPath)
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

// Package labtest gives tests of kinds a lab of their own, and users for it.
package labtest

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/lab"
)

// patience is how long a test waits for the lab: for what takes seconds, on a machine that is busy with other things.
const patience = 90 * time.Second

// Start starts a lab for the length of the test, and opens it as any AWS account is opened.
func Start(t testing.TB, o lab.Options) (*lab.Lab, *cloud.Env) {
	t.Helper()
	l, err := lab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	vars := l.Environment()
	env, err := cloud.Open(t.Context(), cloud.Options{
		Region: vars["AWS_REGION"], Endpoint: l.Endpoint(), Key: vars["AWS_ACCESS_KEY_ID"], Secret: vars["AWS_SECRET_ACCESS_KEY"],
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, env
}

// Until calls done again and again until it says so. The test fails if it never does; what names it.
func Until(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// Visit asks a load balancer's listener for path that many times, as users do, and counts the answers by status.
func Visit(t testing.TB, env *cloud.Env, loadBalancer, path string, times int) map[int]int {
	t.Helper()
	listener, err := elb.ListenerURL(t.Context(), env, loadBalancer)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[int]int{}
	for range times {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listener+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := env.HTTP.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		answers[response.StatusCode]++
	}
	return answers
}

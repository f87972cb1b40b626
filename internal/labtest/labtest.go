// Package labtest gives tests of kinds a lab of their own, and users for it.
package labtest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/lab"
	"gameday/internal/lab/world"
)

// patience is how long a test waits for the lab: for what takes seconds, on a machine that is busy with other things.
const patience = 5 * time.Minute

// Start starts a lab for the length of the test, and opens it as any AWS account is opened.
func Start(t testing.TB, o lab.Options) (*lab.Lab, *cloud.Env) {
	t.Helper()
	l, err := lab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l, As(t, l, l.Environment()["AWS_ACCESS_KEY_ID"])
}

// As opens the lab as whoever has an access key id: with wire.OtherKey as somebody else, whose calls are never interfered with.
func As(t testing.TB, l *lab.Lab, key string) *cloud.Env {
	t.Helper()
	vars := l.Environment()
	env, err := cloud.Open(t.Context(), cloud.Options{
		Region: vars["AWS_REGION"], Endpoint: l.Endpoint(), Key: key, Secret: vars["AWS_SECRET_ACCESS_KEY"],
	})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// Restored waits until the lab's account is as it was, and otherwise fails the test with every difference that is left.
func Restored(t testing.TB, l *lab.Lab, before world.Snapshot) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if !until(ctx, func() bool { return len(before.Diff(l.Snapshot())) == 0 }) {
		t.Fatalf("waited %s for the account to be as it was:\n%s", patience, strings.Join(before.Diff(l.Snapshot()), "\n"))
	}
}

// Patience is the context for what ends as soon as it may.
func Patience(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// Until calls done again and again until it says so. The test fails if it never does; what names it.
func Until(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if !until(ctx, done) {
		t.Fatalf("waited %s for %s", patience, what)
	}
}

func until(ctx context.Context, done func() bool) bool {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
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

// Package httpprobe measures what a user would: it sends one request and sees whether the answer is the expected one,
// or how long it took.
package httpprobe

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// The values of measure.
const (
	failure = "failure"
	latency = "latency"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	URL          string            `hcl:"url,optional" doc:"what to ask for; or set load_balancer"`
	LoadBalancer string            `hcl:"load_balancer,optional" doc:"name of a load balancer whose listener is asked instead of url"`
	Path         string            `hcl:"path,optional" doc:"path and query, with load_balancer"`
	Method       string            `hcl:"method,optional" doc:"request method"`
	Headers      map[string]string `hcl:"headers,optional" doc:"request headers; Host sets the host that is asked for"`
	Body         string            `hcl:"body,optional" doc:"request body"`
	Status       []string          `hcl:"expect_status,optional" doc:"status codes and ranges that are fine, like [\"200-299\", \"404\"]; redirects are not followed"`
	BodyLike     string            `hcl:"expect_body,optional" doc:"regular expression (RE2) that the first MiB of the body must match somewhere"`
	Timeout      attr.Timeout      `hcl:"timeout,optional" doc:"for the whole exchange, to the last byte of the body; for latency, longer than max"`
	What         string            `hcl:"measure,optional" doc:"\"failure\": 100% when the request fails, else 0%; \"latency\": seconds until the last byte, where a failed request counts as the whole timeout"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "http",
		Summary: "whether a request from here is answered as expected, or how long that takes",
		New: func() probes.Probe {
			return &Probe{Path: "/", Method: "GET", Status: []string{"200-399"}, Timeout: "5s", What: failure}
		},
		Permissions: []string{"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"},
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	var problems []attr.Problem
	problem := func(attribute, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: attribute, Summary: summary, Detail: detail})
	}
	switch u, err := url.Parse(p.URL); {
	case (p.URL == "") == (p.LoadBalancer == ""):
		problem("", "Nobody to ask", "Set either url or load_balancer.")
	case err != nil || p.URL != "" && (u.Scheme != "http" && u.Scheme != "https" || u.Host == ""):
		problem("url", `Wrong value for "url"`, `Write it in full, like "https://example.com/health".`)
	}
	if !strings.HasPrefix(p.Path, "/") {
		problem("path", `Wrong value for "path"`, `A path begins with "/".`)
	}
	if _, err := http.NewRequest(p.Method, "/", nil); err != nil {
		problem("method", `Wrong value for "method"`, `Write one word, like "GET".`)
	}
	if _, err := parseStatuses(p.Status); err != nil {
		problem("expect_status", `Wrong value for "expect_status"`, `Write codes and ranges, like ["200-299", "404"]: `+err.Error()+".")
	}
	if _, err := regexp.Compile(p.BodyLike); err != nil {
		problem("expect_body", `Wrong value for "expect_body"`, "Write a regular expression in RE2 syntax: "+err.Error()+".")
	}
	if p.Timeout.Std() <= 0 {
		problem("timeout", "No time to answer", `Write a duration above zero, like "5s".`)
	}
	if p.What != failure && p.What != latency {
		problem("measure", `Wrong value for "measure"`, `Write "failure" or "latency".`)
	}
	return problems
}

// Scale says that a value is one request's failure, or its latency.
func (p *Probe) Scale() probes.Scale {
	if p.What == latency {
		return probes.Scale{Unit: probes.Seconds, Label: "latency of " + p.subject()}
	}
	return probes.Scale{Unit: probes.Ratio, Label: "failed share of " + p.subject(), Events: true}
}

func (p *Probe) subject() string {
	if p.URL != "" {
		return p.Method + " " + p.URL
	}
	return fmt.Sprintf("%s %s at %s", p.Method, p.Path, p.LoadBalancer)
}

// Measure sends one request over a connection of its own. A request that fails, in whatever way, is a measurement and no
// error: to see that is what the probe is for. Only a caller that stops waiting, or a load balancer that cannot be
// found, leaves nothing to measure.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, _, _ time.Time) ([]probes.Reading, error) {
	target := p.URL
	if p.LoadBalancer != "" {
		listener, err := elb.ListenerURL(ctx, env, p.LoadBalancer)
		if err != nil {
			return nil, err
		}
		target = listener + p.Path
	}
	began := time.Now()
	trouble := p.ask(ctx, env.HTTP, target)
	took := time.Since(began)
	if ctx.Err() == context.Canceled {
		return nil, fmt.Errorf("%s %s: %w", p.Method, target, context.Cause(ctx))
	}
	r := probes.Reading{At: began, Value: took.Seconds(), Note: trouble}
	switch {
	case p.What == failure && trouble != "":
		r.Value, r.Of = 1, 1
	case p.What == failure:
		r.Value, r.Of = 0, 1
	case trouble != "":
		r.Value = p.Timeout.Std().Seconds()
	}
	return []probes.Reading{r}, nil
}

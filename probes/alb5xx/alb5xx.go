// Package alb5xx measures the share of requests to an application load balancer that ended in a 5xx.
package alb5xx

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/internal/metrics"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// The values of source: who made the errors.
const (
	byBalancer = "elb"
	byTargets  = "target"
	byBoth     = "both"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	LoadBalancer string        `hcl:"load_balancer" doc:"name of the application load balancer"`
	TargetGroup  string        `hcl:"target_group,optional" doc:"count only what the targets of this group answered; needs source = \"target\""`
	Source       string        `hcl:"source,optional" doc:"whose errors count: \"elb\" (made by the load balancer), \"target\" (answered by targets) or \"both\""`
	Period       attr.Duration `hcl:"period,optional" doc:"how long one reading speaks of; AWS publishes these metrics every 60s, the lab every second"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "alb_5xx",
		Summary:     "share of a load balancer's requests that ended in a 5xx, from CloudWatch",
		New:         func() probes.Probe { return &Probe{Source: byBoth, Period: "60s"} },
		Permissions: append([]string{metrics.Permission}, elb.Permissions[:]...),
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	switch {
	case p.Source != byBalancer && p.Source != byTargets && p.Source != byBoth:
		return []attr.Problem{{
			Attr:    "source",
			Summary: `Wrong value for "source"`,
			Detail:  `Write "elb" for errors that the load balancer makes, "target" for those that targets answer, or "both".`,
		}}
	case p.TargetGroup != "" && p.Source != byTargets:
		return []attr.Problem{{
			Attr:    "target_group",
			Summary: "Errors that are not counted by target group",
			Detail:  `AWS counts what the load balancer itself makes for all groups together. Add source = "target" to count what the group's targets answer, or leave target_group out to count everything that users saw.`,
		}}
	}
	return nil
}

// Scale says that values are shares of requests, one a period.
func (p *Probe) Scale() probes.Scale {
	label := map[string]string{
		byBoth:     "5xx share of requests",
		byBalancer: "share of requests with a 5xx made by the load balancer",
		byTargets:  "share of requests that targets answered with a 5xx",
	}[p.Source]
	return probes.Scale{Unit: probes.Ratio, Label: label, Events: true, Period: metrics.Period(p.Period)}
}

// Measure returns one reading for every final period within [from, to) in which there were requests.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	dimensions, err := elb.Dimensions(ctx, env, p.LoadBalancer, p.TargetGroup)
	if err != nil {
		return nil, err
	}
	sum := func(name string) metrics.Query {
		return metrics.Query{Namespace: elb.Namespace, Name: name, Dimensions: dimensions, Statistic: "Sum"}
	}
	w := metrics.Final(from, to, time.Now(), metrics.Period(p.Period))
	points, err := metrics.Read(ctx, env, w,
		sum("RequestCount"),
		sum("HTTPCode_Target_5XX_Count"),
		sum("HTTPCode_ELB_5XX_Count"),
		sum("HTTPCode_ELB_500_Count"),
		sum("HTTPCode_ELB_503_Count"),
	)
	if err != nil {
		return nil, fmt.Errorf("load balancer %q: %w", p.LoadBalancer, err)
	}
	return join(p.Source, w, counts{
		requests: points[0], byTargets: points[1], byBalancer: points[2], noTarget: []metrics.Points{points[3], points[4]},
	}), nil
}

// Package alblatency measures how long the targets of an application load balancer take to answer.
package alblatency

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"strconv"
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

// Probe is the probe as its author wrote it.
type Probe struct {
	LoadBalancer string        `hcl:"load_balancer" doc:"name of the application load balancer"`
	TargetGroup  string        `hcl:"target_group,optional" doc:"measure only the targets of this group"`
	Quantile     float64       `hcl:"quantile,optional" doc:"which quantile, above 0 and at most 1: 0.99 is the time that one request in a hundred exceeds"`
	Period       attr.Duration `hcl:"period,optional" doc:"how long one reading speaks of; AWS publishes this metric every 60s, the lab every second"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "alb_latency",
		Summary:     "response time of a load balancer's targets at any quantile, from CloudWatch",
		New:         func() probes.Probe { return &Probe{Quantile: 0.99, Period: "60s"} },
		Permissions: append([]string{metrics.Permission}, elb.Permissions[:]...),
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	if p.Quantile > 0 && p.Quantile <= 1 {
		return nil
	}
	return []attr.Problem{{
		Attr:    "quantile",
		Summary: `Wrong value for "quantile"`,
		Detail:  "Write a number above 0 and at most 1: 0.5 for the median, 0.99 for the time that one request in a hundred exceeds.",
	}}
}

// Scale says that values are seconds, one a period.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Seconds, Label: p.percentile() + " response time of targets", Period: metrics.Period(p.Period)}
}

// Measure returns one reading for every final period within [from, to) in which targets answered.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	dimensions, err := elb.Dimensions(ctx, env, p.LoadBalancer, p.TargetGroup)
	if err != nil {
		return nil, err
	}
	w := metrics.Final(from, to, time.Now(), metrics.Period(p.Period))
	points, err := metrics.Read(ctx, env, w, metrics.Query{
		Namespace:  elb.Namespace,
		Name:       "TargetResponseTime",
		Dimensions: dimensions,
		Statistic:  p.percentile(),
	})
	if err != nil {
		return nil, fmt.Errorf("load balancer %q: %w", p.LoadBalancer, err)
	}
	var readings []probes.Reading
	for start := range w.Starts() {
		if seconds, ok := points[0][start]; ok {
			readings = append(readings, probes.Reading{At: start, Span: w.Period, Value: seconds})
		}
	}
	return readings, nil
}

// percentile is the quantile as CloudWatch writes it, "p99.9", which allows ten digits after the point.
func (p *Probe) percentile() string {
	return "p" + strconv.FormatFloat(math.Round(p.Quantile*1e12)/1e10, 'f', -1, 64)
}

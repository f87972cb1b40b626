// Package cloudwatchmetric measures whatever CloudWatch knows: any metric, any of its usual statistics.
package cloudwatchmetric

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
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
	Namespace    string            `hcl:"namespace" doc:"the metric's namespace, like \"AWS/ECS\""`
	Metric       string            `hcl:"metric" doc:"the metric's name, like \"CPUUtilization\""`
	Dimensions   map[string]string `hcl:"dimensions,optional" doc:"all dimensions that the metric is published with, no fewer"`
	LoadBalancer string            `hcl:"load_balancer,optional" doc:"name of an application load balancer; fills in the dimension LoadBalancer"`
	TargetGroup  string            `hcl:"target_group,optional" doc:"name of one of its target groups; fills in the dimension TargetGroup"`
	Statistic    string            `hcl:"statistic" doc:"Sum, Average, Minimum, Maximum, SampleCount, or a percentile like p99.9"`
	Unit         string            `hcl:"unit,optional" doc:"what the metric is published in, where bounds are not plain numbers: Seconds, Milliseconds, Microseconds (bounds like \"3s\") or Percent (bounds like \"80%\")"`
	Period       attr.Duration     `hcl:"period,optional" doc:"how long one reading speaks of"`
	Falls        bool              `hcl:"falls,optional" doc:"lower is worse, so that unchanged looks for a fall instead of a rise"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "cloudwatch_metric",
		Summary:     "any CloudWatch metric",
		New:         func() probes.Probe { return &Probe{Period: "60s"} },
		Permissions: append([]string{metrics.Permission}, elb.Permissions[:]...),
		Page:        page,
		Example:     example,
	}
}

// measure is a unit that bounds can be written in, and how many of the metric's units make one of it.
type measure struct {
	unit probes.Unit
	per  float64
}

// units holds CloudWatch's units that are more than a number.
func units() map[string]measure {
	return map[string]measure{
		"":             {probes.Number, 1},
		"Seconds":      {probes.Seconds, 1},
		"Milliseconds": {probes.Seconds, 1e3},
		"Microseconds": {probes.Seconds, 1e6},
		"Percent":      {probes.Ratio, 100},
	}
}

var statistic = regexp.MustCompile(`^(Sum|Average|Minimum|Maximum|SampleCount|p(100|\d{1,2}(\.\d{1,10})?))$`)

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	var problems []attr.Problem
	if !statistic.MatchString(p.Statistic) {
		problems = append(problems, attr.Problem{
			Attr:    "statistic",
			Summary: `Wrong value for "statistic"`,
			Detail:  "Write Sum, Average, Minimum, Maximum, SampleCount, or a percentile like p99.9.",
		})
	}
	if _, known := units()[p.Unit]; !known {
		problems = append(problems, attr.Problem{
			Attr:    "unit",
			Summary: `Wrong value for "unit"`,
			Detail:  "Write Seconds, Milliseconds, Microseconds or Percent, or leave unit out to compare plain numbers.",
		})
	}
	if p.TargetGroup != "" && p.LoadBalancer == "" {
		problems = append(problems, attr.Problem{
			Attr:    "target_group",
			Summary: "Target group without load balancer",
			Detail:  "The metrics of a target group carry its load balancer's dimension as well. Set load_balancer to the name of the one in front of it.",
		})
	}
	return problems
}

// Scale says that readings come once a period.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{
		Unit:   units()[p.Unit].unit,
		Label:  fmt.Sprintf("%s of %s", p.Statistic, p.Metric),
		Falls:  p.Falls,
		Period: metrics.Period(p.Period),
	}
}

// Measure returns one reading for every final period within [from, to) for which there is a data point.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	dimensions, err := p.dimensions(ctx, env)
	if err != nil {
		return nil, err
	}
	w := metrics.Final(from, to, time.Now(), metrics.Period(p.Period))
	points, err := metrics.Read(ctx, env, w, metrics.Query{
		Namespace: p.Namespace, Name: p.Metric, Dimensions: dimensions, Statistic: p.Statistic,
	})
	if err != nil {
		return nil, fmt.Errorf("namespace %q: %w", p.Namespace, err)
	}
	var readings []probes.Reading
	for start := range w.Starts() {
		if v, ok := points[0][start]; ok {
			readings = append(readings, probes.Reading{At: start, Span: w.Period, Value: v / units()[p.Unit].per})
		}
	}
	return readings, nil
}

// dimensions are those that were written, with those of the load balancer that was named.
func (p *Probe) dimensions(ctx context.Context, env *cloud.Env) (map[string]string, error) {
	if p.LoadBalancer == "" {
		return p.Dimensions, nil
	}
	all, err := elb.Dimensions(ctx, env, p.LoadBalancer, p.TargetGroup)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, p.Dimensions)
	return all, nil
}

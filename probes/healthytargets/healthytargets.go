// Package healthytargets measures how many targets a load balancer holds for healthy.
package healthytargets

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/elb"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// The values of as.
const (
	asCount = "count"
	asShare = "share"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	LoadBalancer string `hcl:"load_balancer,optional" doc:"the load balancer, by name or ARN, whose target groups are counted, all of them unless target_group names one"`
	TargetGroup  string `hcl:"target_group,optional" doc:"the target group, by name or ARN"`
	As           string `hcl:"as,optional" doc:"\"count\": the number of healthy targets; \"share\": their share of all targets that are not being drained"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "healthy_targets",
		Summary:     "healthy targets behind a load balancer, by number or share",
		New:         func() probes.Probe { return &Probe{As: asCount} },
		Permissions: append([]string{"elasticloadbalancing:DescribeTargetHealth"}, elb.Permissions[:]...),
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	var problems []attr.Problem
	if p.LoadBalancer == "" && p.TargetGroup == "" {
		problems = append(problems, attr.Problem{
			Summary: "No targets to count",
			Detail:  "Set load_balancer, target_group or both.",
		})
	}
	if p.As != asCount && p.As != asShare {
		problems = append(problems, attr.Problem{
			Attr:    "as",
			Summary: `Wrong value for "as"`,
			Detail:  `Write "count" for the number of healthy targets, or "share" for their share of all.`,
		})
	}
	return problems
}

// Scale says that a fall is for the worse.
func (p *Probe) Scale() probes.Scale {
	if p.As == asShare {
		return probes.Scale{Unit: probes.Ratio, Label: "healthy share of targets", Falls: true}
	}
	return probes.Scale{Unit: probes.Number, Label: "healthy targets", Falls: true}
}

// Measure takes one reading now.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, _, _ time.Time) ([]probes.Reading, error) {
	now := time.Now()
	groups, err := p.groups(ctx, env)
	if err != nil {
		return nil, err
	}
	var all tally
	for _, g := range groups {
		out, err := elasticloadbalancingv2.NewFromConfig(env.AWS).DescribeTargetHealth(ctx,
			&elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: aws.String(g.ARN)})
		if err != nil {
			return nil, fmt.Errorf("ask for the health of target group %q: %w", g.Name, err)
		}
		for _, target := range out.TargetHealthDescriptions {
			if target.Target != nil && target.TargetHealth != nil {
				all.add(g.Name, target.Target, target.TargetHealth)
			}
		}
	}
	value := float64(all.healthy)
	if p.As == asShare {
		value = all.share()
	}
	return []probes.Reading{{At: now, Value: value, Note: all.note()}}, nil
}

// groups are the target groups that the attributes name, at least one.
func (p *Probe) groups(ctx context.Context, env *cloud.Env) ([]elb.Group, error) {
	if p.LoadBalancer == "" {
		g, err := elb.FindGroup(ctx, env, p.TargetGroup)
		return []elb.Group{g}, err
	}
	lb, err := elb.Find(ctx, env, p.LoadBalancer)
	if err != nil {
		return nil, err
	}
	if p.TargetGroup != "" {
		g, err := lb.Group(ctx, env, p.TargetGroup)
		return []elb.Group{g}, err
	}
	groups, err := lb.Groups(ctx, env)
	if err == nil && len(groups) == 0 {
		err = fmt.Errorf("load balancer %q has no target groups", p.LoadBalancer)
	}
	return groups, err
}

// tally is what all targets together amount to.
type tally struct {
	healthy, draining, total int
	others                   []string // "conversations/10.0.1.7:8080 unhealthy (Target.Timeout)"
}

func (t *tally) add(group string, target *types.TargetDescription, health *types.TargetHealth) {
	t.total++
	switch health.State {
	case types.TargetHealthStateEnumHealthy:
		t.healthy++
		return
	case types.TargetHealthStateEnumDraining, types.TargetHealthStateEnumUnhealthyDraining:
		t.draining++
	}
	text := group + "/" + aws.ToString(target.Id)
	if target.Port != nil {
		text += fmt.Sprintf(":%d", *target.Port)
	}
	text += " " + string(health.State)
	if health.Reason != "" {
		text += fmt.Sprintf(" (%s)", health.Reason)
	}
	t.others = append(t.others, text)
}

// share is that of the healthy ones among those that are meant to serve: a target that is drained is leaving on
// purpose. Where there is none left to serve, that is the worst there can be and not a matter of 0 / 0.
func (t *tally) share() float64 {
	if t.total == t.draining {
		return 0
	}
	return float64(t.healthy) / float64(t.total-t.draining)
}

func (t *tally) note() string {
	if t.total == 0 {
		return "no targets are registered"
	}
	return strings.Join(append([]string{fmt.Sprintf("%d of %d healthy", t.healthy, t.total)}, t.others...), ", ")
}

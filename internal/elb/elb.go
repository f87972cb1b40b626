// Package elb finds load balancers and target groups by what people know them by: a name, or an ARN that they have copied.
//
// AWS speaks of both in ARNs, and CloudWatch in the tails of those ARNs ("app/web/50dc6c495c0c9188").
package elb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
)

// Permissions are the IAM actions that this package needs.
var Permissions = [...]string{"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"}

// Balancer is a load balancer.
type Balancer struct {
	Name, ARN   string
	Host        string // its name in DNS
	Application bool   // it speaks HTTP, and counts in it
}

// Group is a target group.
type Group struct{ Name, ARN string }

// Find returns the load balancer of that name or ARN.
func Find(ctx context.Context, env *cloud.Env, name string) (Balancer, error) {
	in := &elasticloadbalancingv2.DescribeLoadBalancersInput{Names: []string{name}}
	if isARN(name) {
		in = &elasticloadbalancingv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{name}}
	}
	found, err := balancers(ctx, env, in)
	if missing := new(types.LoadBalancerNotFoundException); errors.As(err, &missing) {
		all, err := balancers(ctx, env, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
		if err != nil {
			return Balancer{}, fmt.Errorf("find load balancer %q: %w", name, err)
		}
		return Balancer{}, cloud.NoSuch("load balancer", name, names(all, func(b Balancer) string { return b.Name }))
	}
	if err != nil {
		return Balancer{}, fmt.Errorf("find load balancer %q: %w", name, err)
	}
	if len(found) == 0 {
		return Balancer{}, cloud.NoSuch("load balancer", name, nil)
	}
	return found[0], nil
}

// FindGroup returns the target group of that name or ARN.
func FindGroup(ctx context.Context, env *cloud.Env, name string) (Group, error) {
	in := &elasticloadbalancingv2.DescribeTargetGroupsInput{Names: []string{name}}
	if isARN(name) {
		in = &elasticloadbalancingv2.DescribeTargetGroupsInput{TargetGroupArns: []string{name}}
	}
	found, err := groups(ctx, env, in)
	if missing := new(types.TargetGroupNotFoundException); errors.As(err, &missing) {
		all, err := groups(ctx, env, &elasticloadbalancingv2.DescribeTargetGroupsInput{})
		if err != nil {
			return Group{}, fmt.Errorf("find target group %q: %w", name, err)
		}
		return Group{}, cloud.NoSuch("target group", name, names(all, func(g Group) string { return g.Name }))
	}
	if err != nil {
		return Group{}, fmt.Errorf("find target group %q: %w", name, err)
	}
	if len(found) == 0 {
		return Group{}, cloud.NoSuch("target group", name, nil)
	}
	return found[0], nil
}

// Groups returns the target groups that the load balancer sends traffic to, in the order of their names.
func (b Balancer) Groups(ctx context.Context, env *cloud.Env) ([]Group, error) {
	found, err := groups(ctx, env, &elasticloadbalancingv2.DescribeTargetGroupsInput{LoadBalancerArn: aws.String(b.ARN)})
	if err != nil {
		return nil, fmt.Errorf("list the target groups of load balancer %q: %w", b.Name, err)
	}
	slices.SortFunc(found, func(x, y Group) int { return strings.Compare(x.Name, y.Name) })
	return found, nil
}

// Group returns the one of its target groups that has that name or ARN.
func (b Balancer) Group(ctx context.Context, env *cloud.Env, name string) (Group, error) {
	all, err := b.Groups(ctx, env)
	if err != nil {
		return Group{}, err
	}
	for _, g := range all {
		if g.Name == name || g.ARN == name {
			return g, nil
		}
	}
	return Group{}, fmt.Errorf("load balancer %q: %w", b.Name,
		cloud.NoSuch("target group", name, names(all, func(g Group) string { return g.Name })))
}

func isARN(name string) bool { return strings.HasPrefix(name, "arn:") }

func balancers(ctx context.Context, env *cloud.Env, in *elasticloadbalancingv2.DescribeLoadBalancersInput) ([]Balancer, error) {
	var found []Balancer
	pages := elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(elasticloadbalancingv2.NewFromConfig(env.AWS), in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, lb := range page.LoadBalancers {
			found = append(found, Balancer{
				Name:        aws.ToString(lb.LoadBalancerName),
				ARN:         aws.ToString(lb.LoadBalancerArn),
				Host:        aws.ToString(lb.DNSName),
				Application: lb.Type == types.LoadBalancerTypeEnumApplication,
			})
		}
	}
	return found, nil
}

func groups(ctx context.Context, env *cloud.Env, in *elasticloadbalancingv2.DescribeTargetGroupsInput) ([]Group, error) {
	var found []Group
	pages := elasticloadbalancingv2.NewDescribeTargetGroupsPaginator(elasticloadbalancingv2.NewFromConfig(env.AWS), in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.TargetGroups {
			found = append(found, Group{Name: aws.ToString(g.TargetGroupName), ARN: aws.ToString(g.TargetGroupArn)})
		}
	}
	return found, nil
}

func names[T any](things []T, name func(T) string) []string {
	out := make([]string, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

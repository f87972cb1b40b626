package inventory

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
)

// Pool is how many targets of a target group were healthy.
type Pool struct {
	TargetGroup string // ARN
	Healthy     int
}

// RecordPool counts the healthy targets of a target group.
func RecordPool(ctx context.Context, env *cloud.Env, arn string) (Pool, error) {
	n, err := healthy(ctx, env, arn)
	return Pool{TargetGroup: arn, Healthy: n}, err
}

// Lack says what the target group still lacks: as many healthy targets as it had, or as its owner wants now if that
// is fewer. A target group that was deleted lacks nothing.
func (p Pool) Lack(ctx context.Context, env *cloud.Env, desired int) (string, error) {
	n, err := healthy(ctx, env, p.TargetGroup)
	if deleted(err) {
		return "", nil
	}
	if want := min(p.Healthy, desired); err == nil && n < want {
		return fmt.Sprintf("%d of %d targets of %s are healthy", n, want, title(p.TargetGroup)), nil
	}
	return "", err
}

func healthy(ctx context.Context, env *cloud.Env, arn string) (int, error) {
	all, err := targets(ctx, env, arn)
	n := 0
	for _, t := range all {
		if t.state == types.TargetHealthStateEnumHealthy {
			n++
		}
	}
	return n, err
}

// Serves reports whether a target group has a healthy target at one of these addresses: the id of an instance, or an IP
// address.
func Serves(ctx context.Context, env *cloud.Env, arn string, addresses []string) (bool, error) {
	all, err := targets(ctx, env, arn)
	return slices.ContainsFunc(all, func(t target) bool {
		return slices.Contains(addresses, t.address) && t.state == types.TargetHealthStateEnumHealthy
	}), err
}

// Ailing names a target at one of these addresses that is not healthy, "" if there is none. One that is being drained is on
// its way out. A target group that was deleted has no targets.
func Ailing(ctx context.Context, env *cloud.Env, arn string, addresses []string) (string, error) {
	all, err := targets(ctx, env, arn)
	if deleted(err) {
		return "", nil
	}
	for _, t := range all {
		if !slices.Contains(addresses, t.address) {
			continue
		}
		switch t.state {
		case types.TargetHealthStateEnumHealthy, types.TargetHealthStateEnumDraining, types.TargetHealthStateEnumUnhealthyDraining:
		default:
			return fmt.Sprintf("target %s of %s is %s", t.address, title(arn), t.state), err
		}
	}
	return "", err
}

// target is one as the load balancer sees it.
type target struct {
	address string // the id of an instance, or an IP address
	state   types.TargetHealthStateEnum
}

func targets(ctx context.Context, env *cloud.Env, arn string) ([]target, error) {
	out, err := elb.NewFromConfig(env.AWS).DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(arn)})
	if err != nil {
		return nil, fmt.Errorf("look at the targets of %s: %w", title(arn), err)
	}
	var all []target
	for _, t := range out.TargetHealthDescriptions {
		if t.Target != nil && t.TargetHealth != nil {
			all = append(all, target{aws.ToString(t.Target.Id), t.TargetHealth.State})
		}
	}
	return all, nil
}

func deleted(err error) bool {
	missing := new(types.TargetGroupNotFoundException)
	return errors.As(err, &missing)
}

// title is the name in a target group's ARN.
func title(arn string) string { return path.Base(path.Dir(arn)) }

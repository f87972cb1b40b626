package elb

import (
	"context"
	"fmt"
	"strings"

	"gameday/internal/cloud"
)

// Namespace is where application load balancers publish their metrics.
const Namespace = "AWS/ApplicationELB"

// Dimensions returns what CloudWatch knows the metrics of a load balancer by, or those of one target group behind
// it where group is not empty. It fails for load balancers that do not speak HTTP: they count other things.
func Dimensions(ctx context.Context, env *cloud.Env, loadBalancer, group string) (map[string]string, error) {
	lb, err := Find(ctx, env, loadBalancer)
	if err != nil {
		return nil, err
	}
	if !lb.Application {
		return nil, fmt.Errorf("load balancer %q is not an application load balancer: only those count requests", loadBalancer)
	}
	dimensions := map[string]string{"LoadBalancer": lb.dimension()}
	if group != "" {
		g, err := lb.Group(ctx, env, group)
		if err != nil {
			return nil, err
		}
		dimensions["TargetGroup"] = g.dimension()
	}
	return dimensions, nil
}

// dimension is "app/web/50dc6c495c0c9188".
func (b Balancer) dimension() string {
	_, tail, _ := strings.Cut(b.ARN, ":loadbalancer/")
	return tail
}

// dimension is "targetgroup/conversations/73e2d6bc24d8a067".
func (g Group) dimension() string {
	return g.ARN[strings.LastIndex(g.ARN, ":")+1:]
}

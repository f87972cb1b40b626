package elb

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
)

// ListenerPermissions are the IAM actions that ListenerURL needs.
var ListenerPermissions = [...]string{"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"}

// ListenerURL returns the address that users of a load balancer meet, like "http://web-1.eu-west-1.elb.amazonaws.com:80":
// its name in DNS with its first HTTP listener, or with its first HTTPS listener where it has no other.
func ListenerURL(ctx context.Context, env *cloud.Env, loadBalancer string) (string, error) {
	b, err := Find(ctx, env, loadBalancer)
	if err != nil {
		return "", err
	}
	var best *types.Listener
	pages := elasticloadbalancingv2.NewDescribeListenersPaginator(elasticloadbalancingv2.NewFromConfig(env.AWS),
		&elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: aws.String(b.ARN)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("list the listeners of load balancer %q: %w", loadBalancer, err)
		}
		for _, l := range page.Listeners {
			if best == nil || best.Protocol != types.ProtocolEnumHttp && l.Protocol == types.ProtocolEnumHttp {
				best = &l
			}
		}
	}
	if best == nil || best.Port == nil {
		return "", fmt.Errorf("load balancer %q has no listener", loadBalancer)
	}
	return strings.ToLower(string(best.Protocol)) + "://" + net.JoinHostPort(b.Host, strconv.Itoa(int(*best.Port))), nil
}

package cloud

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// ListenerURL returns the address that users of a load balancer meet, like "http://web-1.eu-west-1.elb.amazonaws.com:80":
// the load balancer's name in DNS with its first HTTP listener, or its first HTTPS listener where it has no other.
func ListenerURL(ctx context.Context, env *Env, loadBalancer string) (string, error) {
	client := elb.NewFromConfig(env.AWS)
	found, err := client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{Names: []string{loadBalancer}})
	if err != nil {
		return "", fmt.Errorf("find load balancer %q: %w", loadBalancer, err)
	}
	if len(found.LoadBalancers) == 0 {
		return "", fmt.Errorf("no load balancer is called %q in %s", loadBalancer, env.AWS.Region)
	}
	lb := found.LoadBalancers[0]
	var best *types.Listener
	pages := elb.NewDescribeListenersPaginator(client, &elb.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn})
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
	host := net.JoinHostPort(aws.ToString(lb.DNSName), strconv.Itoa(int(*best.Port)))
	return strings.ToLower(string(best.Protocol)) + "://" + host, nil
}

package elb

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
)

// ListenerPermissions are the IAM actions that ListenerURL needs.
var ListenerPermissions = [...]string{"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"}

// ListenerURL returns the address where a load balancer serves plain HTTP, like "http://web-1.eu-west-1.elb.amazonaws.com:80":
// its name in DNS, with the lowest port of the listeners that forward by default, else of those that answer by themselves,
// as they do where only their rules forward.
//
// It fails where there are no such listeners. One that redirects serves nobody: that its answers come fast and well says
// nothing about what is behind. One that speaks HTTPS has no certificate for the load balancer's name in DNS, because that
// domain is AWS's.
func ListenerURL(ctx context.Context, env *cloud.Env, loadBalancer string) (string, error) {
	b, err := Find(ctx, env, loadBalancer)
	if err != nil {
		return "", err
	}
	all, err := b.listeners(ctx, env)
	if err != nil {
		return "", fmt.Errorf("list the listeners of load balancer %q: %w", b.Name, err)
	}
	var said []string
	for _, l := range all {
		if l.serves() {
			return "http://" + net.JoinHostPort(b.Host, strconv.Itoa(l.port)), nil
		}
		said = append(said, l.String())
	}
	return "", fmt.Errorf("load balancer %q serves no plain HTTP (%s): set url = \"https://...\" instead, with the name that its users know and its certificate is for",
		b.Name, cmp.Or(strings.Join(said, ", "), "it has no listeners"))
}

// listener is a port of a load balancer, and what becomes of requests that none of its rules is about.
type listener struct {
	port     int
	protocol types.ProtocolEnum
	action   types.ActionTypeEnum
}

// final are the actions that answer a request: a listener has one of them by default. The others look who it is from.
var final = []types.ActionTypeEnum{types.ActionTypeEnumForward, types.ActionTypeEnumFixedResponse, types.ActionTypeEnumRedirect}

// listeners lists them, the most fit to be asked over plain HTTP first.
func (b Balancer) listeners(ctx context.Context, env *cloud.Env) ([]listener, error) {
	var all []listener
	pages := elasticloadbalancingv2.NewDescribeListenersPaginator(elasticloadbalancingv2.NewFromConfig(env.AWS),
		&elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: aws.String(b.ARN)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, l := range page.Listeners {
			found := listener{port: int(aws.ToInt32(l.Port)), protocol: l.Protocol}
			for _, a := range l.DefaultActions {
				if slices.Contains(final, a.Type) {
					found.action = a.Type
				}
			}
			all = append(all, found)
		}
	}
	slices.SortFunc(all, func(x, y listener) int {
		return cmp.Or(cmp.Compare(y.fitness(), x.fitness()), cmp.Compare(x.port, y.port))
	})
	return all, nil
}

// fitness is 0 where plain HTTP would not be served.
func (l listener) fitness() int {
	switch {
	case l.protocol != types.ProtocolEnumHttp:
		return 0
	case l.action == types.ActionTypeEnumForward:
		return 2
	case l.action == types.ActionTypeEnumFixedResponse:
		return 1
	}
	return 0
}

func (l listener) serves() bool { return l.fitness() > 0 }

// String is like "HTTP on port 80 redirects".
func (l listener) String() string {
	text := fmt.Sprintf("%s on port %d", l.protocol, l.port)
	if l.action == types.ActionTypeEnumRedirect {
		text += " redirects"
	}
	return text
}

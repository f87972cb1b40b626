package vpc

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"gameday/internal/cloud"
)

// Balancers are the load balancers of a region that answer the internet.
type Balancers struct{ facing []types.LoadBalancer }

// ReadBalancers reads the region's load balancers.
func ReadBalancers(ctx context.Context, env *cloud.Env) (*Balancers, error) {
	b := &Balancers{}
	pages := elb.NewDescribeLoadBalancersPaginator(elb.NewFromConfig(env.AWS), &elb.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe load balancers: %w", err)
		}
		for _, one := range page.LoadBalancers {
			if one.Scheme == types.LoadBalancerSchemeEnumInternetFacing {
				b.facing = append(b.facing, one)
			}
		}
	}
	return b, nil
}

// Facing are the names of those with a node in a subnet.
func (b *Balancers) Facing(subnet string) []string {
	var names []string
	for _, one := range b.facing {
		if slices.ContainsFunc(one.AvailabilityZones, func(z types.AvailabilityZone) bool { return aws.ToString(z.SubnetId) == subnet }) {
			names = append(names, aws.ToString(one.LoadBalancerName))
		}
	}
	return names
}

// Transparent are the names of a VPC's network load balancers: their targets may see the addresses of clients, and answer those.
func (b *Balancers) Transparent(vpc string) []string {
	var names []string
	for _, one := range b.facing {
		if one.Type == types.LoadBalancerTypeEnumNetwork && aws.ToString(one.VpcId) == vpc {
			names = append(names, aws.ToString(one.LoadBalancerName))
		}
	}
	return names
}

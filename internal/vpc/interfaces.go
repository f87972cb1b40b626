package vpc

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// Interface is a network interface.
type Interface struct {
	ID, Subnet, Address string
	Type                string // AWS's word: "interface", "lambda", "transit_gateway"
}

// Interfaces reads the network interfaces in some subnets.
func Interfaces(ctx context.Context, env *cloud.Env, subnets []Subnet) ([]Interface, error) {
	const perFilter = 200
	var all []Interface
	for some := range slices.Chunk(subnets, perFilter) {
		var ids []string
		for _, s := range some {
			ids = append(ids, s.ID)
		}
		pages := ec2.NewDescribeNetworkInterfacesPaginator(ec2.NewFromConfig(env.AWS), &ec2.DescribeNetworkInterfacesInput{
			Filters: []types.Filter{filter("subnet-id", ids...)},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("describe network interfaces: %w", err)
			}
			for _, i := range page.NetworkInterfaces {
				all = append(all, Interface{
					ID: aws.ToString(i.NetworkInterfaceId), Subnet: aws.ToString(i.SubnetId), Address: aws.ToString(i.PrivateIpAddress), Type: string(i.InterfaceType),
				})
			}
		}
	}
	return all, nil
}

// Here are the network interfaces that have an address of this machine. Another one's network may have the same private
// addresses, so it probably runs there, and not surely.
func Here(all []Interface) []Interface {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() {
			own = append(own, p.Addr())
		}
	}
	return having(all, own)
}

func having(all []Interface, addresses []netip.Addr) []Interface {
	return slices.DeleteFunc(slices.Clone(all), func(i Interface) bool {
		a, err := netip.ParseAddr(i.Address)
		return err != nil || !slices.Contains(addresses, a)
	})
}

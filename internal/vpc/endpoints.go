package vpc

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Reach is how a subnet reaches a service of AWS without the internet.
type Reach int

// The ways to reach a service.
const (
	OnlyByInternet Reach = iota
	ByGateway            // a route to a gateway endpoint, whose addresses are still public ones
	ByInterface          // an address within the VPC that the service's own name leads to
)

// Reach says how a subnet reaches a service of AWS, by the name that endpoints have for it: "ecr.api".
func (n *Network) Reach(s Subnet, service string) Reach {
	table, _ := tableOf(n.tables, s)
	by := OnlyByInternet
	for _, e := range n.endpoints {
		switch {
		case aws.ToString(e.VpcId) != s.VPC, short(e) != service, !strings.EqualFold(string(e.State), string(types.StateAvailable)):
		case e.VpcEndpointType == types.VpcEndpointTypeInterface && aws.ToBool(e.PrivateDnsEnabled):
			by = ByInterface
		case e.VpcEndpointType == types.VpcEndpointTypeGateway && table != nil && slices.Contains(e.RouteTableIds, aws.ToString(table.RouteTableId)):
			by = max(by, ByGateway)
		}
	}
	return by
}

// short is an AWS service's name without what all of a region have in common: "ecr.api" of "com.amazonaws.eu-west-1.ecr.api".
func short(e types.VpcEndpoint) string {
	parts := strings.SplitN(aws.ToString(e.ServiceName), ".", 4)
	return parts[len(parts)-1]
}

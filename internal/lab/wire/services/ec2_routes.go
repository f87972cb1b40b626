package services

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

var tableFilters = filterable[world.RouteTable]{
	tags: func(t world.RouteTable) map[string]string { return t.Tags },
	values: map[string]func(world.RouteTable) []string{
		"route-table-id":                         one(func(t world.RouteTable) string { return t.ID }),
		"vpc-id":                                 one(func(t world.RouteTable) string { return t.VPCID }),
		"association.route-table-association-id": associations(func(a world.RouteAssociation) string { return a.ID }),
		"association.subnet-id":                  associations(func(a world.RouteAssociation) string { return a.Subnet }),
		"association.main":                       associations(func(a world.RouteAssociation) string { return fmt.Sprint(a.Main()) }),
		"association.route-table-id": func(t world.RouteTable) []string {
			if len(t.Associations) == 0 {
				return nil
			}
			return []string{t.ID}
		},
		"route.destination-cidr-block":          routes(func(r world.Route) string { return r.CIDR }),
		"route.destination-ipv6-cidr-block":     routes(func(r world.Route) string { return r.CIDR6 }),
		"route.destination-prefix-list-id":      routes(func(r world.Route) string { return r.PrefixList }),
		"route.state":                           routes(func(r world.Route) string { return r.State }),
		"route.origin":                          routes(func(r world.Route) string { return r.Origin }),
		"route.nat-gateway-id":                  routes(targets("nat-")),
		"route.gateway-id":                      routes(targets("igw-", "vpce-", "local")),
		"route.instance-id":                     routes(targets("i-")),
		"route.network-interface-id":            routes(targets("eni-")),
		"route.egress-only-internet-gateway-id": routes(targets("eigw-")),
	},
}

func associations(value func(world.RouteAssociation) string) func(world.RouteTable) []string {
	return func(t world.RouteTable) []string { return each(t.Associations, value) }
}

func routes(value func(world.Route) string) func(world.RouteTable) []string {
	return func(t world.RouteTable) []string { return each(t.Routes, value) }
}

// targets is a route's target where it is of a kind.
func targets(kinds ...string) func(world.Route) string {
	return func(r world.Route) string {
		if slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(r.Target, kind) }) {
			return r.Target
		}
		return ""
	}
}

// each is a value of every item, without those that are empty.
func each[T any](items []T, value func(T) string) []string {
	var values []string
	for _, item := range items {
		if v := value(item); v != "" {
			values = append(values, v)
		}
	}
	return values
}

func (s ec2Service) describeRouteTables(in *ec2.DescribeRouteTablesInput) (*ec2.DescribeRouteTablesOutput, error) {
	id := func(t world.RouteTable) string { return t.ID }
	found, err := byIDs(s.world.RouteTables(), in.RouteTableIds, id, noSuch("InvalidRouteTableID.NotFound", "routeTable ID"))
	if err != nil {
		return nil, err
	}
	if found, err = tableFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeRouteTablesOutput{NextToken: next, RouteTables: []ec2types.RouteTable{}}
	for _, t := range found {
		out.RouteTables = append(out.RouteTables, s.routeTable(t))
	}
	return out, nil
}

func (s ec2Service) routeTable(t world.RouteTable) ec2types.RouteTable {
	out := ec2types.RouteTable{
		RouteTableId:    aws.String(t.ID),
		VpcId:           aws.String(t.VPCID),
		OwnerId:         aws.String(s.world.Account().ID),
		Tags:            ec2Tags(t.Tags),
		Associations:    []ec2types.RouteTableAssociation{},
		Routes:          []ec2types.Route{},
		PropagatingVgws: []ec2types.PropagatingVgw{},
	}
	for _, a := range t.Associations {
		out.Associations = append(out.Associations, ec2types.RouteTableAssociation{
			RouteTableAssociationId: aws.String(a.ID),
			RouteTableId:            aws.String(t.ID),
			SubnetId:                optional(a.Subnet),
			Main:                    aws.Bool(a.Main()),
			AssociationState:        associated,
		})
	}
	for _, r := range t.Routes {
		out.Routes = append(out.Routes, ec2Route(r))
	}
	return out
}

var associated = &ec2types.RouteTableAssociationState{State: ec2types.RouteTableAssociationStateCodeAssociated}

func ec2Route(r world.Route) ec2types.Route {
	out := ec2types.Route{
		DestinationCidrBlock:     optional(r.CIDR),
		DestinationIpv6CidrBlock: optional(r.CIDR6),
		DestinationPrefixListId:  optional(r.PrefixList),
		State:                    ec2types.RouteState(r.State),
		Origin:                   ec2types.RouteOrigin(r.Origin),
	}
	switch kind, _, _ := strings.Cut(r.Target, "-"); kind {
	case "nat":
		out.NatGatewayId = aws.String(r.Target)
	case "eigw":
		out.EgressOnlyInternetGatewayId = aws.String(r.Target)
	case "eni":
		out.NetworkInterfaceId = aws.String(r.Target)
	case "i":
		out.InstanceId = aws.String(r.Target)
	default:
		out.GatewayId = aws.String(r.Target)
	}
	return out
}

func (s ec2Service) createRouteTable(in *ec2.CreateRouteTableInput) (*ec2.CreateRouteTableOutput, error) {
	tags, err := specified(in.TagSpecifications, ec2types.ResourceTypeRouteTable)
	if err != nil {
		return nil, err
	}
	t, err := s.world.CreateRouteTable(aws.ToString(in.VpcId), aws.ToString(in.ClientToken), tags, aws.ToBool(in.DryRun))
	if err := rehearsed(in.DryRun, err); err != nil {
		return nil, err
	}
	made := s.routeTable(t)
	return &ec2.CreateRouteTableOutput{RouteTable: &made, ClientToken: in.ClientToken}, nil
}

func (s ec2Service) deleteRouteTable(in *ec2.DeleteRouteTableInput) (*ec2.DeleteRouteTableOutput, error) {
	err := s.world.DeleteRouteTable(aws.ToString(in.RouteTableId), aws.ToBool(in.DryRun))
	return &ec2.DeleteRouteTableOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) createRoute(in *ec2.CreateRouteInput) (*ec2.CreateRouteOutput, error) {
	if err := only("UnsupportedOperation", in, "RouteTableId", "DryRun", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
		"EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "NatGatewayId", "NetworkInterfaceId", "VpcEndpointId"); err != nil {
		return nil, err
	}
	r, err := oneRoute(in.DestinationCidrBlock, in.DestinationIpv6CidrBlock, in.DestinationPrefixListId,
		in.EgressOnlyInternetGatewayId, in.GatewayId, in.InstanceId, in.NatGatewayId, in.NetworkInterfaceId, in.VpcEndpointId)
	if err == nil {
		err = s.world.CreateRoute(aws.ToString(in.RouteTableId), r, aws.ToBool(in.DryRun))
	}
	return &ec2.CreateRouteOutput{Return: aws.Bool(true)}, rehearsed(in.DryRun, err)
}

func (s ec2Service) replaceRoute(in *ec2.ReplaceRouteInput) (*ec2.ReplaceRouteOutput, error) {
	if err := only("UnsupportedOperation", in, "RouteTableId", "DryRun", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
		"EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "NatGatewayId", "NetworkInterfaceId", "VpcEndpointId", "LocalTarget"); err != nil {
		return nil, err
	}
	var local *string
	if aws.ToBool(in.LocalTarget) {
		local = aws.String("local")
	}
	r, err := oneRoute(in.DestinationCidrBlock, in.DestinationIpv6CidrBlock, in.DestinationPrefixListId,
		in.EgressOnlyInternetGatewayId, in.GatewayId, in.InstanceId, in.NatGatewayId, in.NetworkInterfaceId, in.VpcEndpointId, local)
	if err == nil {
		err = s.world.ReplaceRoute(aws.ToString(in.RouteTableId), r, aws.ToBool(in.DryRun))
	}
	return &ec2.ReplaceRouteOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) deleteRoute(in *ec2.DeleteRouteInput) (*ec2.DeleteRouteOutput, error) {
	r := world.Route{
		CIDR: aws.ToString(in.DestinationCidrBlock), CIDR6: aws.ToString(in.DestinationIpv6CidrBlock), PrefixList: aws.ToString(in.DestinationPrefixListId),
	}
	err := s.world.DeleteRoute(aws.ToString(in.RouteTableId), r, aws.ToBool(in.DryRun))
	return &ec2.DeleteRouteOutput{}, rehearsed(in.DryRun, err)
}

// oneRoute is a route with the one destination and the one target that a request must name.
func oneRoute(cidr, cidr6, list *string, targets ...*string) (world.Route, error) {
	r := world.Route{CIDR: aws.ToString(cidr), CIDR6: aws.ToString(cidr6), PrefixList: aws.ToString(list)}
	given := 0
	for _, t := range targets {
		if t != nil {
			r.Target = *t
			given++
		}
	}
	if given != 1 {
		return r, protocol.Faultf("InvalidParameterCombination", "The request must name exactly one target")
	}
	return r, checkDestination(r)
}

func (s ec2Service) associateRouteTable(in *ec2.AssociateRouteTableInput) (*ec2.AssociateRouteTableOutput, error) {
	if err := only("UnsupportedOperation", in, "RouteTableId", "SubnetId", "DryRun"); err != nil {
		return nil, err
	}
	id, err := s.world.AssociateRouteTable(aws.ToString(in.RouteTableId), aws.ToString(in.SubnetId), aws.ToBool(in.DryRun))
	return &ec2.AssociateRouteTableOutput{AssociationId: aws.String(id), AssociationState: associated}, rehearsed(in.DryRun, err)
}

func (s ec2Service) disassociateRouteTable(in *ec2.DisassociateRouteTableInput) (*ec2.DisassociateRouteTableOutput, error) {
	err := s.world.DisassociateRouteTable(aws.ToString(in.AssociationId), aws.ToBool(in.DryRun))
	return &ec2.DisassociateRouteTableOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) replaceRouteTableAssociation(in *ec2.ReplaceRouteTableAssociationInput) (*ec2.ReplaceRouteTableAssociationOutput, error) {
	id, err := s.world.ReplaceRouteTableAssociation(aws.ToString(in.AssociationId), aws.ToString(in.RouteTableId), aws.ToBool(in.DryRun))
	return &ec2.ReplaceRouteTableAssociationOutput{NewAssociationId: aws.String(id), AssociationState: associated}, rehearsed(in.DryRun, err)
}

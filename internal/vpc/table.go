package vpc

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// TableSwap ties a subnet to a copy of its route table that does not lead out through NAT gateways. It is data, and survives JSON.
type TableSwap struct {
	Swap
	Cut       []Route  // what the copy lacks
	Endpoints []string // the gateway endpoints whose routes it has
	Also      []string // IAM actions that only some of the original's routes take to copy
}

// SwapTable plans to cut a subnet off from its NAT gateways.
func (n *Network) SwapTable(kind string, s Subnet) TableSwap {
	out := n.WayOut(s)
	t := TableSwap{Swap: Swap{Kind: kind, VPC: s.VPC, Subnet: s.ID, Original: out.Table, Main: out.Main}, Cut: out.NAT}
	for _, e := range n.endpoints {
		if e.VpcEndpointType == types.VpcEndpointTypeGateway && slices.Contains(e.RouteTableIds, out.Table) {
			t.Endpoints = append(t.Endpoints, aws.ToString(e.VpcEndpointId))
		}
	}
	t.Also = n.also(out.Table)
	return t
}

func (n *Network) also(table string) []string {
	var actions []string
	for _, t := range n.tables {
		if aws.ToString(t.RouteTableId) != table {
			continue
		}
		if len(t.PropagatingVgws) > 0 {
			actions = append(actions, "ec2:EnableVgwRoutePropagation")
		}
		if slices.ContainsFunc(t.Routes, func(r types.Route) bool { return r.Origin == types.RouteOriginCreateRouteTable && target(r) != local }) {
			actions = append(actions, "ec2:ReplaceRoute")
		}
	}
	return actions
}

// Do returns once the subnet is tied to the copy, and that shows.
func (t *TableSwap) Do(ctx context.Context, env *cloud.Env) error {
	return do(ctx, env, &t.Swap, t.part(env))
}

// Undo returns once the subnet is tied to what it had, and no copy is left. An error may be of type *Changed.
func (t *TableSwap) Undo(ctx context.Context, env *cloud.Env) error {
	return undo(ctx, env, &t.Swap, t.part(env))
}

// Lasts says what became of the cut, "" while the subnet is tied to the copy.
func (t *TableSwap) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	return lasts(ctx, &t.Swap, t.part(env))
}

// Insure gets the copy ready, and returns the calls that give it back what it lacks.
func (t *TableSwap) Insure(ctx context.Context, env *cloud.Env) ([]cloud.Call, error) {
	id, _, err := prepare(ctx, env, &t.Swap, t.part(env))
	if err != nil {
		return nil, err
	}
	var calls []cloud.Call
	for _, r := range t.Cut {
		calls = append(calls, cloud.Call{Service: "ec2", Action: "CreateRoute", Input: map[string]any{
			"RouteTableId": id, r.destinationField(): r.Destination, "NatGatewayId": r.Target,
		}})
	}
	return calls, nil
}

// destinationField is how the API names the destination of a route.
func (r Route) destinationField() string {
	switch {
	case strings.HasPrefix(r.Destination, "pl-"):
		return "DestinationPrefixListId"
	case strings.Contains(r.Destination, ":"):
		return "DestinationIpv6CidrBlock"
	}
	return "DestinationCidrBlock"
}

// FindTables finds what swaps of a kind have left in effect, by the run that they belong to.
func FindTables(ctx context.Context, env *cloud.Env, kind string) (map[string][]TableSwap, error) {
	client := ec2.NewFromConfig(env.AWS)
	copies, err := describeTables(ctx, client, filter("tag:"+KindTag, kind), filter("tag-key", cloud.RunTag))
	if err != nil {
		return nil, err
	}
	found := map[string][]TableSwap{}
	for _, c := range copies {
		tags := tagMap(c.Tags)
		t := TableSwap{Swap: told(tags, c.VpcId)}
		for _, r := range c.Routes {
			if id := aws.ToString(r.GatewayId); strings.HasPrefix(id, "vpce-") && r.DestinationPrefixListId != nil {
				t.Endpoints = append(t.Endpoints, id)
			}
		}
		if run := tags[cloud.RunTag]; !slices.ContainsFunc(found[run], func(other TableSwap) bool { return other.Swap == t.Swap }) {
			found[run] = append(found[run], t)
		}
	}
	return found, nil
}

// table is a route table, and the gateway endpoints whose routes it has.
type table struct {
	types.RouteTable
	endpoints []string
}

// tablePart swaps route tables.
type tablePart struct {
	*TableSwap
	run    string
	client *ec2.Client
}

func (t *TableSwap) part(env *cloud.Env) part[table] {
	return tablePart{t, env.RunID, ec2.NewFromConfig(env.AWS)}
}

func (t tablePart) look(ctx context.Context) (sight[table], error) {
	now := sight[table]{copies: map[string]*table{}, users: map[string][]string{}}
	all, err := describeTables(ctx, t.client, filter("vpc-id", t.VPC))
	if err != nil {
		return now, err
	}
	endpoints, err := describeEndpoints(ctx, t.client, filter("vpc-id", t.VPC), filter("vpc-endpoint-type", string(types.VpcEndpointTypeGateway)))
	if err != nil {
		return now, err
	}
	for _, one := range all {
		id := aws.ToString(one.RouteTableId)
		seen := &table{RouteTable: one}
		for _, e := range endpoints {
			if slices.Contains(e.RouteTableIds, id) {
				seen.endpoints = append(seen.endpoints, aws.ToString(e.VpcEndpointId))
			}
		}
		ours := t.owns(tagMap(one.Tags), t.run)
		if ours {
			now.copies[id] = seen
		}
		if id == t.Original {
			now.original = seen
		}
		for _, a := range one.Associations {
			switch {
			case !tied(a):
			case aws.ToString(a.SubnetId) == t.Subnet:
				now.tied, now.link = id, aws.ToString(a.RouteTableAssociationId)
			case aws.ToBool(a.Main) && now.link == "":
				now.tied = id
			}
			if ours && tied(a) {
				now.users[id] = append(now.users[id], cmp.Or(aws.ToString(a.SubnetId), "the VPC as its main one"))
			}
		}
	}
	if now.link == "" && !t.Main {
		now.gone, err = subnetGone(ctx, t.client, t.Subnet)
	}
	return now, err
}

// subnetGone reports whether a subnet does not exist any more.
func subnetGone(ctx context.Context, client *ec2.Client, id string) (bool, error) {
	_, err := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: []string{id}})
	if missing(err) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("describe %s: %w", id, err)
	}
	return false, nil
}

func (t tablePart) asPlanned(original *table) error {
	if out := waysOut(&original.RouteTable); !slices.Equal(out, t.Cut) {
		return fmt.Errorf("%s leads out by %s now, and not as when this was planned by %s: plan again", t.Original, listed(out), listed(t.Cut))
	}
	if t.Main && mainLink(original) == "" {
		return fmt.Errorf("%s is not the main route table any more: plan again", t.Original)
	}
	return nil
}

// mainLink is the association that makes a table the main one, "" where there is none.
func mainLink(t *table) string {
	for _, a := range t.Associations {
		if aws.ToBool(a.Main) {
			return aws.ToString(a.RouteTableAssociationId)
		}
	}
	return ""
}

func listed(routes []Route) string {
	var all []string
	for _, r := range routes {
		all = append(all, r.String())
	}
	if len(all) == 0 {
		return "no route"
	}
	return strings.Join(all, ", ")
}

func (t tablePart) create(ctx context.Context) error {
	_, err := t.client.CreateRouteTable(ctx, t.creation(false))
	return err
}

func (t tablePart) creation(dry bool) *ec2.CreateRouteTableInput {
	return &ec2.CreateRouteTableInput{
		VpcId: aws.String(t.VPC), ClientToken: t.token(t.run), TagSpecifications: t.tags(types.ResourceTypeRouteTable, t.run), DryRun: aws.Bool(dry),
	}
}

// lacking are the routes of the original that the copy does not have yet, except those that lead out through NAT gateways. Those
// to gateway endpoints and from virtual private gateways come by ways of their own, and blackholes lead nowhere.
func (t tablePart) lacking(original, copied *table) []write {
	var all []write
	id := copied.RouteTableId
	for _, r := range original.Routes {
		have := routeTo(copied, destination(r))
		switch {
		case leadsOut(r), r.State == types.RouteStateBlackhole, r.Origin == types.RouteOriginEnableVgwRoutePropagation:
		case r.DestinationPrefixListId != nil && slices.Contains(original.endpoints, target(r)):
		case have == nil:
			all = append(all, write{"create the route to " + destination(r), func(ctx context.Context) error {
				_, err := t.client.CreateRoute(ctx, creation(id, r))
				return err
			}})
		case target(*have) != target(r): // a local route that leads through an appliance
			all = append(all, write{"lead the route to " + destination(r) + " to " + target(r), func(ctx context.Context) error {
				_, err := t.client.ReplaceRoute(ctx, replacement(id, r))
				return err
			}})
		}
	}
	for _, v := range original.PropagatingVgws {
		if !slices.ContainsFunc(copied.PropagatingVgws, func(have types.PropagatingVgw) bool { return aws.ToString(have.GatewayId) == aws.ToString(v.GatewayId) }) {
			all = append(all, write{"let " + aws.ToString(v.GatewayId) + " propagate routes", func(ctx context.Context) error {
				_, err := t.client.EnableVgwRoutePropagation(ctx, &ec2.EnableVgwRoutePropagationInput{RouteTableId: id, GatewayId: v.GatewayId})
				return err
			}})
		}
	}
	for _, e := range original.endpoints {
		if !slices.Contains(copied.endpoints, e) {
			all = append(all, write{"put the route of " + e, func(ctx context.Context) error {
				_, err := t.client.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(e), AddRouteTableIds: []string{*id}})
				return err
			}})
		}
	}
	return all
}

func routeTo(t *table, to string) *types.Route {
	for i := range t.Routes {
		if destination(t.Routes[i]) == to {
			return &t.Routes[i]
		}
	}
	return nil
}

// creation is the call that makes the same route in another table.
func creation(table *string, r types.Route) *ec2.CreateRouteInput {
	in := &ec2.CreateRouteInput{
		RouteTableId: table, DestinationCidrBlock: r.DestinationCidrBlock, DestinationIpv6CidrBlock: r.DestinationIpv6CidrBlock,
		DestinationPrefixListId: r.DestinationPrefixListId, NatGatewayId: r.NatGatewayId, TransitGatewayId: r.TransitGatewayId,
		VpcPeeringConnectionId: r.VpcPeeringConnectionId, EgressOnlyInternetGatewayId: r.EgressOnlyInternetGatewayId,
		CarrierGatewayId: r.CarrierGatewayId, LocalGatewayId: r.LocalGatewayId, CoreNetworkArn: r.CoreNetworkArn, OdbNetworkArn: r.OdbNetworkArn,
		NetworkInterfaceId: r.NetworkInterfaceId,
	}
	if r.NetworkInterfaceId == nil { // a route to an instance shows both, and takes one
		in.InstanceId = r.InstanceId
	}
	if id := aws.ToString(r.GatewayId); strings.HasPrefix(id, "vpce-") {
		in.VpcEndpointId = r.GatewayId
	} else {
		in.GatewayId = r.GatewayId
	}
	return in
}

// replacement is the call that gives a route of another table the same target.
func replacement(table *string, r types.Route) *ec2.ReplaceRouteInput {
	c := creation(table, r)
	return &ec2.ReplaceRouteInput{
		RouteTableId: c.RouteTableId, DestinationCidrBlock: c.DestinationCidrBlock, DestinationIpv6CidrBlock: c.DestinationIpv6CidrBlock,
		DestinationPrefixListId: c.DestinationPrefixListId, NetworkInterfaceId: c.NetworkInterfaceId, InstanceId: c.InstanceId, VpcEndpointId: c.VpcEndpointId,
		NatGatewayId: c.NatGatewayId, TransitGatewayId: c.TransitGatewayId, VpcPeeringConnectionId: c.VpcPeeringConnectionId,
		EgressOnlyInternetGatewayId: c.EgressOnlyInternetGatewayId, CarrierGatewayId: c.CarrierGatewayId, LocalGatewayId: c.LocalGatewayId,
		CoreNetworkArn: c.CoreNetworkArn, OdbNetworkArn: c.OdbNetworkArn, GatewayId: c.GatewayId,
	}
}

func (t tablePart) tie(ctx context.Context, link, id string) error {
	var err error
	if link == "" {
		_, err = t.client.AssociateRouteTable(ctx, &ec2.AssociateRouteTableInput{SubnetId: aws.String(t.Subnet), RouteTableId: aws.String(id)})
	} else {
		_, err = t.client.ReplaceRouteTableAssociation(ctx, &ec2.ReplaceRouteTableAssociationInput{AssociationId: aws.String(link), RouteTableId: aws.String(id)})
	}
	return err
}

func (t tablePart) untie(ctx context.Context, now sight[table]) error {
	var err error
	if t.Main {
		_, err = t.client.DisassociateRouteTable(ctx, &ec2.DisassociateRouteTableInput{AssociationId: aws.String(now.link)})
	} else {
		err = t.tie(ctx, now.link, t.Original)
	}
	if err != nil {
		return fmt.Errorf("tie %s to %s again: %w", t.Subnet, t.Original, err)
	}
	return nil
}

func (t tablePart) drop(ctx context.Context, id string, copied *table) error {
	for _, e := range copied.endpoints {
		_, err := t.client.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(e), RemoveRouteTableIds: []string{id}})
		if err != nil && !missing(err) {
			return fmt.Errorf("take the route of %s out of it: %w", e, err)
		}
	}
	_, err := t.client.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: aws.String(id)})
	return err
}

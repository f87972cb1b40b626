package vpc

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// Route is where packets for a destination go.
type Route struct {
	Destination string // "0.0.0.0/0", "::/0", or a prefix list's id
	Target      string // "nat-0abc"
}

// String is "0.0.0.0/0 to nat-0abc".
func (r Route) String() string { return r.Destination + " to " + r.Target }

// WayOut is how a subnet reaches the internet.
type WayOut struct {
	Table  string  // id of its route table
	Main   bool    // it has none of its own, so this is the main one of its VPC
	NAT    []Route // what leads to NAT gateways, and out through them
	None   string  // why nothing does: "its default route leads to an internet gateway (igw-0abc)"; empty where something does
	Others []Route // besides the VPC itself and gateway endpoints: what leads elsewhere, and goes on doing so without NAT
	Lost   []Route // blackholes
}

// WayOut looks where the routes of a subnet lead.
func (n *Network) WayOut(s Subnet) WayOut {
	t, main := tableOf(n.tables, s)
	if t == nil {
		return WayOut{None: "its route table does not show: is the subnet shared by another account?"}
	}
	w := WayOut{Table: aws.ToString(t.RouteTableId), Main: main}
	w.NAT = waysOut(t)
	advertised := false
	for _, r := range t.Routes {
		route := Route{destination(r), target(r)}
		advertised = advertised || r.Origin == types.RouteOriginAdvertisement
		switch {
		case route.Target == local, leadsOut(r) && r.State != types.RouteStateBlackhole, n.gatewayEndpoint(route.Target):
		case r.State == types.RouteStateBlackhole:
			w.Lost = append(w.Lost, route)
		default:
			w.Others = append(w.Others, route)
		}
	}
	switch {
	case len(w.NAT) == 0:
		w.None = n.noWayOut(w)
	case advertised:
		w.None = fmt.Sprintf("a route server writes routes into its route table %s, and no copy would get them", w.Table)
	}
	return w
}

// noWayOut says where the default route leads, which is not to a NAT gateway.
func (n *Network) noWayOut(w WayOut) string {
	for _, r := range w.Lost {
		if r.Destination == anywhere {
			return fmt.Sprintf("its default route is a blackhole, because %s is gone: it has lost its way out already", r.Target)
		}
	}
	for _, r := range w.Others {
		if r.Destination == anywhere {
			return fmt.Sprintf("its default route leads to %s, and not to a NAT gateway", describe(r.Target))
		}
	}
	return fmt.Sprintf("its route table %s has no default route, so it has no way out", w.Table)
}

// describe says what kind of thing a route's target is.
func describe(target string) string {
	kinds := map[string]string{
		"igw": "an internet gateway", "eni": "a network interface, like that of a NAT instance", "i": "an instance, like a NAT instance",
		"tgw": "a transit gateway", "vgw": "a virtual private gateway", "pcx": "a peering connection", "vpce": "an endpoint, like that of a firewall",
		"lgw": "a local gateway", "cagw": "a carrier gateway", "eigw": "an egress-only internet gateway",
	}
	kind, _, _ := strings.Cut(target, "-")
	if known, ok := kinds[kind]; ok {
		return fmt.Sprintf("%s (%s)", known, target)
	}
	return target
}

const (
	local    = "local"
	anywhere = "0.0.0.0/0"
)

// waysOut are the working routes of a table that lead out through NAT gateways, in the order of their destinations.
func waysOut(t *types.RouteTable) []Route {
	var out []Route
	for _, r := range t.Routes {
		if leadsOut(r) && r.State != types.RouteStateBlackhole {
			out = append(out, Route{destination(r), target(r)})
		}
	}
	slices.SortFunc(out, func(a, b Route) int { return cmp.Compare(a.Destination, b.Destination) })
	return out
}

// leadsOut reports whether a route leads out through a NAT gateway. One to private addresses leads to another network of the
// owner's, through a private NAT gateway.
func leadsOut(r types.Route) bool {
	if r.NatGatewayId == nil {
		return false
	}
	p, err := netip.ParsePrefix(destination(r))
	return err != nil || !slices.ContainsFunc(private, func(own netip.Prefix) bool { return own.Overlaps(p) && own.Bits() <= p.Bits() })
}

// private are the addresses that nobody has on the internet.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("fc00::/7"),
}

func destination(r types.Route) string {
	return cmp.Or(aws.ToString(r.DestinationCidrBlock), aws.ToString(r.DestinationIpv6CidrBlock), aws.ToString(r.DestinationPrefixListId))
}

// target is what a route leads to. Of an instance it is the network interface, which is how a route to one can be made.
func target(r types.Route) string {
	for _, id := range []*string{
		r.NatGatewayId, r.NetworkInterfaceId, r.InstanceId, r.TransitGatewayId, r.VpcPeeringConnectionId, r.EgressOnlyInternetGatewayId,
		r.CarrierGatewayId, r.LocalGatewayId, r.CoreNetworkArn, r.OdbNetworkArn, r.GatewayId,
	} {
		if aws.ToString(id) != "" {
			return *id
		}
	}
	return ""
}

// tableOf is the route table of a subnet: its own, or the main one of its VPC; nil where neither shows.
func tableOf(tables []types.RouteTable, s Subnet) (table *types.RouteTable, main bool) {
	for i, t := range tables {
		for _, a := range t.Associations {
			switch {
			case !tied(a):
			case aws.ToString(a.SubnetId) == s.ID:
				return &tables[i], false
			case aws.ToBool(a.Main) && aws.ToString(t.VpcId) == s.VPC:
				table, main = &tables[i], true
			}
		}
	}
	return table, main
}

// tied reports whether an association holds, and is not on its way out.
func tied(a types.RouteTableAssociation) bool {
	return a.AssociationState == nil || !slices.Contains([]types.RouteTableAssociationStateCode{
		types.RouteTableAssociationStateCodeDisassociating, types.RouteTableAssociationStateCodeDisassociated, types.RouteTableAssociationStateCodeFailed,
	}, a.AssociationState.State)
}

// gatewayEndpoint reports whether a route's target is a gateway endpoint.
func (n *Network) gatewayEndpoint(id string) bool {
	return slices.ContainsFunc(n.endpoints, func(e types.VpcEndpoint) bool {
		return aws.ToString(e.VpcEndpointId) == id && e.VpcEndpointType == types.VpcEndpointTypeGateway
	})
}

// Sharing are the other subnets that use a route table, by id.
func (n *Network) Sharing(table string, but []Subnet) []Subnet {
	var sharing []Subnet
	for _, s := range n.Subnets {
		t, _ := tableOf(n.tables, s)
		if t != nil && aws.ToString(t.RouteTableId) == table && !slices.ContainsFunc(but, func(b Subnet) bool { return b.ID == s.ID }) {
			sharing = append(sharing, s)
		}
	}
	return sharing
}

// Tables counts the route tables of a VPC.
func (n *Network) Tables(vpc string) int {
	count := 0
	for _, t := range n.tables {
		if aws.ToString(t.VpcId) == vpc {
			count++
		}
	}
	return count
}

// TableTags are the tags of a route table.
func (n *Network) TableTags(id string) map[string]string {
	for _, t := range n.tables {
		if aws.ToString(t.RouteTableId) == id {
			return tagMap(t.Tags)
		}
	}
	return nil
}

// ACL is the id of the network ACL around a subnet, "" where it does not show.
func (n *Network) ACL(subnet string) string {
	for _, a := range n.acls {
		for _, tie := range a.Associations {
			if aws.ToString(tie.SubnetId) == subnet {
				return aws.ToString(a.NetworkAclId)
			}
		}
	}
	return ""
}

// HeldBy is the run whose copy of a route table or network ACL a subnet is tied to, "" where it is tied to no copy.
func (n *Network) HeldBy(s Subnet) string {
	if run := n.TableTags(n.WayOut(s).Table)[cloud.RunTag]; run != "" {
		return run
	}
	if acl := n.acl(n.ACL(s.ID)); acl != nil {
		return tagMap(acl.Tags)[cloud.RunTag]
	}
	return ""
}

// ACLs counts the network ACLs of a VPC.
func (n *Network) ACLs(vpc string) int {
	count := 0
	for _, a := range n.acls {
		if aws.ToString(a.VpcId) == vpc {
			count++
		}
	}
	return count
}

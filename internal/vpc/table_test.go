package vpc

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// to is a route that somebody has made.
func to(destination string, target func(*types.Route)) types.Route {
	r := types.Route{Origin: types.RouteOriginCreateRoute, State: types.RouteStateActive}
	switch {
	case strings.HasPrefix(destination, "pl-"):
		r.DestinationPrefixListId = aws.String(destination)
	case strings.Contains(destination, ":"):
		r.DestinationIpv6CidrBlock = aws.String(destination)
	default:
		r.DestinationCidrBlock = aws.String(destination)
	}
	target(&r)
	return r
}

func nat(r *types.Route)     { r.NatGatewayId = aws.String("nat-1") }
func transit(r *types.Route) { r.TransitGatewayId = aws.String("tgw-1") }
func bucket(r *types.Route)  { r.GatewayId = aws.String("vpce-s3") }
func itself(r *types.Route) {
	r.GatewayId, r.Origin = aws.String("local"), types.RouteOriginCreateRouteTable
}

func TestWhatLeadsOut(t *testing.T) {
	for _, c := range []struct {
		route types.Route
		want  bool
	}{
		{to("0.0.0.0/0", nat), true},
		{to("::/0", nat), true},
		{to("64:ff9b::/96", nat), true},
		{to("203.0.113.0/24", nat), true},
		{to("0.0.0.0/1", nat), true},
		{to("pl-1", nat), true},
		{to("10.20.0.0/16", nat), false},
		{to("100.64.0.0/10", nat), false},
		{to("fd00::/8", nat), false},
		{to("0.0.0.0/0", transit), false},
	} {
		if got := leadsOut(c.route); got != c.want {
			t.Errorf("%s leads out: %v", destination(c.route), got)
		}
	}
}

// full is a route table with everything that a copy has to take along, or leave behind.
func full() *table {
	return &table{
		RouteTable: types.RouteTable{
			RouteTableId:    aws.String("rtb-1"),
			PropagatingVgws: []types.PropagatingVgw{{GatewayId: aws.String("vgw-1")}},
			Routes: []types.Route{
				to("10.0.0.0/16", itself),
				to("10.1.0.0/16", func(r *types.Route) {
					itself(r)
					r.GatewayId, r.NetworkInterfaceId, r.InstanceId = nil, aws.String("eni-1"), aws.String("i-1")
				}),
				to("0.0.0.0/0", nat),
				to("::/0", func(r *types.Route) { r.EgressOnlyInternetGatewayId = aws.String("eigw-1") }),
				to("172.16.0.0/12", transit),
				to("172.31.0.0/16", func(r *types.Route) { r.VpcPeeringConnectionId = aws.String("pcx-1") }),
				to("192.168.0.0/16", func(r *types.Route) {
					r.GatewayId, r.Origin = aws.String("vgw-1"), types.RouteOriginEnableVgwRoutePropagation
				}),
				to("198.18.0.0/15", func(r *types.Route) { r.TransitGatewayId, r.State = aws.String("tgw-gone"), types.RouteStateBlackhole }),
				to("198.51.100.0/24", func(r *types.Route) { r.GatewayId = aws.String("vpce-firewall") }),
				to("pl-s3", bucket),
				to("pl-2", transit),
			},
		},
		endpoints: []string{"vpce-s3"},
	}
}

func TestACopyHasAllButTheWayOut(t *testing.T) {
	empty := &table{RouteTable: types.RouteTable{RouteTableId: aws.String("rtb-2"), Routes: []types.Route{to("10.0.0.0/16", itself), to("10.1.0.0/16", itself)}}}
	part := tablePart{TableSwap: &TableSwap{}}
	var got []string
	for _, w := range part.lacking(full(), empty) {
		got = append(got, w.what)
	}
	want := []string{
		"lead the route to 10.1.0.0/16 to eni-1",
		"create the route to ::/0",
		"create the route to 172.16.0.0/12",
		"create the route to 172.31.0.0/16",
		"create the route to 198.51.100.0/24",
		"create the route to pl-2",
		"let vgw-1 propagate routes",
		"put the route of vpce-s3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it takes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if more := part.lacking(full(), full()); len(more) > 0 {
		t.Errorf("a whole copy still lacks %s", more[0].what)
	}
}

func TestARouteIsMadeAsItWas(t *testing.T) {
	table := aws.String("rtb-2")
	routes := full().Routes
	if in := creation(table, routes[1]); aws.ToString(in.NetworkInterfaceId) != "eni-1" || in.InstanceId != nil {
		t.Errorf("to an instance: %+v", in)
	}
	if in := creation(table, routes[8]); aws.ToString(in.VpcEndpointId) != "vpce-firewall" || in.GatewayId != nil {
		t.Errorf("to a firewall: %+v", in)
	}
	if in := replacement(table, routes[1]); aws.ToString(in.NetworkInterfaceId) != "eni-1" || aws.ToString(in.DestinationCidrBlock) != "10.1.0.0/16" {
		t.Errorf("replaced: %+v", in)
	}
}

func TestWhereASubnetLeads(t *testing.T) {
	original := full()
	original.Associations = []types.RouteTableAssociation{{Main: aws.Bool(true), RouteTableAssociationId: aws.String("rtbassoc-1")}}
	original.VpcId = aws.String("vpc-1")
	n := &Network{
		Subnets: []Subnet{{ID: "subnet-1", VPC: "vpc-1"}, {ID: "subnet-2", VPC: "vpc-1"}},
		tables:  []types.RouteTable{original.RouteTable},
		endpoints: []types.VpcEndpoint{{
			VpcEndpointId: aws.String("vpce-s3"), VpcEndpointType: types.VpcEndpointTypeGateway, RouteTableIds: []string{"rtb-1"},
		}},
	}
	out := n.WayOut(n.Subnets[0])
	if out.None != "" || !out.Main || out.Table != "rtb-1" || !slices.Equal(out.NAT, []Route{{"0.0.0.0/0", "nat-1"}}) {
		t.Errorf("it leads out by %+v", out)
	}
	if len(out.Lost) != 1 || len(out.Others) != 7 {
		t.Errorf("lost %v, others %v", out.Lost, out.Others)
	}
	swap := n.SwapTable("nat_cutoff", n.Subnets[0])
	if !slices.Equal(swap.Endpoints, []string{"vpce-s3"}) || !slices.Equal(swap.Also, []string{"ec2:EnableVgwRoutePropagation", "ec2:ReplaceRoute"}) {
		t.Errorf("planned %+v", swap)
	}
	if sharing := n.Sharing("rtb-1", n.Subnets[:1]); len(sharing) != 1 || sharing[0].ID != "subnet-2" {
		t.Errorf("shared with %v", sharing)
	}
	n.tables[0].Routes = append(n.tables[0].Routes, to("198.19.0.0/16", func(r *types.Route) { r.Origin = types.RouteOriginAdvertisement }))
	if out := n.WayOut(n.Subnets[0]); !strings.Contains(out.None, "route server") {
		t.Errorf("with a route server: %+v", out)
	}
}

func TestWhoIsHere(t *testing.T) {
	all := []Interface{{ID: "eni-1", Address: "10.0.0.1"}, {ID: "eni-2", Address: "10.0.0.2"}, {ID: "eni-3"}}
	if here := having(all, []netip.Addr{netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("192.168.1.1")}); len(here) != 1 || here[0].ID != "eni-2" {
		t.Errorf("here is %v", here)
	}
}

package world

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gameday/internal/lab/topology"
)

// network is how packets find their way through the VPC: plain data, so that a version of it can be kept for describes that lag
// behind. Who wants to know where something leads asks reach.
type network struct {
	cidrs       []string  // the VPC's own
	subnets     []*subnet // only looked at
	tables      []RouteTable
	acls        []NetworkACL
	nats        []NATGateway
	gateways    []InternetGateway
	endpoints   []VPCEndpoint
	prefixLists []PrefixList
	tokens      map[string]string // client token to the id of what it made
}

// subnet hands out addresses: like AWS, not the first four.
type subnet struct {
	Subnet
	next netip.Addr
	last netip.Addr // what AWS puts there itself takes addresses from the end
}

func (s *subnet) address() string {
	a := s.next
	s.next = a.Next()
	return a.String()
}

func (s *subnet) serviceAddress() string {
	s.last = s.last.Prev()
	return s.last.String()
}

// buildNetwork makes a VPC with a public and a private subnet in every zone, and ways out of them.
func (w *World) buildNetwork(born time.Time) {
	base := netip.MustParsePrefix(w.topology.CIDR).Masked().Addr().As4()
	w.vpc = VPC{ID: w.ids.resource("vpc-"), CIDR: w.topology.CIDR, Tags: map[string]string{"Name": "gameday"}}
	if w.topology.Network.IPv6 {
		w.vpc.CIDR6 = "2001:db8:1200::/56"
	}
	for n, letter := range w.topology.Zones {
		for _, public := range []bool{true, false} {
			third, name := byte(16*n), "public-"+letter
			if !public {
				third, name = byte(128+16*n), "private-"+letter
			}
			s := &subnet{
				Subnet: Subnet{
					ID: w.ids.resource("subnet-"), VPCID: w.vpc.ID, CIDR: fmt.Sprintf("%d.%d.%d.0/20", base[0], base[1], third),
					Zone: w.zone(letter), ZoneID: fmt.Sprintf("%s-az%d", regionCode(w.account.Region), n+1), Public: public,
					Tags: map[string]string{"Name": name},
				},
				next: netip.AddrFrom4([4]byte{base[0], base[1], third, 10}),
				last: netip.AddrFrom4([4]byte{base[0], base[1], third + 15, 255}),
			}
			if w.vpc.CIDR6 != "" {
				s.CIDR6 = fmt.Sprintf("2001:db8:1200:%02x::/64", third)
			}
			w.subnets = append(w.subnets, s)
		}
	}
	w.network = network{cidrs: []string{w.vpc.CIDR}, subnets: w.subnets, tokens: map[string]string{}}
	if w.vpc.CIDR6 != "" {
		w.network.cidrs = append(w.network.cidrs, w.vpc.CIDR6)
	}
	w.buildGateways(born)
	w.buildRoutes()
	w.buildEndpoints(born)
	w.buildACL()
}

// buildGateways makes the internet gateways and the NAT gateways.
func (w *World) buildGateways(born time.Time) {
	n, spec := &w.network, w.topology.Network
	n.gateways = append(n.gateways, InternetGateway{ID: w.ids.resource("igw-"), VPCID: w.vpc.ID, Tags: map[string]string{"Name": "gameday"}})
	if spec.IPv6 {
		n.gateways = append(n.gateways, InternetGateway{ID: w.ids.resource("eigw-"), VPCID: w.vpc.ID, EgressOnly: true, Tags: map[string]string{"Name": "gameday"}})
	}
	wanted := map[string]int{topology.NATPerZone: len(w.public()), topology.NATShared: 1}[spec.NATGateways]
	for _, s := range w.public()[:wanted] {
		n.nats = append(n.nats, w.newNAT(s, "", map[string]string{"Name": "nat-" + s.Zone}, born))
		n.nats[len(n.nats)-1].State = GatewayAvailable
	}
}

func (w *World) newNAT(in *subnet, token string, tags map[string]string, now time.Time) NATGateway {
	return NATGateway{
		ID: w.ids.resource("nat-"), VPCID: w.vpc.ID, SubnetID: in.ID, State: GatewayPending,
		PublicIP: fmt.Sprintf("198.51.100.%d", 100+len(w.network.nats)%150), PrivateIP: in.serviceAddress(),
		AllocationID: w.ids.resource("eipalloc-"), InterfaceID: w.ids.resource("eni-"), ClientToken: token, Created: now, Tags: tags,
	}
}

// buildRoutes makes a main table that leads nowhere, one for the public subnets and one for the private subnet of each zone; or, where
// the topology wants it so, leaves the private subnets to the main table.
func (w *World) buildRoutes() {
	n := &w.network
	main := w.newTable(map[string]string{"Name": "main"})
	main.Associations = []RouteAssociation{{ID: w.ids.resource("rtbassoc-")}}
	public := w.newTable(map[string]string{"Name": "public"})
	public.Routes = append(public.Routes, Route{CIDR: anywhere, Target: n.gateways[0].ID, State: RouteActive, Origin: "CreateRoute"})
	for _, s := range w.public() {
		public.Associations = append(public.Associations, RouteAssociation{ID: w.ids.resource("rtbassoc-"), Subnet: s.ID})
	}
	n.tables = append(n.tables, main, public)
	for i, s := range w.private() {
		if w.topology.Network.RouteTables == topology.TablesMain {
			w.leadOut(&n.tables[0], 0)
			break
		}
		private := w.newTable(map[string]string{"Name": s.Tags["Name"]})
		private.Associations = []RouteAssociation{{ID: w.ids.resource("rtbassoc-"), Subnet: s.ID}}
		w.leadOut(&private, i)
		n.tables = append(n.tables, private)
	}
}

// leadOut gives a table its routes to the internet, by the NAT gateway of that number where there is one for each zone.
func (w *World) leadOut(t *RouteTable, nat int) {
	n := &w.network
	if len(n.nats) > 0 {
		t.Routes = append(t.Routes, Route{CIDR: anywhere, Target: n.nats[nat%len(n.nats)].ID, State: RouteActive, Origin: "CreateRoute"})
	}
	for _, g := range n.gateways {
		if g.EgressOnly {
			t.Routes = append(t.Routes, Route{CIDR6: anywhere6, Target: g.ID, State: RouteActive, Origin: "CreateRoute"})
		}
	}
}

const (
	anywhere  = "0.0.0.0/0"
	anywhere6 = "::/0"
)

// newTable is a table with nothing but the VPC's own routes.
func (w *World) newTable(tags map[string]string) RouteTable {
	t := RouteTable{ID: w.ids.resource("rtb-"), VPCID: w.vpc.ID, Tags: tags}
	t.Routes = []Route{{CIDR: w.vpc.CIDR, Target: "local", State: RouteActive, Origin: "CreateRouteTable"}}
	if w.vpc.CIDR6 != "" {
		t.Routes = append(t.Routes, Route{CIDR6: w.vpc.CIDR6, Target: "local", State: RouteActive, Origin: "CreateRouteTable"})
	}
	return t
}

// buildEndpoints makes the endpoints that the topology names: S3's in the tables of the private subnets, the others with an address
// in each private subnet.
func (w *World) buildEndpoints(born time.Time) {
	n := &w.network
	for _, name := range []string{"s3", "dynamodb"} {
		cidr := map[string]string{"s3": "192.0.2.0/25", "dynamodb": "192.0.2.128/25"}[name]
		n.prefixLists = append(n.prefixLists, PrefixList{ID: "pl-" + w.ids.hex("pl-", 8), Name: w.serviceName(name), CIDRs: []string{cidr}})
	}
	for _, name := range w.topology.Network.Endpoints {
		e := VPCEndpoint{
			ID: w.ids.resource("vpce-"), VPCID: w.vpc.ID, Type: InterfaceEndpoint, Service: w.serviceName(name), State: GatewayAvailable,
			Created: born, Tags: map[string]string{"Name": name},
		}
		if i := slices.IndexFunc(n.prefixLists, func(p PrefixList) bool { return p.Name == e.Service }); i >= 0 {
			e.Type, e.PrefixList = GatewayEndpoint, n.prefixLists[i].ID
			n.endpoints = append(n.endpoints, e)
			for _, s := range w.private() {
				n.enter(e.ID, n.tableOf(s.ID).ID)
			}
			continue
		}
		e.PrivateDNS = true
		for _, s := range w.private() {
			e.Interfaces = append(e.Interfaces, EndpointInterface{ID: w.ids.resource("eni-"), SubnetID: s.ID, Address: s.serviceAddress()})
		}
		n.endpoints = append(n.endpoints, e)
	}
}

// serviceName is how AWS names what an endpoint leads to.
func (w *World) serviceName(short string) string {
	return "com.amazonaws." + w.account.Region + "." + short
}

// buildACL puts every subnet behind a default network ACL, which lets everything pass.
func (w *World) buildACL() {
	a := NetworkACL{ID: w.ids.resource("acl-"), VPCID: w.vpc.ID, Default: true, Tags: map[string]string{}, Entries: w.refusals()}
	for _, egress := range []bool{false, true} {
		a.Entries = append(a.Entries, ACLEntry{Number: 100, Egress: egress, Allow: true, Protocol: "-1", CIDR: anywhere})
		if w.vpc.CIDR6 != "" {
			a.Entries = append(a.Entries, ACLEntry{Number: 101, Egress: egress, Allow: true, Protocol: "-1", CIDR6: anywhere6})
		}
	}
	sortEntries(a.Entries)
	for _, s := range w.subnets {
		a.Associations = append(a.Associations, ACLAssociation{ID: w.ids.resource("aclassoc-"), Subnet: s.ID})
	}
	w.network.acls = []NetworkACL{a}
}

// refusals are the entries that end every network ACL, and that nobody can remove.
func (w *World) refusals() []ACLEntry {
	var all []ACLEntry
	for _, egress := range []bool{false, true} {
		all = append(all, ACLEntry{Number: LastACLEntry + 1, Egress: egress, Protocol: "-1", CIDR: anywhere})
		if w.vpc.CIDR6 != "" {
			all = append(all, ACLEntry{Number: LastACLEntry + 2, Egress: egress, Protocol: "-1", CIDR6: anywhere6})
		}
	}
	return all
}

func (w *World) zone(letter string) string { return w.account.Region + letter }

func (w *World) private() []*subnet {
	return keep(w.subnets, func(s *subnet) bool { return !s.Public })
}

func (w *World) public() []*subnet {
	return keep(w.subnets, func(s *subnet) bool { return s.Public })
}

func (w *World) hostName(ip string) string {
	return "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + w.account.Region + ".compute.internal"
}

// regionCode abbreviates a region as zone ids do: "eu-west-1" is "euw1".
func regionCode(region string) string {
	parts := strings.Split(region, "-")
	var code strings.Builder
	for n, part := range parts {
		switch {
		case n == 0 || n == len(parts)-1:
			code.WriteString(part)
		case part != "":
			code.WriteByte(part[0])
		}
	}
	return code.String()
}

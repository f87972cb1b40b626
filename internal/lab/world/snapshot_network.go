package world

import (
	"cmp"
	"fmt"
	"slices"
)

func (w *World) tellNetwork(s Snapshot) {
	s.tell("vpc "+w.vpc.ID, w.vpc.Tags, "cidr", w.vpc.CIDR, "ipv6 cidr", w.vpc.CIDR6)
	for _, n := range w.subnets {
		s.tell("subnet "+n.ID, n.Tags, "cidr", n.CIDR, "ipv6 cidr", n.CIDR6, "zone", n.Zone, "public", n.Public,
			"route table", w.network.tableOf(n.ID).ID, "network acl", w.network.aclOf(n.ID).ID)
	}
	w.network.tellRoutes(s)
	for _, a := range w.network.acls {
		s.tell("network acl "+a.ID, a.Tags, "vpc", a.VPCID, "default", a.Default,
			"subnets", listed(a.Associations, func(a ACLAssociation) string { return a.Subnet }),
			"entries", listed(a.Entries, ACLEntry.told))
	}
	for _, e := range w.network.endpoints {
		s.tell("vpc endpoint "+e.ID, e.Tags, "type", e.Type, "service", e.Service, "state", e.State, "private dns", e.PrivateDNS,
			"route tables", listed(e.RouteTables, identity),
			"subnets", listed(e.Interfaces, func(i EndpointInterface) string { return i.SubnetID }))
	}
	for _, g := range w.network.gateways {
		s.tell("internet gateway "+g.ID, g.Tags, "vpc", g.VPCID, "egress only", g.EgressOnly)
	}
	for _, g := range w.network.nats {
		if g.State != GatewayDeleted {
			s.tell("nat gateway "+g.ID, g.Tags, "subnet", g.SubnetID, "state", g.State)
		}
	}
}

func (n *network) tellRoutes(s Snapshot) {
	for _, t := range n.tables {
		subnets := slices.DeleteFunc(slices.Clone(t.Associations), RouteAssociation.Main)
		s.tell("route table "+t.ID, t.Tags, "vpc", t.VPCID, "main", len(subnets) != len(t.Associations),
			"subnets", listed(subnets, func(a RouteAssociation) string { return a.Subnet }),
			"routes", listed(t.Routes, func(r Route) string {
				return r.Destination() + " to " + r.Target + " " + n.stateOf(r) + " by " + r.Origin
			}))
	}
}

// told is one entry of a network ACL.
func (e ACLEntry) told() string {
	direction, verdict := "in", "deny"
	if e.Egress {
		direction = "out"
	}
	if e.Allow {
		verdict = "allow"
	}
	return fmt.Sprintf("%s %05d %s protocol %s %s ports %d-%d icmp %d/%d", direction, e.Number, verdict, e.Protocol, cmp.Or(e.CIDR, e.CIDR6),
		e.FromPort, e.ToPort, e.ICMPType, e.ICMPCode)
}

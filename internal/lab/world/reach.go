package world

import (
	"fmt"
	"net/netip"
	"strings"
)

// Reach is what becomes of a connection that somebody in a subnet opens to a host.
type Reach struct {
	Host    string
	Address string // that the name leads to; empty where it leads nowhere
	Through string // "local", or the id of the gateway or endpoint; empty where packets get lost
	Answer  string // "NXDOMAIN", "NODATA": the resolver's, where the name does not lead to an address
	Lost    string // why packets get lost: "rtb-0... has no route to 203.0.113.10"

	server string // where the host really listens
}

// OK reports whether the connection comes about.
func (r Reach) OK() bool { return r.Through != "" }

// port is the one that everything outside is reached at.
const port = 443

// Reach says what becomes of a connection from a subnet to a host. Code: InvalidSubnetID.NotFound.
func (w *World) Reach(subnetID, host string) (Reach, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.subnets {
		if s.ID == subnetID {
			return w.reach(s, host), nil
		}
	}
	return Reach{}, refuse("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", subnetID)
}

// reach is the one place where it is decided what gets out of a subnet: by the resolver of the VPC, then by network ACLs, route tables,
// gateways and endpoints. Hosts are reached over HTTPS.
func (w *World) reach(from *subnet, host string) Reach {
	r := Reach{Host: host}
	name, ruling := host, w.filter(w.vpc.ID, host, "A")
	switch ruling.Response {
	case "NXDOMAIN", "NODATA":
		r.Answer = ruling.Response
		return r
	case "OVERRIDE":
		name = ruling.Override
	}
	there, known := w.lookUp(name)
	if !known {
		r.Answer = "NXDOMAIN"
		return r
	}
	r.server = there.server
	to := there.address
	if e := w.network.endpointFor(w.serviceName(there.service)); e != nil {
		to = e.addressFrom(from)
	}
	r.Address = to.String()
	r.Through, r.Lost = w.network.way(from, to)
	return r
}

// way decides what becomes of packets from a subnet to an address and of the answers to them: it returns through what they go, or
// why they are lost.
func (n *network) way(from *subnet, to netip.Addr) (through, lost string) {
	if to := n.subnetOf(to); to != nil {
		if lost := n.crossing(from, to, ephemeralLinux, portRange{port, port}); lost != "" {
			return "", lost
		}
		return "local", ""
	}
	if lost := n.outAndBack(from, to, ephemeralLinux); lost != "" {
		return "", lost
	}
	t := n.tableOf(from.ID)
	route, ok := n.route(t, to)
	switch {
	case !ok:
		return "", fmt.Sprintf("%s has no route to %s", t.ID, to)
	case n.stateOf(route) == RouteBlackhole:
		return "", fmt.Sprintf("the route to %s in %s is a blackhole: %s is gone", route.Destination(), t.ID, route.Target)
	}
	if nat := n.nat(route.Target); nat != nil {
		return n.throughNAT(from, to, nat)
	}
	if strings.HasPrefix(route.Target, "vpce-") {
		return route.Target, ""
	}
	return "", fmt.Sprintf("%s sends %s to %s, which passes on nothing from a private address", t.ID, to, route.Target)
}

// throughNAT follows packets through a NAT gateway, which is itself in a subnet with a network ACL and a route table.
func (n *network) throughNAT(from *subnet, to netip.Addr, nat *NATGateway) (through, lost string) {
	in := n.subnet(nat.SubnetID)
	if in.ID != from.ID {
		// The ACL of the gateway's subnet sees the packets twice: as they come from the private subnet and as they leave for the internet.
		if lost := n.filtered(in, false, from.prefix().Addr(), portRange{port, port}); lost != "" {
			return "", lost
		}
		if lost := n.filtered(in, true, from.prefix().Addr(), ephemeralLinux); lost != "" {
			return "", lost
		}
	}
	if lost := n.outAndBack(in, to, ephemeralAny); lost != "" {
		return "", lost
	}
	t := n.tableOf(in.ID)
	route, ok := n.route(t, to)
	if !ok || !strings.HasPrefix(route.Target, "igw-") || n.stateOf(route) == RouteBlackhole {
		return "", fmt.Sprintf("%s is in %s, whose %s does not lead %s to an internet gateway", nat.ID, in.ID, t.ID, to)
	}
	return nat.ID, ""
}

// outAndBack is the network ACL around a subnet, for packets to an address elsewhere and for the answers.
func (n *network) outAndBack(s *subnet, to netip.Addr, back portRange) (lost string) {
	if lost := n.filtered(s, true, to, portRange{port, port}); lost != "" {
		return lost
	}
	return n.filtered(s, false, to, back)
}

// crossing is the network ACLs between two subnets, for packets to a port and for the answers. Within a subnet there are none.
func (n *network) crossing(from, to *subnet, ephemeral, ports portRange) (lost string) {
	if from.ID == to.ID {
		return ""
	}
	for _, check := range []struct {
		around *subnet
		egress bool
		other  *subnet
		ports  portRange
	}{{from, true, to, ports}, {to, false, from, ports}, {to, true, from, ephemeral}, {from, false, to, ephemeral}} {
		if lost := n.filtered(check.around, check.egress, check.other.prefix().Addr(), check.ports); lost != "" {
			return lost
		}
	}
	return ""
}

// portRange is ports that must all get through, first and last included.
type portRange struct{ first, last int }

// The ports that answers come to.
var (
	ephemeralLinux = portRange{32768, 60999}
	ephemeralAny   = portRange{1024, 65535} // of NAT gateways and load balancers
)

// filtered asks the network ACL around a subnet for TCP packets to or from another address, and says why they are lost.
func (n *network) filtered(s *subnet, egress bool, other netip.Addr, ports portRange) (lost string) {
	a := n.aclOf(s.ID)
	for _, p := range [...]int{ports.first, ports.last} {
		if e, ok := a.decide(egress, other, p); !ok || !e.Allow {
			direction := map[bool]string{true: "out of", false: "into"}[egress]
			rule := "no rule"
			if ok {
				rule = fmt.Sprintf("rule %d", e.Number)
			}
			return fmt.Sprintf("%s lets no packets for port %d %s %s (other side: %s): %s", a.ID, p, direction, s.ID, other, rule)
		}
	}
	return ""
}

// decide finds the entry that decides on TCP packets for a port, ok false where none does.
func (a *NetworkACL) decide(egress bool, other netip.Addr, port int) (e ACLEntry, ok bool) {
	for _, e := range a.Entries { // in the order of their numbers
		if e.Egress != egress || !e.covers(port) {
			continue
		}
		if p, err := netip.ParsePrefix(e.CIDR + e.CIDR6); err == nil && p.Contains(other) {
			return e, true
		}
	}
	return ACLEntry{}, false
}

func (e ACLEntry) covers(port int) bool {
	return e.Protocol == "-1" || e.Protocol == "6" && e.FromPort <= port && port <= e.ToPort
}

// route finds the longest match for an address.
func (n *network) route(t *RouteTable, to netip.Addr) (best Route, ok bool) {
	longest := -1
	for _, r := range t.Routes {
		for _, p := range n.prefixes(r) {
			if p.Contains(to) && p.Bits() > longest {
				best, longest, ok = r, p.Bits(), true
			}
		}
	}
	return best, ok
}

// prefixes are the address ranges that a route is for.
func (n *network) prefixes(r Route) []netip.Prefix {
	cidrs := []string{r.CIDR + r.CIDR6}
	if r.PrefixList != "" {
		cidrs = nil
		for _, l := range n.prefixLists {
			if l.ID == r.PrefixList {
				cidrs = l.CIDRs
			}
		}
	}
	var all []netip.Prefix
	for _, c := range cidrs {
		all = append(all, netip.MustParsePrefix(c))
	}
	return all
}

// stateOf is a blackhole for a route whose target is gone or on its way.
func (n *network) stateOf(r Route) string {
	if nat := n.nat(r.Target); strings.HasPrefix(r.Target, "nat-") && (nat == nil || nat.State != GatewayAvailable) {
		return RouteBlackhole
	}
	return r.State
}

// endpointFor is the interface endpoint that a service's own name leads to, nil where there is none.
func (n *network) endpointFor(service string) *VPCEndpoint {
	for i, e := range n.endpoints {
		if e.Service == service && e.PrivateDNS && len(e.Interfaces) > 0 {
			return &n.endpoints[i]
		}
	}
	return nil
}

// addressFrom is the endpoint's address as seen from a subnet: in the same one where it has one there.
func (e *VPCEndpoint) addressFrom(s *subnet) netip.Addr {
	for _, i := range e.Interfaces {
		if i.SubnetID == s.ID {
			return netip.MustParseAddr(i.Address)
		}
	}
	return netip.MustParseAddr(e.Interfaces[0].Address)
}

func (n *network) nat(id string) *NATGateway {
	for i := range n.nats {
		if n.nats[i].ID == id {
			return &n.nats[i]
		}
	}
	return nil
}

func (n *network) subnet(id string) *subnet {
	for _, s := range n.subnets {
		if s.ID == id {
			return s
		}
	}
	panic("world: no such subnet: " + id)
}

// subnetOf is the subnet that an address is in, nil outside of the VPC.
func (n *network) subnetOf(a netip.Addr) *subnet {
	for _, s := range n.subnets {
		if s.prefix().Contains(a) {
			return s
		}
	}
	return nil
}

func (s *subnet) prefix() netip.Prefix { return netip.MustParsePrefix(s.CIDR) }

// tableOf is the route table of a subnet: its own, or the main one.
func (n *network) tableOf(subnet string) *RouteTable {
	var main *RouteTable
	for i := range n.tables {
		for _, a := range n.tables[i].Associations {
			if a.Subnet == subnet {
				return &n.tables[i]
			}
			if a.Main() {
				main = &n.tables[i]
			}
		}
	}
	return main
}

// aclOf is the network ACL around a subnet.
func (n *network) aclOf(subnet string) *NetworkACL {
	for i := range n.acls {
		for _, a := range n.acls[i].Associations {
			if a.Subnet == subnet {
				return &n.acls[i]
			}
		}
	}
	panic("world: a subnet without a network ACL: " + subnet)
}

package world

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// quiet is an account with a network and nothing in it.
const quiet = `
network {
  connect_timeout = "50ms"
  gateway_settles = "50ms"
}
`

func (w *World) named(t *testing.T, name string) Subnet {
	t.Helper()
	for _, s := range w.Subnets() {
		if s.Tags["Name"] == name {
			return s
		}
	}
	t.Fatalf("no subnet %s", name)
	return Subnet{}
}

func (w *World) tableFor(t *testing.T, subnet string) RouteTable {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.network.tableOf(subnet).clone()
}

func (w *World) natIn(t *testing.T, zone string) string {
	t.Helper()
	for _, g := range w.NATGateways() {
		if w.named(t, "public-"+zone).ID == g.SubnetID {
			return g.ID
		}
	}
	t.Fatalf("no NAT gateway in %s", zone)
	return ""
}

// api is a public name of AWS that no endpoint of the tests leads to.
const api = "sts.eu-west-1.amazonaws.com"

// Each case changes one thing and says through what, or why not, a private subnet of zone a reaches hosts.
func TestEgress(t *testing.T) {
	t.Parallel()
	const bucket = "images.s3.eu-west-1.amazonaws.com"
	nothing := "endpoints = []"
	for name, c := range map[string]struct {
		network string
		change  func(t *testing.T, w *World)
		host    string
		want    string // the beginning of the id that it goes through, or a part of why it is lost
	}{
		"by the zone's own NAT gateway":       {network: nothing, host: api, want: "nat-"},
		"nowhere without a NAT gateway":       {network: nothing + "\nnat_gateways = \"none\"", host: api, want: "has no route to 198.51.100.17"},
		"by the shared NAT gateway":           {network: nothing + "\nnat_gateways = \"one\"", host: api, want: "nat-"},
		"by the main table":                   {network: nothing + "\nroute_tables = \"main\"", host: api, want: "nat-"},
		"by an interface endpoint":            {network: `nat_gateways = "none"`, host: api, want: "local"},
		"by a gateway endpoint":               {network: `nat_gateways = "none"`, host: bucket, want: "vpce-"},
		"the longer prefix first":             {network: "", host: bucket, want: "vpce-"},
		"a name that nobody has":              {network: "", host: "nobody.example.com", want: "NXDOMAIN"},
		"a gateway endpoint taken out":        {network: `nat_gateways = "none"`, host: bucket, change: leaveS3, want: "has no route to 192.0.2.10"},
		"a deleted NAT gateway is a hole":     {network: nothing, host: api, change: func(t *testing.T, w *World) { check(t, w.DeleteNATGateway(w.natIn(t, "a"), false)) }, want: "blackhole"},
		"a NAT gateway that leads nowhere":    {network: nothing, host: api, change: cutPublic, want: "does not lead"},
		"a private address without NAT":       {network: nothing, host: api, change: toInternetGateway, want: "passes on nothing from a private address"},
		"another table without a default":     {network: nothing, host: api, change: swapTable, want: "has no route"},
		"an ACL that denies the way out":      {network: nothing, host: api, change: deny(true, "0.0.0.0/0", 1, 65535), want: "rule 50"},
		"an ACL that denies the answers":      {network: nothing, host: api, change: deny(false, "198.51.100.0/24", 1024, 65535), want: "rule 50"},
		"an ACL that denies somebody else":    {network: nothing, host: api, change: deny(true, "203.0.113.0/24", 0, 65535), want: "nat-"},
		"an ACL that denies another port":     {network: nothing, host: api, change: deny(true, "0.0.0.0/0", 80, 80), want: "nat-"},
		"an ACL that denies an endpoint":      {network: "", host: api, change: deny(true, "10.0.0.0/16", 0, 65535), want: "local"},
		"an empty ACL":                        {network: nothing, host: api, change: emptyACL, want: "rule 32767"},
		"an ACL around the NAT gateway":       {network: nothing, host: api, change: denyAround("public-a"), want: "rule 50"},
		"an ACL around another NAT gateway":   {network: nothing, host: api, change: denyAround("public-b"), want: "nat-"},
		"a lower number goes first":           {network: nothing, host: api, change: allowBeforeDeny, want: "nat-"},
		"a route of its own for some hosts":   {network: nothing, host: api, change: holeFor("198.51.100.0/24"), want: "blackhole"},
		"a route of its own for other hosts":  {network: nothing, host: api, change: holeFor("203.0.113.0/24"), want: "nat-"},
		"the main table after a disassociate": {network: nothing, host: api, change: toMain, want: "has no route"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, strings.Replace(quiet, "{", "{\n"+c.network, 1))
			if c.change != nil {
				c.change(t, w)
			}
			r := must(w.Reach(w.named(t, "private-a").ID, c.host))(t)
			if r.OK() && !strings.HasPrefix(r.Through, c.want) || !r.OK() && !strings.Contains(r.Lost+r.Answer, c.want) {
				t.Errorf("want %q, got %+v", c.want, r)
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leaveS3(t *testing.T, w *World) {
	table := w.tableFor(t, w.named(t, "private-a").ID).ID
	for _, e := range w.VPCEndpoints() {
		if e.Type == GatewayEndpoint {
			check(t, w.ModifyVPCEndpoint(e.ID, nil, []string{table}, false))
		}
	}
}

func cutPublic(t *testing.T, w *World) {
	check(t, w.DeleteRoute(w.tableFor(t, w.named(t, "public-a").ID).ID, Route{CIDR: anywhere}, false))
}

func toInternetGateway(t *testing.T, w *World) {
	table := w.tableFor(t, w.named(t, "private-a").ID).ID
	check(t, w.ReplaceRoute(table, Route{CIDR: anywhere, Target: w.InternetGateways()[0].ID}, false))
}

func swapTable(t *testing.T, w *World) {
	made := must(w.CreateRouteTable(w.VPCs()[0].ID, "", nil, false))(t)
	subnet := w.named(t, "private-a").ID
	for _, a := range w.tableFor(t, subnet).Associations {
		must(w.ReplaceRouteTableAssociation(a.ID, made.ID, false))(t)
	}
	if now := w.tableFor(t, subnet); now.ID != made.ID {
		t.Errorf("the subnet has %s", now.ID)
	}
}

func toMain(t *testing.T, w *World) {
	check(t, w.DisassociateRouteTable(w.tableFor(t, w.named(t, "private-a").ID).Associations[0].ID, false))
}

func holeFor(cidr string) func(*testing.T, *World) {
	return func(t *testing.T, w *World) {
		nat := w.natIn(t, "b")
		check(t, w.CreateRoute(w.tableFor(t, w.named(t, "private-a").ID).ID, Route{CIDR: cidr, Target: nat}, false))
		check(t, w.DeleteNATGateway(nat, false))
	}
}

// behind puts a subnet behind a new ACL with these rules.
func (w *World) behind(t *testing.T, subnet string, entries ...ACLEntry) NetworkACL {
	t.Helper()
	made := must(w.CreateNetworkACL(w.VPCs()[0].ID, "", nil, false))(t)
	for _, e := range entries {
		check(t, w.CreateACLEntry(made.ID, e, false))
	}
	for _, a := range w.NetworkACLs() {
		for _, association := range a.Associations {
			if association.Subnet == subnet {
				must(w.ReplaceACLAssociation(association.ID, made.ID, false))(t)
			}
		}
	}
	return made
}

var everything = []ACLEntry{
	{Number: 100, Allow: true, Protocol: "-1", CIDR: anywhere},
	{Number: 100, Egress: true, Allow: true, Protocol: "-1", CIDR: anywhere},
}

func deny(egress bool, cidr string, from, to int) func(*testing.T, *World) {
	return func(t *testing.T, w *World) {
		rule := ACLEntry{Number: 50, Egress: egress, Protocol: "6", CIDR: cidr, FromPort: from, ToPort: to}
		w.behind(t, w.named(t, "private-a").ID, append(slices.Clone(everything), rule)...)
	}
}

func emptyACL(t *testing.T, w *World) { w.behind(t, w.named(t, "private-a").ID) }

func denyAround(subnet string) func(*testing.T, *World) {
	return func(t *testing.T, w *World) {
		rule := ACLEntry{Number: 50, Egress: true, Protocol: "-1", CIDR: anywhere}
		w.behind(t, w.named(t, subnet).ID, append(slices.Clone(everything), rule)...)
	}
}

func allowBeforeDeny(t *testing.T, w *World) {
	w.behind(t, w.named(t, "private-a").ID, append(slices.Clone(everything),
		ACLEntry{Number: 50, Egress: true, Allow: true, Protocol: "6", CIDR: "198.51.100.0/24", FromPort: 443, ToPort: 443},
		ACLEntry{Number: 51, Egress: true, Protocol: "-1", CIDR: anywhere})...)
}

func TestPacketsBetweenSubnetsCrossBothACLsBothWays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		around string
		egress bool
		ports  portRange
		passes bool
	}{
		"to the target's port":             {"private-a", false, portRange{8080, 8080}, false},
		"to another port":                  {"private-a", false, portRange{8081, 8081}, true},
		"out of the load balancer":         {"public-a", true, portRange{8080, 8080}, false},
		"the answer out of the target":     {"private-a", true, portRange{1024, 65535}, false},
		"the answer to the load balancer":  {"public-a", false, portRange{1024, 65535}, false},
		"answers to ports that nobody has": {"private-a", true, portRange{1, 1023}, true},
		"a third subnet":                   {"private-b", true, portRange{1, 65535}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, quiet)
			w.behind(t, w.named(t, c.around).ID, append(slices.Clone(everything),
				ACLEntry{Number: 50, Egress: c.egress, Protocol: "6", CIDR: "10.0.0.0/16", FromPort: c.ports.first, ToPort: c.ports.last})...)
			from, to := w.named(t, "public-a").ID, w.named(t, "private-a").ID
			w.mu.Lock()
			defer w.mu.Unlock()
			n := &w.network
			if lost := n.crossing(n.subnet(from), n.subnet(to), ephemeralAny, portRange{8080, 8080}); (lost == "") != c.passes {
				t.Errorf("lost: %q", lost)
			}
			if lost := n.crossing(n.subnet(to), n.subnet(to), ephemeralAny, portRange{8080, 8080}); lost != "" {
				t.Errorf("within a subnet: %q", lost)
			}
		})
	}
}

func TestTheDNSFirewallDecidesFirst(t *testing.T) {
	t.Parallel()
	w := open(t, quiet)
	subnet := w.named(t, "private-a").ID
	if r := must(w.Reach(subnet, api))(t); !r.OK() {
		t.Fatalf("got %+v", r)
	}
	w.filters(t, 200, "BLOCK NODATA *.amazonaws.com")
	if r := must(w.Reach(subnet, api))(t); r.OK() || r.Answer != "NODATA" {
		t.Errorf("got %+v", r)
	}
}

func TestDescribesMayLagBehindTheNetwork(t *testing.T) {
	t.Parallel()
	w := open(t, quiet+"ecs {\n describe_lag = \"2s\"\n}")
	subnet := w.named(t, "private-a").ID
	swapTable(t, w)
	if n := len(w.RouteTables()); n != 5 {
		t.Errorf("%d route tables are shown at once", n)
	}
	eventually(t, "the new table is shown", func() bool { return len(w.RouteTables()) == 6 })
	if r := must(w.Reach(subnet, "nobody.example.com"))(t); r.OK() {
		t.Errorf("got %+v", r)
	}
}

func TestAddressesOfEndpointsLieInTheirSubnets(t *testing.T) {
	t.Parallel()
	w := open(t, quiet)
	for _, e := range w.VPCEndpoints() {
		for _, i := range e.Interfaces {
			for _, s := range w.Subnets() {
				if s.ID == i.SubnetID && !netip.MustParsePrefix(s.CIDR).Contains(netip.MustParseAddr(i.Address)) {
					t.Errorf("%s has %s in %s", e.Service, i.Address, s.CIDR)
				}
			}
		}
	}
}

package world

import (
	"maps"
	"slices"
	"time"
)

// NATGateways returns the NAT gateways, deleted ones included for an hour.
func (w *World) NATGateways() []NATGateway {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.shownNetwork().nats)
	for i := range all {
		all[i].Tags = maps.Clone(all[i].Tags)
	}
	return all
}

// CreateNATGateway begins to make a NAT gateway in a public subnet. The same token again makes no other.
// Codes: InvalidSubnetID.NotFound.
func (w *World) CreateNATGateway(subnetID, token string, tags map[string]string, dry bool) (made NATGateway, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		if err := n.isSubnet(subnetID); err != nil {
			return err
		}
		if i := slices.IndexFunc(n.nats, func(g NATGateway) bool { return g.ClientToken == token && token != "" }); i >= 0 {
			made = n.nats[i]
			return nil
		}
		made = w.newNAT(n.subnet(subnetID), token, copied(tags), time.Now())
		n.nats = append(n.nats, made)
		return nil
	})
	return made, err
}

// DeleteNATGateway begins to delete a NAT gateway; routes to it are blackholes from then on. Code: NatGatewayNotFound.
func (w *World) DeleteNATGateway(id string, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		g := n.nat(id)
		if g == nil {
			return refuse("NatGatewayNotFound", "The NAT gateway %s was not found", id)
		}
		if g.State == GatewayAvailable || g.State == GatewayPending {
			g.State, g.Deleted = GatewayDeleting, time.Now()
		}
		return nil
	})
}

// moveGateways moves NAT gateways whose time has come.
func (w *World) moveGateways(now time.Time) {
	settles := w.topology.Network.GatewaySettles.Std()
	n := &w.network
	for i := range n.nats {
		g := &n.nats[i]
		switch {
		case g.State == GatewayPending && now.Sub(g.Created) >= settles:
			g.State = GatewayAvailable
		case g.State == GatewayDeleting && now.Sub(g.Deleted) >= settles:
			g.State = GatewayDeleted
		}
	}
	n.nats = keep(n.nats, func(g NATGateway) bool { return g.State != GatewayDeleted || now.Sub(g.Deleted) < remembered })
}

// InternetGateways returns the internet gateways, those that are egress-only included.
func (w *World) InternetGateways() []InternetGateway {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.shownNetwork().gateways)
	for i := range all {
		all[i].Tags = maps.Clone(all[i].Tags)
	}
	return all
}

// VPCEndpoints returns the VPC endpoints.
func (w *World) VPCEndpoints() []VPCEndpoint {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.shownNetwork()
	all := make([]VPCEndpoint, len(n.endpoints))
	for i, e := range n.endpoints {
		all[i] = e.clone()
	}
	return all
}

func (e VPCEndpoint) clone() VPCEndpoint {
	e.RouteTables, e.Interfaces, e.Tags = slices.Clone(e.RouteTables), slices.Clone(e.Interfaces), maps.Clone(e.Tags)
	return e
}

// ModifyVPCEndpoint puts the routes of a gateway endpoint into tables and takes them out of others.
// Codes: InvalidVpcEndpointId.NotFound, InvalidRouteTableId.NotFound, InvalidParameter.
func (w *World) ModifyVPCEndpoint(id string, add, remove []string, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		i := slices.IndexFunc(n.endpoints, func(e VPCEndpoint) bool { return e.ID == id })
		switch {
		case i < 0:
			return refuse("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' does not exist", id)
		case n.endpoints[i].Type != GatewayEndpoint:
			return refuse("InvalidParameter", "Route tables may only be modified for gateway endpoints")
		}
		for _, table := range slices.Concat(add, remove) {
			if _, err := n.table(table); err != nil {
				return refuse("InvalidRouteTableId.NotFound", "The routeTable ID '%s' does not exist", table)
			}
		}
		for _, table := range add {
			n.enter(id, table)
		}
		for _, table := range remove {
			n.leave(id, table)
		}
		return nil
	})
}

// enter puts a gateway endpoint's route into a table, where it is not yet.
func (n *network) enter(endpoint, table string) {
	for i := range n.endpoints {
		e := &n.endpoints[i]
		if e.ID != endpoint || slices.Contains(e.RouteTables, table) {
			continue
		}
		t, err := n.table(table)
		if err != nil {
			panic("world: no such route table: " + table)
		}
		e.RouteTables = append(e.RouteTables, table)
		t.Routes = append(t.Routes, Route{PrefixList: e.PrefixList, Target: e.ID, State: RouteActive, Origin: "CreateRoute"})
	}
}

// leave takes a gateway endpoint's route out of a table, which may be gone itself.
func (n *network) leave(endpoint, table string) {
	for i := range n.endpoints {
		if e := &n.endpoints[i]; e.ID == endpoint {
			e.RouteTables = slices.DeleteFunc(e.RouteTables, func(id string) bool { return id == table })
		}
	}
	if t, err := n.table(table); err == nil {
		t.Routes = slices.DeleteFunc(t.Routes, func(r Route) bool { return r.Target == endpoint })
	}
}

// PrefixLists returns AWS's own prefix lists.
func (w *World) PrefixLists() []PrefixList {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.network.prefixLists)
	for i := range all {
		all[i].CIDRs = slices.Clone(all[i].CIDRs)
	}
	return all
}

// NetworkInterfaces returns every network interface: of instances, tasks, NAT gateways and endpoints.
func (w *World) NetworkInterfaces() []NetworkInterface {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.interfaces()
}

func (w *World) interfaces() []NetworkInterface {
	var all []NetworkInterface
	add := func(i NetworkInterface) {
		s := w.network.subnet(i.SubnetID)
		i.VPCID, i.Zone = s.VPCID, s.Zone
		if i.Type == "" {
			i.Type = "interface"
		}
		if i.Tags == nil {
			i.Tags = map[string]string{}
		}
		all = append(all, i)
	}
	for _, i := range w.instances {
		if i.State != Terminated {
			add(NetworkInterface{
				ID: "eni-" + i.ID[len("i-"):], SubnetID: i.SubnetID, PrivateIP: i.PrivateIP, InstanceID: i.ID,
				AttachmentID: "eni-attach-" + i.ID[len("i-"):],
			})
		}
	}
	for _, t := range w.tasks {
		if t.InterfaceID != "" && t.LastStatus != TaskStopped {
			add(NetworkInterface{
				ID: t.InterfaceID, SubnetID: t.SubnetID, PrivateIP: t.PrivateIP, Requester: "amazon-ecs", AttachmentID: "eni-attach-" + t.InterfaceID[len("eni-"):],
				Description: w.arn("ecs", "attachment/"+t.AttachmentID),
			})
		}
	}
	for _, g := range w.network.nats {
		if g.State != GatewayDeleted {
			add(NetworkInterface{
				ID: g.InterfaceID, SubnetID: g.SubnetID, PrivateIP: g.PrivateIP, PublicIP: g.PublicIP, Type: "nat_gateway",
				Requester: "amazon-aws", Description: "Interface for NAT Gateway " + g.ID,
			})
		}
	}
	for _, e := range w.network.endpoints {
		for _, i := range e.Interfaces {
			add(NetworkInterface{
				ID: i.ID, SubnetID: i.SubnetID, PrivateIP: i.Address, Type: "vpc_endpoint", Requester: "amazon-aws",
				Description: "VPC Endpoint Interface " + e.ID,
			})
		}
	}
	return all
}

// tagsOf are the tags of a part of the network, nil where there is none of that id.
func (n *network) tagsOf(id string) map[string]string {
	for _, t := range n.tables {
		if t.ID == id {
			return t.Tags
		}
	}
	for _, a := range n.acls {
		if a.ID == id {
			return a.Tags
		}
	}
	for _, g := range n.nats {
		if g.ID == id {
			return g.Tags
		}
	}
	for _, g := range n.gateways {
		if g.ID == id {
			return g.Tags
		}
	}
	for _, e := range n.endpoints {
		if e.ID == id {
			return e.Tags
		}
	}
	return nil
}

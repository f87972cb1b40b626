package world

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// RouteTables returns the route tables, the main one among them.
func (w *World) RouteTables() []RouteTable {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.shownNetwork()
	all := make([]RouteTable, len(n.tables))
	for i, t := range n.tables {
		all[i] = n.showTable(t)
	}
	return all
}

func (n *network) showTable(t RouteTable) RouteTable {
	t = t.clone()
	for i := range t.Routes {
		t.Routes[i].State = n.stateOf(t.Routes[i])
	}
	return t
}

func (t RouteTable) clone() RouteTable {
	t.Routes, t.Associations, t.Tags = slices.Clone(t.Routes), slices.Clone(t.Associations), maps.Clone(t.Tags)
	return t
}

// CreateRouteTable makes a table with nothing but the VPC's own routes. The same token again makes no other.
// Codes: InvalidVpcID.NotFound, IdempotentParameterMismatch.
func (w *World) CreateRouteTable(vpc, token string, tags map[string]string, dry bool) (made RouteTable, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		if err := w.isVPCOfEC2(vpc); err != nil {
			return err
		}
		if id, ok := n.tokens["table "+token]; ok && token != "" {
			t, err := n.table(id)
			if err != nil {
				return refuse("IdempotentParameterMismatch", "The client token '%s' has been used for a route table that is gone", token)
			}
			made = n.showTable(*t)
			return nil
		}
		t := w.newTable(copied(tags))
		n.tables = append(n.tables, t)
		n.tokens["table "+token] = t.ID
		made = t.clone()
		return nil
	})
	return made, err
}

// DeleteRouteTable removes a table that no subnet uses. Codes: InvalidRouteTableID.NotFound, DependencyViolation.
func (w *World) DeleteRouteTable(id string, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		t, err := n.table(id)
		if err != nil {
			return err
		}
		if len(t.Associations) > 0 {
			return refuse("DependencyViolation", "The routeTable '%s' has dependencies and cannot be deleted.", id)
		}
		n.tables = slices.DeleteFunc(n.tables, func(t RouteTable) bool { return t.ID == id })
		for i := range n.endpoints {
			n.leave(n.endpoints[i].ID, id)
		}
		return nil
	})
}

// CreateRoute adds a route. Codes: InvalidRouteTableID.NotFound, RouteAlreadyExists, InvalidParameterValue, and that of a target that
// does not exist.
func (w *World) CreateRoute(table string, r Route, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		t, err := n.table(table)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(t.Routes, r.sameDestination) {
			return refuse("RouteAlreadyExists", "The route identified by %s already exists.", r.Destination())
		}
		if err := w.mayRoute(n, r); err != nil {
			return err
		}
		r.State, r.Origin = RouteActive, "CreateRoute"
		t.Routes = append(t.Routes, r)
		return nil
	})
}

// ReplaceRoute gives a route another target. Codes: as CreateRoute, without RouteAlreadyExists.
func (w *World) ReplaceRoute(table string, r Route, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		t, err := n.table(table)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(t.Routes, r.sameDestination)
		if i < 0 {
			return refuse("InvalidParameterValue", "There is no route defined for '%s' in the route table. Use CreateRoute instead.", r.Destination())
		}
		if err := w.mayRoute(n, r); err != nil {
			return err
		}
		t.Routes[i].Target, t.Routes[i].State = r.Target, RouteActive
		return nil
	})
}

// DeleteRoute removes a route by its destination. Codes: InvalidRouteTableID.NotFound, InvalidRoute.NotFound, InvalidParameterValue.
func (w *World) DeleteRoute(table string, r Route, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		t, err := n.table(table)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(t.Routes, r.sameDestination)
		switch {
		case i < 0:
			return refuse("InvalidRoute.NotFound", "no route with destination-cidr-block %s in route table %s", r.Destination(), table)
		case t.Routes[i].Target == "local":
			return refuse("InvalidParameterValue", "cannot remove local route %s in route table %s", r.Destination(), table)
		case strings.HasPrefix(t.Routes[i].Target, "vpce-"):
			return refuse("InvalidParameterValue", "cannot remove VPC endpoint route %s in route table %s", r.Destination(), table)
		}
		t.Routes = slices.Delete(t.Routes, i, i+1)
		return nil
	})
}

// AssociateRouteTable gives a subnet a table of its own. Codes: InvalidRouteTableID.NotFound, InvalidSubnetID.NotFound,
// Resource.AlreadyAssociated.
func (w *World) AssociateRouteTable(table, subnet string, dry bool) (associationID string, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		t, err := n.table(table)
		if err != nil {
			return err
		}
		if err := n.isSubnet(subnet); err != nil {
			return err
		}
		for i := range n.tables {
			for _, a := range n.tables[i].Associations {
				switch {
				case a.Subnet != subnet:
				case n.tables[i].ID == table:
					associationID = a.ID
					return nil
				default:
					return refuse("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
				}
			}
		}
		associationID = w.ids.resource("rtbassoc-")
		t.Associations = append(t.Associations, RouteAssociation{ID: associationID, Subnet: subnet})
		return nil
	})
	return associationID, err
}

// DisassociateRouteTable leaves a subnet to the main table. Codes: InvalidAssociationID.NotFound, InvalidParameterValue for the main
// table's own association.
func (w *World) DisassociateRouteTable(associationID string, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		t, i, err := n.routeAssociation(associationID)
		if err != nil {
			return err
		}
		if t.Associations[i].Main() {
			return refuse("InvalidParameterValue", "cannot disassociate the main route table association %s", associationID)
		}
		t.Associations = slices.Delete(t.Associations, i, i+1)
		return nil
	})
}

// ReplaceRouteTableAssociation moves a subnet, or the part of main table, to another table, under a new id.
// Codes: InvalidAssociationID.NotFound, InvalidRouteTableID.NotFound.
func (w *World) ReplaceRouteTableAssociation(associationID, table string, dry bool) (newID string, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		from, i, err := n.routeAssociation(associationID)
		if err != nil {
			return err
		}
		to, err := n.table(table)
		if err != nil {
			return err
		}
		newID = w.ids.resource("rtbassoc-")
		moved := RouteAssociation{ID: newID, Subnet: from.Associations[i].Subnet}
		from.Associations = slices.Delete(from.Associations, i, i+1)
		to.Associations = append(to.Associations, moved)
		return nil
	})
	return newID, err
}

// mayRoute checks that a route's target exists and takes routes.
func (w *World) mayRoute(n *network, r Route) error {
	switch prefix, _, _ := strings.Cut(r.Target, "-"); prefix {
	case "nat":
		nat := n.nat(r.Target)
		if nat == nil || nat.State == GatewayDeleted {
			return refuse("InvalidNatGatewayID.NotFound", "The natGateway ID '%s' does not exist", r.Target)
		}
		if nat.State != GatewayAvailable {
			return refuse("InvalidNatGatewayID.NotFound", "The natGateway ID '%s' does not exist or is not available", r.Target)
		}
	case "igw", "eigw":
		if !slices.ContainsFunc(n.gateways, func(g InternetGateway) bool { return g.ID == r.Target }) {
			return refuse("InvalidGatewayID.NotFound", "The gateway ID '%s' does not exist", r.Target)
		}
	case "local":
		if !slices.Contains(n.cidrs, r.Destination()) {
			return refuse("InvalidParameterValue", "The destination '%s' is not a CIDR block of the VPC", r.Destination())
		}
	case "vpce":
		return refuse("InvalidParameterValue", "The routes of the VPC endpoint %s can only be changed by ModifyVpcEndpoint", r.Target)
	case "eni":
		if !slices.ContainsFunc(w.interfaces(), func(i NetworkInterface) bool { return i.ID == r.Target }) {
			return refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", r.Target)
		}
	case "i":
		if w.instanceByID(r.Target) == nil {
			return refuse("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", r.Target)
		}
	default:
		return refuse("InvalidParameterValue", "The lab has no targets like '%s'", r.Target)
	}
	return nil
}

func (r Route) sameDestination(other Route) bool { return r.Destination() == other.Destination() }

func (n *network) table(id string) (*RouteTable, error) {
	for i := range n.tables {
		if n.tables[i].ID == id {
			return &n.tables[i], nil
		}
	}
	return nil, refuse("InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", id)
}

func (n *network) routeAssociation(id string) (*RouteTable, int, error) {
	for i := range n.tables {
		if at := slices.IndexFunc(n.tables[i].Associations, func(a RouteAssociation) bool { return a.ID == id }); at >= 0 {
			return &n.tables[i], at, nil
		}
	}
	return nil, 0, refuse("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", id)
}

func (n *network) isSubnet(id string) error {
	if !slices.ContainsFunc(n.subnets, func(s *subnet) bool { return s.ID == id }) {
		return refuse("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
	}
	return nil
}

func (w *World) isVPCOfEC2(id string) error {
	if id != w.vpc.ID {
		return refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
	}
	return nil
}

// networkVersion is what the network looked like until a moment.
type networkVersion struct {
	until time.Time
	network
}

// changeNetwork lets do change the network: all of it or, where do returns an error or this is a rehearsal, nothing.
func (w *World) changeNetwork(dry bool, do func(*network) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, next := w.network, w.network.clone()
	if err := do(&next); err != nil || dry {
		return err
	}
	now, lag := time.Now(), w.topology.ECS.DescribeLag.Std()
	w.network = next
	w.formerly = slices.DeleteFunc(w.formerly, func(v networkVersion) bool { return now.Sub(v.until) >= lag })
	if lag > 0 {
		w.formerly = append(w.formerly, networkVersion{now, before})
	}
	w.sever()
	return nil
}

// shownNetwork is what describes show: the network as it is, or, where the topology asks for eventual consistency, as it was a lag ago.
func (w *World) shownNetwork() *network {
	lag := w.topology.ECS.DescribeLag.Std()
	for i := range w.formerly {
		if time.Since(w.formerly[i].until) < lag {
			return &w.formerly[i].network
		}
	}
	return &w.network
}

func (n *network) clone() network {
	c := *n
	c.tables, c.acls, c.nats = slices.Clone(n.tables), slices.Clone(n.acls), slices.Clone(n.nats)
	c.gateways, c.endpoints, c.tokens = slices.Clone(n.gateways), slices.Clone(n.endpoints), maps.Clone(n.tokens)
	for i := range c.tables {
		c.tables[i] = c.tables[i].clone()
	}
	for i := range c.acls {
		c.acls[i] = c.acls[i].clone()
	}
	for i := range c.nats {
		c.nats[i].Tags = maps.Clone(c.nats[i].Tags)
	}
	for i := range c.gateways {
		c.gateways[i].Tags = maps.Clone(c.gateways[i].Tags)
	}
	for i := range c.endpoints {
		c.endpoints[i] = c.endpoints[i].clone()
	}
	return c
}

package world

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// NetworkACLs returns the network ACLs, the default one among them.
func (w *World) NetworkACLs() []NetworkACL {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.shownNetwork()
	all := make([]NetworkACL, len(n.acls))
	for i, a := range n.acls {
		all[i] = a.clone()
	}
	return all
}

func (a NetworkACL) clone() NetworkACL {
	a.Entries, a.Associations, a.Tags = slices.Clone(a.Entries), slices.Clone(a.Associations), maps.Clone(a.Tags)
	return a
}

// CreateNetworkACL makes an ACL that lets nothing pass. The same token again makes no other.
// Codes: InvalidVpcID.NotFound, IdempotentParameterMismatch.
func (w *World) CreateNetworkACL(vpc, token string, tags map[string]string, dry bool) (made NetworkACL, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		if err := w.isVPCOfEC2(vpc); err != nil {
			return err
		}
		if id, ok := n.tokens["acl "+token]; ok && token != "" {
			a, err := n.acl(id)
			if err != nil {
				return refuse("IdempotentParameterMismatch", "The client token '%s' has been used for a network ACL that is gone", token)
			}
			made = a.clone()
			return nil
		}
		a := NetworkACL{ID: w.ids.resource("acl-"), VPCID: w.vpc.ID, Entries: w.refusals(), Tags: copied(tags)}
		n.acls = append(n.acls, a)
		n.tokens["acl "+token] = a.ID
		made = a.clone()
		return nil
	})
	return made, err
}

// DeleteNetworkACL removes an ACL that no subnet uses. Codes: InvalidNetworkAclID.NotFound, DependencyViolation, InvalidParameterValue.
func (w *World) DeleteNetworkACL(id string, dry bool) error {
	return w.changeNetwork(dry, func(n *network) error {
		a, err := n.acl(id)
		switch {
		case err != nil:
			return err
		case a.Default:
			return refuse("InvalidParameterValue", "cannot delete default network ACL %s", id)
		case len(a.Associations) > 0:
			return refuse("DependencyViolation", "The networkAcl '%s' has dependencies and cannot be deleted.", id)
		}
		n.acls = slices.DeleteFunc(n.acls, func(a NetworkACL) bool { return a.ID == id })
		return nil
	})
}

// CreateACLEntry adds a rule. Codes: InvalidNetworkAclID.NotFound, NetworkAclEntryAlreadyExists, InvalidParameterValue.
func (w *World) CreateACLEntry(acl string, e ACLEntry, dry bool) error {
	return w.changeEntries(acl, e, dry, func(a *NetworkACL, at int) error {
		if at >= 0 {
			return refuse("NetworkAclEntryAlreadyExists", "The network acl entry identified by %d already exists.", e.Number)
		}
		if err := e.check(); err != nil {
			return err
		}
		a.Entries = append(a.Entries, e)
		return nil
	})
}

// ReplaceACLEntry changes a rule. Codes: InvalidNetworkAclID.NotFound, InvalidNetworkAclEntry.NotFound, InvalidParameterValue.
func (w *World) ReplaceACLEntry(acl string, e ACLEntry, dry bool) error {
	return w.changeEntries(acl, e, dry, func(a *NetworkACL, at int) error {
		if at < 0 {
			return noEntry(e)
		}
		if err := e.check(); err != nil {
			return err
		}
		a.Entries[at] = e
		return nil
	})
}

// DeleteACLEntry removes a rule by its number and direction. Codes: InvalidNetworkAclID.NotFound, InvalidNetworkAclEntry.NotFound,
// InvalidParameterValue.
func (w *World) DeleteACLEntry(acl string, number int, egress, dry bool) error {
	e := ACLEntry{Number: number, Egress: egress}
	return w.changeEntries(acl, e, dry, func(a *NetworkACL, at int) error {
		if at < 0 {
			return noEntry(e)
		}
		a.Entries = slices.Delete(a.Entries, at, at+1)
		return nil
	})
}

// changeEntries lets do change the entries of an ACL, of which the one with e's number and direction is at, or -1.
func (w *World) changeEntries(acl string, e ACLEntry, dry bool, do func(a *NetworkACL, at int) error) error {
	return w.changeNetwork(dry, func(n *network) error {
		a, err := n.acl(acl)
		if err != nil {
			return err
		}
		if e.Number < 1 || e.Number > LastACLEntry {
			return refuse("InvalidParameterValue", "Invalid value '%d' for ruleNumber. Must be between 1 and %d.", e.Number, LastACLEntry)
		}
		if err := do(a, slices.IndexFunc(a.Entries, func(x ACLEntry) bool { return x.Number == e.Number && x.Egress == e.Egress })); err != nil {
			return err
		}
		sortEntries(a.Entries)
		return nil
	})
}

func noEntry(e ACLEntry) error {
	return refuse("InvalidNetworkAclEntry.NotFound", "The network acl entry identified by %d does not exist", e.Number)
}

func sortEntries(entries []ACLEntry) {
	slices.SortStableFunc(entries, func(a, b ACLEntry) int { return cmp.Compare(a.Number, b.Number) })
}

func (e ACLEntry) check() error {
	if (e.CIDR == "") == (e.CIDR6 == "") {
		return refuse("InvalidParameterCombination", "Either cidrBlock or ipv6CidrBlock must be specified")
	}
	p, err := netip.ParsePrefix(e.CIDR + e.CIDR6)
	if err != nil || p.Addr().Is4() != (e.CIDR != "") {
		return refuse("InvalidParameterValue", "CIDR block %s is malformed", e.CIDR+e.CIDR6)
	}
	if (e.Protocol == "6" || e.Protocol == "17") && (e.FromPort < 0 || e.ToPort > 65535 || e.FromPort > e.ToPort) {
		return refuse("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", e.FromPort, e.ToPort)
	}
	return nil
}

// ReplaceACLAssociation puts a subnet behind another ACL, under a new id of the association.
// Codes: InvalidAssociationID.NotFound, InvalidNetworkAclID.NotFound.
func (w *World) ReplaceACLAssociation(associationID, acl string, dry bool) (newID string, err error) {
	err = w.changeNetwork(dry, func(n *network) error {
		to, err := n.acl(acl)
		if err != nil {
			return err
		}
		for i := range n.acls {
			from := &n.acls[i]
			at := slices.IndexFunc(from.Associations, func(a ACLAssociation) bool { return a.ID == associationID })
			if at < 0 {
				continue
			}
			newID = w.ids.resource("aclassoc-")
			moved := ACLAssociation{ID: newID, Subnet: from.Associations[at].Subnet}
			from.Associations = slices.Delete(from.Associations, at, at+1)
			to.Associations = append(to.Associations, moved)
			return nil
		}
		return refuse("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", associationID)
	})
	return newID, err
}

func (n *network) acl(id string) (*NetworkACL, error) {
	for i := range n.acls {
		if n.acls[i].ID == id {
			return &n.acls[i], nil
		}
	}
	return nil, refuse("InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist", id)
}

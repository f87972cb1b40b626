package world

import (
	"slices"
	"time"
)

// AssociateRuleGroup has a VPC obey a rule group once the association is complete; the same request again makes no other.
// Codes: ResourceNotFoundException, ConflictException, ValidationException.
func (w *World) AssociateRuleGroup(a RuleGroupAssociation) (RuleGroupAssociation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, ok, err := again(w.firewall.associations, (*association).named, a.Name, a.RequestID)
	if err != nil {
		return RuleGroupAssociation{}, err
	}
	if ok {
		return have.show(), nil
	}
	if _, err := w.ruleGroup(a.RuleGroup); err != nil {
		return RuleGroupAssociation{}, err
	}
	if err := w.isVPC(a.VPC); err != nil {
		return RuleGroupAssociation{}, err
	}
	for _, other := range w.firewall.associations {
		if other.VPC == a.VPC && other.RuleGroup == a.RuleGroup {
			return RuleGroupAssociation{}, conflict("The rule group '%s' is already associated with the VPC '%s'", a.RuleGroup, a.VPC)
		}
	}
	if err := w.freePriority(a.VPC, a.Priority, nil); err != nil {
		return RuleGroupAssociation{}, err
	}
	a.Named = w.newNamed("firewall-rule-group-association", "rslvr-frgassoc-", a.Name, a.RequestID, a.Tags)
	a.Status = FirewallUpdating
	made := &association{RuleGroupAssociation: a, due: time.Now().Add(firewallSettles)}
	w.firewall.associations = append(w.firewall.associations, made)
	return made.show(), nil
}

// RuleGroupAssociations returns every association, those that are being deleted included.
func (w *World) RuleGroupAssociations() []RuleGroupAssociation {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]RuleGroupAssociation, len(w.firewall.associations))
	for i, a := range w.firewall.associations {
		all[i] = a.show()
	}
	return all
}

// UpdateRuleGroupAssociation changes name, priority or protection. A protected one takes no other change than to lose its protection.
// Codes: ResourceNotFoundException, ConflictException, ValidationException.
func (w *World) UpdateRuleGroupAssociation(id string, change func(*RuleGroupAssociation)) (RuleGroupAssociation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, err := w.settledAssociation(id)
	if err != nil {
		return RuleGroupAssociation{}, err
	}
	next := a.RuleGroupAssociation
	change(&next)
	if a.Protected && next.Protected {
		return RuleGroupAssociation{}, errProtected
	}
	if err := w.freePriority(a.VPC, next.Priority, a); err != nil {
		return RuleGroupAssociation{}, err
	}
	now := time.Now()
	a.Name, a.Priority, a.Protected, a.Modified = next.Name, next.Priority, next.Protected, now
	a.Status, a.due = FirewallUpdating, now.Add(firewallSettles)
	return a.show(), nil
}

// DisassociateRuleGroup begins to free a VPC from a rule group, which goes on to filter until the association is gone.
// Codes: ResourceNotFoundException, ConflictException, ValidationException where it is protected.
func (w *World) DisassociateRuleGroup(id string) (RuleGroupAssociation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, err := w.settledAssociation(id)
	if err != nil {
		return RuleGroupAssociation{}, err
	}
	if a.Protected {
		return RuleGroupAssociation{}, errProtected
	}
	now := time.Now()
	a.Status, a.due, a.Modified = FirewallDeleting, now.Add(firewallSettles), now
	return a.show(), nil
}

// FirewallFailsOpen says whether a VPC's queries are answered where the firewall fails. Code: ResourceNotFoundException.
func (w *World) FirewallFailsOpen(vpc string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.firewall.failOpen[vpc], w.isVPC(vpc)
}

// SetFirewallFailsOpen changes that. The lab's firewall never fails, so it has no effect. Code: ResourceNotFoundException.
func (w *World) SetFirewallFailsOpen(vpc string, open bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.isVPC(vpc); err != nil {
		return err
	}
	if w.firewall.failOpen == nil {
		w.firewall.failOpen = map[string]bool{}
	}
	w.firewall.failOpen[vpc] = open
	return nil
}

// errProtected is AWS's own sentence.
var errProtected = invalid("[RSLVR-02307] The DNS Firewall rule group association is under mutation protection. Remove the mutation protection and try again.")

// settledAssociation finds one that nothing is under way with.
func (w *World) settledAssociation(id string) (*association, error) {
	a, err := found(w.firewall.associations, (*association).named, "rule group association", id)
	if err == nil && a.Status != FirewallComplete {
		return nil, conflict("The rule group association '%s' has the status %s", id, a.Status)
	}
	return a, err
}

// freePriority checks that a VPC has room for an association there, other than except.
func (w *World) freePriority(vpc string, priority int, except *association) error {
	if priority <= 100 || priority >= 9900 {
		return invalid("The priority %d is not between 100 and 9900, both excluded", priority)
	}
	taken := func(a *association) bool { return a != except && a.VPC == vpc && a.Priority == priority }
	if slices.ContainsFunc(w.firewall.associations, taken) {
		return conflict("The VPC '%s' already has a rule group association of priority %d", vpc, priority)
	}
	return nil
}

func (w *World) isVPC(id string) error {
	if w.vpc.ID != id {
		return refuse("ResourceNotFoundException", "The VPC '%s' doesn't exist", id)
	}
	return nil
}

func (a *association) named() Named { return a.Named }

func (a *association) show() RuleGroupAssociation {
	v := a.RuleGroupAssociation
	v.Named = v.clone()
	return v
}

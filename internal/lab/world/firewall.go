package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// firewall is Route 53 Resolver's DNS Firewall: what the VPCs' resolvers refuse to answer.
//
//	VPC ◄─ association (priority) ─► rule group ─► rule (priority, action) ─► domain list
type firewall struct {
	lists        []*domainList
	groups       []*ruleGroup
	associations []*association
	failOpen     map[string]bool // by VPC
}

// The states of what the DNS Firewall keeps, by AWS's names.
const (
	FirewallComplete = "COMPLETE"
	FirewallUpdating = "UPDATING"
	FirewallDeleting = "DELETING"
)

// firewallSettles is how long a change takes until the resolvers act on it.
const firewallSettles = 200 * time.Millisecond

// Named is what a domain list, a rule group and an association have in common.
type Named struct {
	ID, ARN, Name     string
	RequestID         string // creatorRequestId: the same again makes nothing new
	Created, Modified time.Time
	Tags              map[string]string
}

func (n Named) clone() Named {
	n.Tags = maps.Clone(n.Tags)
	return n
}

// DomainList is a list of names that rules refer to.
type DomainList struct {
	Named
	Status  string   // FirewallComplete or FirewallUpdating
	Domains []string // in lower case and with a dot at the end: "*.npmjs.org."
}

// RuleGroup is a set of rules that can be associated with VPCs.
type RuleGroup struct {
	Named
	Rules []FirewallRule // by priority
}

// FirewallRule says what happens to queries for the names of a domain list.
type FirewallRule struct {
	Name, RequestID   string
	DomainList        string // id
	QueryType         string // "AAAA"; empty for all
	Priority          int    // unique in its rule group; the lowest goes first
	Action            string // "ALLOW", "ALERT", "BLOCK"
	Response          string // of BLOCK: "NODATA", "NXDOMAIN", "OVERRIDE"
	Override          string // of OVERRIDE: the name to go to instead
	OverrideTTL       int    // seconds
	Created, Modified time.Time
}

// RuleGroupAssociation has a VPC's resolver obey a rule group.
type RuleGroupAssociation struct {
	Named
	RuleGroup, VPC string // ids
	Priority       int    // unique in its VPC; the lowest goes first
	Protected      bool   // against change and removal
	Status         string // FirewallComplete, FirewallUpdating or FirewallDeleting
}

type domainList struct {
	DomainList
	next []string  // what the domains will be
	due  time.Time // when they are; zero where nothing is on its way
}

type ruleGroup struct{ RuleGroup }

type association struct {
	RuleGroupAssociation
	obeyed bool      // it has been complete before
	due    time.Time // when its status ends; zero where that is COMPLETE
}

// moveFirewall settles what is due.
func (w *World) moveFirewall(now time.Time) {
	due := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	for _, l := range w.firewall.lists {
		if due(l.due) {
			l.Domains, l.Status, l.due = l.next, FirewallComplete, time.Time{}
		}
	}
	w.firewall.associations = keep(w.firewall.associations, func(a *association) bool {
		return a.Status != FirewallDeleting || !due(a.due)
	})
	for _, a := range w.firewall.associations {
		if due(a.due) {
			a.Status, a.obeyed, a.due = FirewallComplete, true, time.Time{}
		}
	}
}

// newNamed is a new resource of the firewall.
func (w *World) newNamed(kind, prefix, name, request string, tags map[string]string) Named {
	id, now := prefix+w.ids.hex(prefix, 16), time.Now()
	if tags == nil {
		tags = map[string]string{}
	}
	return Named{
		ID: id, ARN: w.arn("route53resolver", kind+"/"+id), Name: name, RequestID: request,
		Created: now, Modified: now, Tags: maps.Clone(tags),
	}
}

// again finds what a repeated request has made before. Code: ValidationException where the requests differ.
func again[T any](items []T, of func(T) Named, name, request string) (found T, ok bool, err error) {
	i := slices.IndexFunc(items, func(item T) bool { return of(item).RequestID == request })
	switch {
	case i < 0:
		return found, false, nil
	case of(items[i]).Name != name:
		return found, false, invalid("The creator request ID '%s' has been used for another request", request)
	}
	return items[i], true, nil
}

// found is the item of that id. Code: ResourceNotFoundException.
func found[T any](items []T, of func(T) Named, what, id string) (T, error) {
	for _, item := range items {
		if of(item).ID == id {
			return item, nil
		}
	}
	var none T
	return none, refuse("ResourceNotFoundException", "The %s with the ID '%s' doesn't exist", what, id)
}

func invalid(format string, args ...any) *Error {
	return refuse("ValidationException", format, args...)
}
func conflict(format string, args ...any) *Error { return refuse("ConflictException", format, args...) }

// TagFirewall adds tags to a domain list, rule group or association by its ARN. Code: ResourceNotFoundException.
func (w *World) TagFirewall(arn string, tags map[string]string) error {
	return w.firewallTags(arn, func(have map[string]string) { maps.Copy(have, tags) })
}

// UntagFirewall removes tags by key. Code: ResourceNotFoundException.
func (w *World) UntagFirewall(arn string, keys []string) error {
	return w.firewallTags(arn, func(have map[string]string) {
		for _, key := range keys {
			delete(have, key)
		}
	})
}

// FirewallTags returns a resource's tags by its ARN. Code: ResourceNotFoundException.
func (w *World) FirewallTags(arn string) (tags map[string]string, err error) {
	err = w.firewallTags(arn, func(have map[string]string) { tags = maps.Clone(have) })
	return tags, err
}

func (w *World) firewallTags(arn string, do func(map[string]string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.firewallNamed() {
		if n.ARN == arn {
			do(n.Tags)
			return nil
		}
	}
	return refuse("ResourceNotFoundException", "The resource '%s' doesn't exist", arn)
}

func (w *World) firewallNamed() []Named {
	var all []Named
	for _, l := range w.firewall.lists {
		all = append(all, l.Named)
	}
	for _, g := range w.firewall.groups {
		all = append(all, g.Named)
	}
	for _, a := range w.firewall.associations {
		all = append(all, a.Named)
	}
	return all
}

func (w *World) tellFirewall(s Snapshot) {
	for _, l := range w.firewall.lists {
		s.tell("dns firewall domain list "+l.ID, l.Tags, "name", l.Name, "status", l.Status, "domains", listed(l.Domains, identity))
	}
	for _, g := range w.firewall.groups {
		s.tell("dns firewall rule group "+g.ID, g.Tags, "name", g.Name, "rules", listed(g.Rules, func(r FirewallRule) string {
			return fmt.Sprintf("%04d %s %s %s %s %s %s", r.Priority, r.Name, r.Action, r.Response, r.Override, r.DomainList, r.QueryType)
		}))
	}
	for _, a := range w.firewall.associations {
		s.tell("dns firewall of "+a.VPC+" by "+a.RuleGroup, a.Tags, "name", a.Name, "status", a.Status, "priority", a.Priority, "protected", a.Protected)
	}
	for vpc, open := range w.firewall.failOpen {
		if open {
			s.tell("dns firewall configuration of "+vpc, nil, "fail open", open)
		}
	}
}

func identity(s string) string { return s }

// byPriority sorts what goes in turn.
func byPriority[T any](items []T, priority func(T) int) []T {
	return slices.SortedFunc(slices.Values(items), func(a, b T) int { return cmp.Compare(priority(a), priority(b)) })
}

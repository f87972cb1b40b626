package world

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// CreateDomainList makes an empty list, or returns the one that the same request has made. Code: ValidationException.
func (w *World) CreateDomainList(name, request string, tags map[string]string) (DomainList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, ok, err := again(w.firewall.lists, (*domainList).named, name, request)
	if err != nil {
		return DomainList{}, err
	}
	if !ok {
		l = &domainList{DomainList: DomainList{Named: w.newNamed("firewall-domain-list", "rslvr-fdl-", name, request, tags), Status: FirewallComplete}}
		w.firewall.lists = append(w.firewall.lists, l)
	}
	return l.show(), nil
}

// DomainLists returns every domain list.
func (w *World) DomainLists() []DomainList {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]DomainList, len(w.firewall.lists))
	for i, l := range w.firewall.lists {
		all[i] = l.show()
	}
	return all
}

// DeleteDomainList removes a list that no rule refers to. Codes: ResourceNotFoundException, ConflictException.
func (w *World) DeleteDomainList(id string) (DomainList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := found(w.firewall.lists, (*domainList).named, "domain list", id)
	if err != nil {
		return DomainList{}, err
	}
	for _, g := range w.firewall.groups {
		if slices.ContainsFunc(g.Rules, func(r FirewallRule) bool { return r.DomainList == id }) {
			return DomainList{}, conflict("The domain list '%s' is used by a rule of the rule group '%s'", id, g.ID)
		}
	}
	w.firewall.lists = keep(w.firewall.lists, func(other *domainList) bool { return other != l })
	gone := l.show()
	gone.Status = FirewallDeleting
	return gone, nil
}

// The ways to change a domain list, by AWS's names.
const (
	DomainsAdd     = "ADD"
	DomainsRemove  = "REMOVE"
	DomainsReplace = "REPLACE"
)

// UpdateDomains changes a list's domains, which takes effect once its status is complete again.
// Codes: ResourceNotFoundException, ConflictException while a change is on its way, ValidationException.
func (w *World) UpdateDomains(id, operation string, domains []string) (DomainList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := found(w.firewall.lists, (*domainList).named, "domain list", id)
	if err != nil {
		return DomainList{}, err
	}
	if l.Status != FirewallComplete {
		return DomainList{}, conflict("The domain list '%s' is being updated", id)
	}
	var wanted []string
	for _, d := range domains {
		name, ok := canonical(d)
		if !ok {
			return DomainList{}, invalid("The domain '%s' is not valid", d)
		}
		wanted = append(wanted, name)
	}
	switch operation {
	case DomainsAdd:
		l.next = append(slices.Clone(l.Domains), wanted...)
	case DomainsRemove:
		l.next = slices.DeleteFunc(slices.Clone(l.Domains), func(d string) bool { return slices.Contains(wanted, d) })
	case DomainsReplace:
		l.next = wanted
	default:
		return DomainList{}, invalid("The operation '%s' is not valid", operation)
	}
	slices.Sort(l.next)
	l.next = slices.Compact(l.next)
	now := time.Now()
	l.Status, l.due, l.Modified = FirewallUpdating, now.Add(firewallSettles), now
	return l.show(), nil
}

// domainName is what AWS takes for a domain in a list.
var domainName = regexp.MustCompile(`^\*?[a-z0-9._-]*\.$`)

// canonical is a domain as lists keep it.
func canonical(domain string) (string, bool) {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if domain == "" || len(domain) > 255 || strings.Contains(domain, "..") || !domainName.MatchString(domain+".") {
		return "", false
	}
	return domain + ".", true
}

func (l *domainList) named() Named { return l.Named }

func (l *domainList) show() DomainList {
	v := l.DomainList
	v.Named, v.Domains = v.clone(), slices.Clone(v.Domains)
	return v
}

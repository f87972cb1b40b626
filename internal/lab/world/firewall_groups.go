package world

import (
	"slices"
	"time"
)

// CreateRuleGroup makes a group without rules, or returns the one that the same request has made. Code: ValidationException.
func (w *World) CreateRuleGroup(name, request string, tags map[string]string) (RuleGroup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, ok, err := again(w.firewall.groups, (*ruleGroup).named, name, request)
	if err != nil {
		return RuleGroup{}, err
	}
	if !ok {
		g = &ruleGroup{RuleGroup{Named: w.newNamed("firewall-rule-group", "rslvr-frg-", name, request, tags)}}
		w.firewall.groups = append(w.firewall.groups, g)
	}
	return g.show(), nil
}

// RuleGroups returns every rule group.
func (w *World) RuleGroups() []RuleGroup {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]RuleGroup, len(w.firewall.groups))
	for i, g := range w.firewall.groups {
		all[i] = g.show()
	}
	return all
}

// DeleteRuleGroup removes a group that has no rules and no VPCs. Codes: ResourceNotFoundException, ConflictException.
func (w *World) DeleteRuleGroup(id string) (RuleGroup, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.ruleGroup(id)
	if err != nil {
		return RuleGroup{}, err
	}
	if i := slices.IndexFunc(w.firewall.associations, func(a *association) bool { return a.RuleGroup == id }); i >= 0 {
		return RuleGroup{}, conflict("The rule group '%s' is associated with the VPC '%s'", id, w.firewall.associations[i].VPC)
	}
	if len(g.Rules) > 0 {
		return RuleGroup{}, conflict("The rule group '%s' has rules", id)
	}
	w.firewall.groups = keep(w.firewall.groups, func(other *ruleGroup) bool { return other != g })
	return g.show(), nil
}

// CreateRule adds a rule to a group, at once; the same request again adds nothing. Codes: ResourceNotFoundException, ValidationException.
func (w *World) CreateRule(group string, r FirewallRule) (FirewallRule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.ruleGroup(group)
	if err != nil {
		return FirewallRule{}, err
	}
	for _, have := range g.Rules {
		if have.RequestID == r.RequestID && have.Name == r.Name {
			return have, nil
		}
	}
	if g.rule(r.DomainList, r.QueryType) >= 0 {
		return FirewallRule{}, invalid("The rule group '%s' already has a rule for the domain list '%s'", group, r.DomainList)
	}
	r.Created = time.Now()
	if err := w.put(g, r, -1); err != nil {
		return FirewallRule{}, err
	}
	return g.Rules[g.rule(r.DomainList, r.QueryType)], nil
}

// UpdateRule changes the rule for a domain list and query type. Codes: ResourceNotFoundException, ValidationException.
func (w *World) UpdateRule(group, list, queryType string, change func(*FirewallRule)) (FirewallRule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, i, err := w.rule(group, list, queryType)
	if err != nil {
		return FirewallRule{}, err
	}
	r := g.Rules[i]
	change(&r)
	if err := w.put(g, r, i); err != nil {
		return FirewallRule{}, err
	}
	return g.Rules[g.rule(list, queryType)], nil
}

// DeleteRule removes the rule for a domain list and query type, at once. Code: ResourceNotFoundException.
func (w *World) DeleteRule(group, list, queryType string) (FirewallRule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, i, err := w.rule(group, list, queryType)
	if err != nil {
		return FirewallRule{}, err
	}
	r := g.Rules[i]
	g.Rules = slices.Delete(slices.Clone(g.Rules), i, i+1)
	g.Modified = time.Now()
	return r, nil
}

// put checks a rule and takes it into its group, in place of the one at i or as a new one where i is negative.
func (w *World) put(g *ruleGroup, r FirewallRule, i int) error {
	if _, err := found(w.firewall.lists, (*domainList).named, "domain list", r.DomainList); err != nil {
		return err
	}
	for n, other := range g.Rules {
		if n != i && other.Priority == r.Priority {
			return invalid("The rule group '%s' already has a rule of priority %d", g.ID, r.Priority)
		}
	}
	block, override := r.Action == "BLOCK", r.Response == "OVERRIDE"
	switch {
	case !slices.Contains([]string{"ALLOW", "ALERT", "BLOCK"}, r.Action):
		return invalid("The action '%s' is not valid", r.Action)
	case block && !slices.Contains([]string{"NODATA", "NXDOMAIN", "OVERRIDE"}, r.Response):
		return invalid("A rule with the action BLOCK needs a block response: NODATA, NXDOMAIN or OVERRIDE")
	case !block && r.Response != "":
		return invalid("A rule with the action %s has no block response", r.Action)
	case override && r.Override == "":
		return invalid("A rule with the block response OVERRIDE needs a block override domain, DNS type and TTL")
	case !override && r.Override != "":
		return invalid("Only a rule with the block response OVERRIDE has a block override domain")
	}
	r.Modified = time.Now()
	g.Modified = r.Modified
	rules := slices.Clone(g.Rules)
	if i < 0 {
		rules = append(rules, r)
	} else {
		rules[i] = r
	}
	g.Rules = byPriority(rules, func(r FirewallRule) int { return r.Priority })
	return nil
}

func (w *World) ruleGroup(id string) (*ruleGroup, error) {
	return found(w.firewall.groups, (*ruleGroup).named, "rule group", id)
}

func (w *World) rule(group, list, queryType string) (*ruleGroup, int, error) {
	g, err := w.ruleGroup(group)
	if err != nil {
		return nil, 0, err
	}
	i := g.rule(list, queryType)
	if i < 0 {
		return nil, 0, refuse("ResourceNotFoundException", "The rule group '%s' has no rule for the domain list '%s'", group, list)
	}
	return g, i, nil
}

func (g *ruleGroup) rule(list, queryType string) int {
	return slices.IndexFunc(g.Rules, func(r FirewallRule) bool {
		return r.DomainList == list && r.QueryType == queryType
	})
}

func (g *ruleGroup) named() Named { return g.Named }

func (g *ruleGroup) show() RuleGroup {
	v := g.RuleGroup
	v.Named, v.Rules = v.clone(), slices.Clone(v.Rules)
	return v
}

package world

import "strings"

// Ruling is what the DNS Firewall makes of a query.
type Ruling struct {
	Response  string // "NODATA", "NXDOMAIN", "OVERRIDE"; empty where the query is answered as if there were no firewall
	Override  string // of OVERRIDE: the name to go to instead
	Rule      string // the name of the rule that matched; empty where none did
	RuleGroup string // its id
	Alert     bool   // the rule asks for an alert
}

// Filter says how the resolver of a VPC treats a query for a name, of type "A", "AAAA" and so on. The first rule that matches
// decides, by the priority of its association and then its own.
func (w *World) Filter(vpc, name, queryType string) Ruling {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.filter(vpc, name, queryType)
}

func (w *World) filter(vpc, name, queryType string) Ruling {
	name = strings.ToLower(strings.TrimSuffix(name, ".")) + "."
	for _, a := range byPriority(w.firewall.associations, func(a *association) int { return a.Priority }) {
		if a.VPC != vpc || !a.obeyed {
			continue
		}
		g, err := w.ruleGroup(a.RuleGroup)
		if err != nil {
			panic("world: an association without its rule group: " + a.ID)
		}
		for _, r := range g.Rules {
			if (r.QueryType == "" || r.QueryType == queryType) && w.lists(r.DomainList, name) {
				return Ruling{Response: r.Response, Override: r.Override, Rule: r.Name, RuleGroup: g.ID, Alert: r.Action == "ALERT"}
			}
		}
	}
	return Ruling{}
}

// lists reports whether a domain list has a name: as it stands, or by its end where an entry begins with an asterisk.
func (w *World) lists(id, name string) bool {
	l, err := found(w.firewall.lists, (*domainList).named, "domain list", id)
	if err != nil {
		panic("world: a rule without its domain list: " + id)
	}
	for _, d := range l.Domains {
		end, anything := strings.CutPrefix(d, "*")
		if d == name || anything && (end == "." || strings.HasSuffix(name, end)) {
			return true
		}
	}
	return false
}

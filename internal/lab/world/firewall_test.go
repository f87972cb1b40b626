package world

import (
	"strings"
	"testing"
)

// filters makes a rule group out of rules, each "PRIORITY ACTION [RESPONSE] DOMAIN...", and associates it.
func (w *World) filters(t *testing.T, priority int, rules ...string) RuleGroupAssociation {
	t.Helper()
	name := strings.Join(rules, "; ")
	g := must(w.CreateRuleGroup(name, name, nil))(t)
	for i, spelt := range rules {
		words := strings.Fields(spelt)
		r := FirewallRule{Name: spelt, RequestID: spelt, Priority: i + 1, Action: words[0]}
		words = words[1:]
		if r.Action == "BLOCK" {
			r.Response, words = words[0], words[1:]
		}
		if r.Response == "OVERRIDE" {
			r.Override = "parked.example"
		}
		l := must(w.CreateDomainList(name+spelt, name+spelt, nil))(t)
		must(w.UpdateDomains(l.ID, DomainsAdd, words))(t)
		r.DomainList = l.ID
		must(w.CreateRule(g.ID, r))(t)
	}
	a := must(w.AssociateRuleGroup(RuleGroupAssociation{Named: Named{Name: name, RequestID: name}, RuleGroup: g.ID, VPC: w.VPCs()[0].ID, Priority: priority}))(t)
	eventually(t, "the firewall is settled", func() bool {
		for _, l := range w.DomainLists() {
			if l.Status != FirewallComplete {
				return false
			}
		}
		for _, a := range w.RuleGroupAssociations() {
			if a.Status != FirewallComplete {
				return false
			}
		}
		return true
	})
	return a
}

func TestTheFirewallMatchesNamesAsAWSDocuments(t *testing.T) {
	t.Parallel()
	w := open(t, `cluster "web" {}`)
	vpc := w.VPCs()[0].ID
	w.filters(t, 200, "ALLOW good.wild.example", "BLOCK NODATA exact.example *.wild.example", "ALERT watched.example",
		"BLOCK OVERRIDE moved.example", "BLOCK NXDOMAIN watched.example")
	w.filters(t, 300, "BLOCK NXDOMAIN *")
	for name, want := range map[string]string{
		"exact.example":        "NODATA",
		"EXACT.Example.":       "NODATA",
		"sub.exact.example":    "NXDOMAIN", // not by the first group
		"wild.example":         "NXDOMAIN", // *. means below it
		"a.wild.example":       "NODATA",
		"a.b.wild.example":     "NODATA",
		"notwild.example":      "NXDOMAIN",
		"good.wild.example":    "", // ALLOW ends the search, also in later groups
		"watched.example":      "", // and so does ALERT
		"moved.example":        "OVERRIDE",
		"anything.whatsoever.": "NXDOMAIN",
	} {
		if got := w.Filter(vpc, name, "A"); got.Response != want {
			t.Errorf("%s: want %q, got %+v", name, want, got)
		}
	}
	if got := w.Filter(vpc, "watched.example", "A"); !got.Alert || got.Rule == "" {
		t.Errorf("nobody is told: %+v", got)
	}
	if got := w.Filter(vpc, "moved.example", "A"); got.Override != "parked.example" {
		t.Errorf("got %+v", got)
	}
	if got := w.Filter("vpc-other", "exact.example", "A"); got != (Ruling{}) {
		t.Errorf("another VPC: %+v", got)
	}
}

func TestTheFirewallActsFromCompleteUntilGone(t *testing.T) {
	t.Parallel()
	w := open(t, `cluster "web" {}`)
	vpc := w.VPCs()[0].ID
	before := w.Snapshot()
	blocked := func() bool { return w.Filter(vpc, "a.example", "A").Response == "NXDOMAIN" }
	a := w.filters(t, 200, "BLOCK NXDOMAIN a.example")
	if !blocked() {
		t.Error("complete, and nothing is blocked")
	}
	must(w.UpdateRuleGroupAssociation(a.ID, func(a *RuleGroupAssociation) { a.Priority = 201 }))(t)
	if !blocked() {
		t.Error("a change of the priority lets names through")
	}
	eventually(t, "the change is complete", func() bool { return w.RuleGroupAssociations()[0].Status == FirewallComplete })
	if gone := must(w.DisassociateRuleGroup(a.ID))(t); gone.Status != FirewallDeleting {
		t.Errorf("got %+v", gone)
	}
	eventually(t, "nothing is blocked", func() bool { return !blocked() })
	list := w.DomainLists()[0].ID
	must(w.DeleteRule(a.RuleGroup, list, ""))(t)
	if len(before.Diff(w.Snapshot())) != 2 { // the group and the list
		t.Errorf("the snapshot tells %q", before.Diff(w.Snapshot()))
	}
	must(w.DeleteRuleGroup(a.RuleGroup))(t)
	must(w.DeleteDomainList(list))(t)
	if left := before.Diff(w.Snapshot()); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestABlockedNameIsOutOfReach(t *testing.T) {
	t.Parallel()
	w := open(t, `cluster "web" {}`)
	subnet := w.Subnets()[1].ID
	host := "sts." + w.Account().Region + ".amazonaws.com"
	look := func() Reach { return must(w.Reach(subnet, host))(t) }
	if r := look(); !r.OK() {
		t.Fatalf("out of reach before anything is blocked: %+v", r)
	}
	a := w.filters(t, 200, "BLOCK NXDOMAIN *.amazonaws.com")
	if r := look(); r.OK() || r.Answer != "NXDOMAIN" {
		t.Errorf("blocked, and yet %+v", r)
	}
	must(w.DisassociateRuleGroup(a.ID))(t)
	eventually(t, "it is within reach again", func() bool { return look().OK() })
}

func TestAQueryTypeConfinesARule(t *testing.T) {
	t.Parallel()
	w := open(t, `cluster "web" {}`)
	vpc := w.VPCs()[0].ID
	a := w.filters(t, 200, "BLOCK NODATA a.example")
	list := w.DomainLists()[0].ID
	must(w.DeleteRule(a.RuleGroup, list, ""))(t)
	must(w.CreateRule(a.RuleGroup, FirewallRule{
		Name: "six", RequestID: "six", DomainList: list, QueryType: "AAAA", Priority: 1, Action: "BLOCK", Response: "NODATA",
	}))(t)
	if w.Filter(vpc, "a.example", "A").Response != "" || w.Filter(vpc, "a.example", "AAAA").Response != "NODATA" {
		t.Error("the rule is not confined to AAAA")
	}
}

package thirdpartyoutage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// Undo returns once the VPC obeys the rule group no more, and nothing of it is left, by what is to be seen and not by what may
// have been done. Where there is nothing of the fault, it looks for long enough to be sure. An error may be of type *vpc.Changed.
func (f *Firewall) Undo(ctx context.Context, env *cloud.Env) error {
	client := resolver.NewFromConfig(env.AWS)
	var conflict *vpc.Changed
	quiet, acted := 0, false
	err := cloud.Wait(ctx, env, "the DNS Firewall of "+f.VPC+" to be as it was", func(ctx context.Context) (string, bool, error) {
		now, err := f.look(ctx, client, env.RunID)
		if err != nil {
			return "", false, err
		}
		if now.nothing() {
			quiet++
			return "nothing of the fault is to be seen", acted || quiet >= looks, nil
		}
		acted = true
		if tied, err := f.free(ctx, client, now); tied || err != nil {
			return "the VPC obeys it still", false, err
		}
		if conflict = f.conflict(now); conflict == nil {
			return "it is being taken down", false, takeDown(ctx, client, now)
		}
		return "somebody else has changed it", true, nil
	})
	if err == nil && conflict != nil {
		return conflict
	}
	return err
}

// free has the VPC obey the rule group no more, and reports whether it still does. What is on its way, to or fro, cannot be
// hurried, and what is protected is not touched.
func (f *Firewall) free(ctx context.Context, client *resolver.Client, now sight) (tied bool, err error) {
	for _, g := range now.groups {
		for _, a := range g.associations {
			if aws.ToString(a.VpcId) != f.VPC || a.MutationProtection == types.MutationProtectionStatusEnabled {
				continue
			}
			tied = true
			if a.Status != types.FirewallRuleGroupAssociationStatusComplete {
				continue
			}
			_, err := client.DisassociateFirewallRuleGroup(ctx, &resolver.DisassociateFirewallRuleGroupInput{FirewallRuleGroupAssociationId: a.Id})
			if err != nil && !gone(err) && !taken(err) {
				return tied, fmt.Errorf("free %s from rule group %s: %w", f.VPC, g.id, err)
			}
		}
	}
	return tied, nil
}

// takeDown deletes rule groups that nobody obeys, and domain lists.
func takeDown(ctx context.Context, client *resolver.Client, now sight) error {
	for _, g := range now.groups {
		for _, r := range g.rules {
			_, err := client.DeleteFirewallRule(ctx, &resolver.DeleteFirewallRuleInput{
				FirewallRuleGroupId: aws.String(g.id), FirewallDomainListId: r.FirewallDomainListId, Qtype: r.Qtype,
			})
			if err != nil && !gone(err) {
				return fmt.Errorf("delete the rule of %s: %w", g.id, err)
			}
		}
		if _, err := client.DeleteFirewallRuleGroup(ctx, &resolver.DeleteFirewallRuleGroupInput{FirewallRuleGroupId: aws.String(g.id)}); err != nil && !gone(err) {
			return fmt.Errorf("delete rule group %s: %w", g.id, err)
		}
	}
	for _, list := range now.lists {
		if _, err := client.DeleteFirewallDomainList(ctx, &resolver.DeleteFirewallDomainListInput{FirewallDomainListId: aws.String(list)}); err != nil && !gone(err) {
			return fmt.Errorf("delete domain list %s: %w", list, err)
		}
	}
	return nil
}

func gone(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}

// conflict is what somebody else has changed, nil if nothing: others obey the rule group, it has more rules, or nobody may take it away.
func (f *Firewall) conflict(now sight) *vpc.Changed {
	for _, g := range now.groups {
		what := "DNS Firewall rule group " + g.id
		var others []string
		for _, a := range g.associations {
			switch {
			case aws.ToString(a.VpcId) != f.VPC:
				others = append(others, aws.ToString(a.VpcId))
			case a.MutationProtection == types.MutationProtectionStatusEnabled:
				return &vpc.Changed{What: "the association of " + what + " with " + f.VPC, Was: "not there", Left: "open to changes", Is: "under mutation protection"}
			}
		}
		if len(others) > 0 {
			return &vpc.Changed{What: what, Was: "not there", Left: "for " + f.VPC + " alone", Is: "for " + strings.Join(others, ", ") + ", too"}
		}
		for _, r := range g.rules {
			if list := aws.ToString(r.FirewallDomainListId); len(now.lists) > 0 && !slices.Contains(now.lists, list) {
				return &vpc.Changed{What: what, Was: "not there", Left: "with one rule, for " + strings.Join(now.lists, ", "), Is: "with a rule for " + list + ", too"}
			}
		}
	}
	return nil
}

// ByHand are AWS CLI commands that undo the fault. Each finds what it is about by its name, and does nothing where there is nothing
// left to do, so that they may be pasted in any state.
func (f *Firewall) ByHand(region string) []string {
	aws := "aws route53resolver --region " + region + " "
	mine := fmt.Sprintf("[?starts_with(Name, '%s')].Id", f.prefix())
	tied := fmt.Sprintf(`%slist-firewall-rule-group-associations --vpc-id %s --output text --query "FirewallRuleGroupAssociations%s"`, aws, f.VPC, mine)
	groups := fmt.Sprintf(`%slist-firewall-rule-groups --output text --query "FirewallRuleGroups%s"`, aws, mine)
	lists := fmt.Sprintf(`%slist-firewall-domain-lists --output text --query "FirewallDomainLists%s"`, aws, mine)
	return []string{
		"# allow changes of what ties the VPC to the rule group, should somebody have protected that",
		tied + " | xargs -r -n1 " + aws + "update-firewall-rule-group-association --mutation-protection DISABLED --firewall-rule-group-association-id",
		"# free the VPC from the rule group, and wait until it is. A ConflictException says that AWS is at it still",
		"while " + tied + " | grep -q rslvr; do " + tied + " | xargs -r -n1 " + aws + "disassociate-firewall-rule-group --firewall-rule-group-association-id || sleep 5; done",
		"# delete the rule, the rule group and the domain list",
		groups + ` | xargs -r -I{} sh -c '` + aws + `list-firewall-rules --firewall-rule-group-id {} --output text --query "FirewallRules[].FirewallDomainListId" | xargs -r -n1 ` +
			aws + `delete-firewall-rule --firewall-rule-group-id {} --firewall-domain-list-id'`,
		groups + " | xargs -r -n1 " + aws + "delete-firewall-rule-group --firewall-rule-group-id",
		lists + " | xargs -r -n1 " + aws + "delete-firewall-domain-list --firewall-domain-list-id",
		"# it is done when this shows nothing",
		lists,
	}
}

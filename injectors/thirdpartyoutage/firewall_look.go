package thirdpartyoutage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// sight is what is to be seen of an outage.
type sight struct {
	groups []group
	lists  []string // ids
}

// group is a rule group, with what is in it and who obeys it.
type group struct {
	id           string
	rules        []types.FirewallRule
	associations []types.FirewallRuleGroupAssociation
}

func (n sight) nothing() bool { return len(n.groups) == 0 && len(n.lists) == 0 }

// look finds what this run has made.
func (f *Firewall) look(ctx context.Context, client *resolver.Client, run string) (sight, error) {
	var now sight
	lists, err := domainLists(ctx, client)
	if err != nil {
		return now, err
	}
	for _, l := range lists {
		if aws.ToString(l.Name) == *f.name(run) {
			now.lists = append(now.lists, aws.ToString(l.Id))
		}
	}
	groups, err := ruleGroups(ctx, client)
	if err != nil {
		return now, err
	}
	for _, g := range groups {
		if aws.ToString(g.Name) != *f.name(run) {
			continue
		}
		one := group{id: aws.ToString(g.Id)}
		if one.rules, err = rules(ctx, client, one.id); err != nil {
			return now, err
		}
		if one.associations, err = associations(ctx, client, &resolver.ListFirewallRuleGroupAssociationsInput{FirewallRuleGroupId: g.Id}); err != nil {
			return now, err
		}
		now.groups = append(now.groups, one)
	}
	return now, nil
}

// Lasts says that the VPC obeys the rule no more, "" while it does.
func (f *Firewall) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	now, err := f.look(ctx, resolver.NewFromConfig(env.AWS), env.RunID)
	if err != nil {
		return "", err
	}
	for _, g := range now.groups {
		obeyed := slices.ContainsFunc(g.associations, func(a types.FirewallRuleGroupAssociation) bool {
			return aws.ToString(a.VpcId) == f.VPC && a.Status != types.FirewallRuleGroupAssociationStatusDeleting
		})
		if obeyed && len(g.rules) > 0 {
			return "", nil
		}
	}
	return f.VPC + " has no rule any more that refuses " + f.whom(), nil
}

func domainLists(ctx context.Context, client *resolver.Client) ([]types.FirewallDomainListMetadata, error) {
	var all []types.FirewallDomainListMetadata
	pages := resolver.NewListFirewallDomainListsPaginator(client, &resolver.ListFirewallDomainListsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list DNS Firewall domain lists: %w", err)
		}
		all = append(all, page.FirewallDomainLists...)
	}
	return all, nil
}

func ruleGroups(ctx context.Context, client *resolver.Client) ([]types.FirewallRuleGroupMetadata, error) {
	var all []types.FirewallRuleGroupMetadata
	pages := resolver.NewListFirewallRuleGroupsPaginator(client, &resolver.ListFirewallRuleGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list DNS Firewall rule groups: %w", err)
		}
		all = append(all, page.FirewallRuleGroups...)
	}
	return all, nil
}

func rules(ctx context.Context, client *resolver.Client, group string) ([]types.FirewallRule, error) {
	var all []types.FirewallRule
	pages := resolver.NewListFirewallRulesPaginator(client, &resolver.ListFirewallRulesInput{FirewallRuleGroupId: aws.String(group)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the rules of %s: %w", group, err)
		}
		all = append(all, page.FirewallRules...)
	}
	return all, nil
}

func associations(ctx context.Context, client *resolver.Client, of *resolver.ListFirewallRuleGroupAssociationsInput) ([]types.FirewallRuleGroupAssociation, error) {
	var all []types.FirewallRuleGroupAssociation
	pages := resolver.NewListFirewallRuleGroupAssociationsPaginator(client, of)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list who obeys which DNS Firewall rule group: %w", err)
		}
		all = append(all, page.FirewallRuleGroupAssociations...)
	}
	return all, nil
}

// domains are the names in a domain list, without the dots at their ends, sorted.
func domains(ctx context.Context, client *resolver.Client, list string) ([]string, error) {
	var all []string
	pages := resolver.NewListFirewallDomainsPaginator(client, &resolver.ListFirewallDomainsInput{FirewallDomainListId: aws.String(list)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the domains of %s: %w", list, err)
		}
		for _, d := range page.Domains {
			all = append(all, strings.TrimSuffix(d, "."))
		}
	}
	slices.Sort(all)
	return all, nil
}

// findFirewalls finds what outages have left, by the run that they belong to. Both ends of the chain are looked at, because
// either may be all that was made.
func findFirewalls(ctx context.Context, env *cloud.Env) (map[string][]Firewall, error) {
	client := resolver.NewFromConfig(env.AWS)
	found := map[string][]Firewall{}
	add := func(arn *string, hosts []string) error {
		tags, err := tagsOf(ctx, client, arn)
		if err != nil || tags[vpc.KindTag] != name || tags[cloud.RunTag] == "" {
			return err
		}
		f := Firewall{VPC: tags[vpcTag], Key: tags[keyTag], Hosts: hosts}
		run := tags[cloud.RunTag]
		if !slices.ContainsFunc(found[run], func(other Firewall) bool { return other.Key == f.Key }) {
			found[run] = append(found[run], f)
		}
		return nil
	}
	lists, err := domainLists(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if !strings.HasPrefix(aws.ToString(l.Name), "gameday-") {
			continue
		}
		hosts, err := domains(ctx, client, aws.ToString(l.Id))
		if err != nil {
			return nil, err
		}
		if err := add(l.Arn, hosts); err != nil {
			return nil, err
		}
	}
	groups, err := ruleGroups(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if strings.HasPrefix(aws.ToString(g.Name), "gameday-") {
			if err := add(g.Arn, nil); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func tagsOf(ctx context.Context, client *resolver.Client, arn *string) (map[string]string, error) {
	tags := map[string]string{}
	pages := resolver.NewListTagsForResourcePaginator(client, &resolver.ListTagsForResourceInput{ResourceArn: arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the tags of %s: %w", aws.ToString(arn), err)
		}
		for _, t := range page.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return tags, nil
}

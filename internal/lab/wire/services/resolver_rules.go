package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	types "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/lab/world"
)

func (s resolverService) createFirewallRuleGroup(in *route53resolver.CreateFirewallRuleGroupInput) (*route53resolver.CreateFirewallRuleGroupOutput, error) {
	g, err := s.world.CreateRuleGroup(aws.ToString(in.Name), aws.ToString(in.CreatorRequestId), resolverTags(in.Tags))
	return &route53resolver.CreateFirewallRuleGroupOutput{FirewallRuleGroup: s.ruleGroup(g, world.FirewallComplete)}, err
}

func (s resolverService) getFirewallRuleGroup(in *route53resolver.GetFirewallRuleGroupInput) (*route53resolver.GetFirewallRuleGroupOutput, error) {
	g, err := oneOf(s.world.RuleGroups(), ruleGroupID, "rule group", in.FirewallRuleGroupId)
	return &route53resolver.GetFirewallRuleGroupOutput{FirewallRuleGroup: s.ruleGroup(g, world.FirewallComplete)}, err
}

func (s resolverService) listFirewallRuleGroups(in *route53resolver.ListFirewallRuleGroupsInput) (*route53resolver.ListFirewallRuleGroupsOutput, error) {
	page, next, err := cut(resolverPage(in.NextToken, in.MaxResults), s.world.RuleGroups(), ruleGroupID)
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListFirewallRuleGroupsOutput{NextToken: next, FirewallRuleGroups: []types.FirewallRuleGroupMetadata{}}
	for _, g := range page {
		out.FirewallRuleGroups = append(out.FirewallRuleGroups, types.FirewallRuleGroupMetadata{
			Arn: aws.String(g.ARN), CreatorRequestId: aws.String(g.RequestID), Id: aws.String(g.ID), Name: aws.String(g.Name),
			OwnerId: aws.String(s.world.Account().ID), ShareStatus: types.ShareStatusNotShared,
		})
	}
	return out, nil
}

func (s resolverService) deleteFirewallRuleGroup(in *route53resolver.DeleteFirewallRuleGroupInput) (*route53resolver.DeleteFirewallRuleGroupOutput, error) {
	g, err := s.world.DeleteRuleGroup(aws.ToString(in.FirewallRuleGroupId))
	return &route53resolver.DeleteFirewallRuleGroupOutput{FirewallRuleGroup: s.ruleGroup(g, world.FirewallDeleting)}, err
}

func ruleGroupID(g world.RuleGroup) string { return g.ID }

func (s resolverService) ruleGroup(g world.RuleGroup, status string) *types.FirewallRuleGroup {
	return &types.FirewallRuleGroup{
		Arn:              aws.String(g.ARN),
		CreationTime:     resolverTime(g.Created),
		CreatorRequestId: aws.String(g.RequestID),
		Id:               aws.String(g.ID),
		ModificationTime: resolverTime(g.Modified),
		Name:             aws.String(g.Name),
		OwnerId:          aws.String(s.world.Account().ID),
		RuleCount:        aws.Int32(int32(len(g.Rules))),
		ShareStatus:      types.ShareStatusNotShared,
		Status:           types.FirewallRuleGroupStatus(status),
		StatusMessage:    aws.String(""),
	}
}

func (s resolverService) createFirewallRule(in *route53resolver.CreateFirewallRuleInput) (*route53resolver.CreateFirewallRuleOutput, error) {
	err := only("ValidationException", in, "Action", "CreatorRequestId", "FirewallRuleGroupId", "Name", "Priority", "BlockOverrideDnsType",
		"BlockOverrideDomain", "BlockOverrideTtl", "BlockResponse", "FirewallDomainListId", "FirewallDomainRedirectionAction", "Qtype")
	if err != nil {
		return nil, err
	}
	r, err := s.world.CreateRule(aws.ToString(in.FirewallRuleGroupId), world.FirewallRule{
		Name: aws.ToString(in.Name), RequestID: aws.ToString(in.CreatorRequestId), DomainList: aws.ToString(in.FirewallDomainListId),
		QueryType: aws.ToString(in.Qtype), Priority: int(aws.ToInt32(in.Priority)), Action: string(in.Action),
		Response: string(in.BlockResponse), Override: aws.ToString(in.BlockOverrideDomain), OverrideTTL: int(aws.ToInt32(in.BlockOverrideTtl)),
	})
	return &route53resolver.CreateFirewallRuleOutput{FirewallRule: firewallRule(in.FirewallRuleGroupId, r)}, err
}

func (s resolverService) updateFirewallRule(in *route53resolver.UpdateFirewallRuleInput) (*route53resolver.UpdateFirewallRuleOutput, error) {
	change := func(r *world.FirewallRule) {
		set(&r.Name, in.Name)
		if in.Priority != nil {
			r.Priority = int(*in.Priority)
		}
		if in.Action != "" { // another action comes with its own response
			r.Action, r.Response, r.Override, r.OverrideTTL = string(in.Action), "", "", 0
		}
		if in.BlockResponse != "" {
			r.Response, r.Override, r.OverrideTTL = string(in.BlockResponse), "", 0
		}
		set(&r.Override, in.BlockOverrideDomain)
		if in.BlockOverrideTtl != nil {
			r.OverrideTTL = int(*in.BlockOverrideTtl)
		}
	}
	r, err := s.world.UpdateRule(aws.ToString(in.FirewallRuleGroupId), aws.ToString(in.FirewallDomainListId), aws.ToString(in.Qtype), change)
	return &route53resolver.UpdateFirewallRuleOutput{FirewallRule: firewallRule(in.FirewallRuleGroupId, r)}, err
}

// set takes over what is given.
func set[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

func (s resolverService) deleteFirewallRule(in *route53resolver.DeleteFirewallRuleInput) (*route53resolver.DeleteFirewallRuleOutput, error) {
	r, err := s.world.DeleteRule(aws.ToString(in.FirewallRuleGroupId), aws.ToString(in.FirewallDomainListId), aws.ToString(in.Qtype))
	return &route53resolver.DeleteFirewallRuleOutput{FirewallRule: firewallRule(in.FirewallRuleGroupId, r)}, err
}

func (s resolverService) listFirewallRules(in *route53resolver.ListFirewallRulesInput) (*route53resolver.ListFirewallRulesOutput, error) {
	g, err := oneOf(s.world.RuleGroups(), ruleGroupID, "rule group", in.FirewallRuleGroupId)
	if err != nil {
		return nil, err
	}
	rules := slices.DeleteFunc(g.Rules, func(r world.FirewallRule) bool {
		return in.Action != "" && string(in.Action) != r.Action || in.Priority != nil && int(*in.Priority) != r.Priority
	})
	page, next, err := cut(resolverPage(in.NextToken, in.MaxResults), rules, func(r world.FirewallRule) string { return r.DomainList + " " + r.QueryType })
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListFirewallRulesOutput{NextToken: next, FirewallRules: []types.FirewallRule{}}
	for _, r := range page {
		out.FirewallRules = append(out.FirewallRules, *firewallRule(in.FirewallRuleGroupId, r))
	}
	return out, nil
}

func firewallRule(group *string, r world.FirewallRule) *types.FirewallRule {
	out := &types.FirewallRule{
		Action:                          types.Action(r.Action),
		BlockResponse:                   types.BlockResponse(r.Response),
		CreationTime:                    resolverTime(r.Created),
		CreatorRequestId:                aws.String(r.RequestID),
		FirewallDomainListId:            aws.String(r.DomainList),
		FirewallDomainRedirectionAction: types.FirewallDomainRedirectionActionInspectRedirectionDomain,
		FirewallRuleGroupId:             group,
		ModificationTime:                resolverTime(r.Modified),
		Name:                            aws.String(r.Name),
		Priority:                        aws.Int32(int32(r.Priority)),
	}
	if r.QueryType != "" {
		out.Qtype = aws.String(r.QueryType)
	}
	if r.Override != "" {
		out.BlockOverrideDnsType = types.BlockOverrideDnsTypeCname
		out.BlockOverrideDomain, out.BlockOverrideTtl = aws.String(r.Override), aws.Int32(int32(r.OverrideTTL))
	}
	return out
}

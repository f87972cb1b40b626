package services

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	types "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

func (s resolverService) associateFirewallRuleGroup(in *route53resolver.AssociateFirewallRuleGroupInput) (*route53resolver.AssociateFirewallRuleGroupOutput, error) {
	a, err := s.world.AssociateRuleGroup(world.RuleGroupAssociation{
		Named:     world.Named{Name: aws.ToString(in.Name), RequestID: aws.ToString(in.CreatorRequestId), Tags: resolverTags(in.Tags)},
		RuleGroup: aws.ToString(in.FirewallRuleGroupId),
		VPC:       aws.ToString(in.VpcId),
		Priority:  int(aws.ToInt32(in.Priority)),
		Protected: in.MutationProtection == types.MutationProtectionStatusEnabled,
	})
	return &route53resolver.AssociateFirewallRuleGroupOutput{FirewallRuleGroupAssociation: ruleGroupAssociation(a)}, err
}

func (s resolverService) getFirewallRuleGroupAssociation(in *route53resolver.GetFirewallRuleGroupAssociationInput) (*route53resolver.GetFirewallRuleGroupAssociationOutput, error) {
	a, err := oneOf(s.world.RuleGroupAssociations(), associationID, "rule group association", in.FirewallRuleGroupAssociationId)
	return &route53resolver.GetFirewallRuleGroupAssociationOutput{FirewallRuleGroupAssociation: ruleGroupAssociation(a)}, err
}

func (s resolverService) listFirewallRuleGroupAssociations(in *route53resolver.ListFirewallRuleGroupAssociationsInput) (*route53resolver.ListFirewallRuleGroupAssociationsOutput, error) {
	wanted := slices.DeleteFunc(s.world.RuleGroupAssociations(), func(a world.RuleGroupAssociation) bool {
		return in.FirewallRuleGroupId != nil && *in.FirewallRuleGroupId != a.RuleGroup ||
			in.VpcId != nil && *in.VpcId != a.VPC ||
			in.Priority != nil && int(*in.Priority) != a.Priority ||
			in.Status != "" && string(in.Status) != a.Status
	})
	page, next, err := cut(resolverPage(in.NextToken, in.MaxResults), wanted, associationID)
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListFirewallRuleGroupAssociationsOutput{NextToken: next, FirewallRuleGroupAssociations: []types.FirewallRuleGroupAssociation{}}
	for _, a := range page {
		out.FirewallRuleGroupAssociations = append(out.FirewallRuleGroupAssociations, *ruleGroupAssociation(a))
	}
	return out, nil
}

func (s resolverService) updateFirewallRuleGroupAssociation(in *route53resolver.UpdateFirewallRuleGroupAssociationInput) (*route53resolver.UpdateFirewallRuleGroupAssociationOutput, error) {
	a, err := s.world.UpdateRuleGroupAssociation(aws.ToString(in.FirewallRuleGroupAssociationId), func(a *world.RuleGroupAssociation) {
		set(&a.Name, in.Name)
		if in.Priority != nil {
			a.Priority = int(*in.Priority)
		}
		if in.MutationProtection != "" {
			a.Protected = in.MutationProtection == types.MutationProtectionStatusEnabled
		}
	})
	return &route53resolver.UpdateFirewallRuleGroupAssociationOutput{FirewallRuleGroupAssociation: ruleGroupAssociation(a)}, err
}

func (s resolverService) disassociateFirewallRuleGroup(in *route53resolver.DisassociateFirewallRuleGroupInput) (*route53resolver.DisassociateFirewallRuleGroupOutput, error) {
	a, err := s.world.DisassociateRuleGroup(aws.ToString(in.FirewallRuleGroupAssociationId))
	return &route53resolver.DisassociateFirewallRuleGroupOutput{FirewallRuleGroupAssociation: ruleGroupAssociation(a)}, err
}

func associationID(a world.RuleGroupAssociation) string { return a.ID }

func ruleGroupAssociation(a world.RuleGroupAssociation) *types.FirewallRuleGroupAssociation {
	protection := types.MutationProtectionStatusDisabled
	if a.Protected {
		protection = types.MutationProtectionStatusEnabled
	}
	return &types.FirewallRuleGroupAssociation{
		Arn:                 aws.String(a.ARN),
		CreationTime:        resolverTime(a.Created),
		CreatorRequestId:    aws.String(a.RequestID),
		FirewallRuleGroupId: aws.String(a.RuleGroup),
		Id:                  aws.String(a.ID),
		ModificationTime:    resolverTime(a.Modified),
		MutationProtection:  protection,
		Name:                aws.String(a.Name),
		Priority:            aws.Int32(int32(a.Priority)),
		Status:              types.FirewallRuleGroupAssociationStatus(a.Status),
		StatusMessage:       aws.String(""),
		VpcId:               aws.String(a.VPC),
	}
}

func (s resolverService) getFirewallConfig(in *route53resolver.GetFirewallConfigInput) (*route53resolver.GetFirewallConfigOutput, error) {
	c, err := s.firewallConfig(aws.ToString(in.ResourceId))
	return &route53resolver.GetFirewallConfigOutput{FirewallConfig: c}, err
}

func (s resolverService) listFirewallConfigs(in *route53resolver.ListFirewallConfigsInput) (*route53resolver.ListFirewallConfigsOutput, error) {
	page := resolverPage(in.NextToken, in.MaxResults)
	page.usual, page.least, page.most = 10, 5, 10 // as this call has it
	vpcs, next, err := cut(page, s.world.VPCs(), func(v world.VPC) string { return v.ID })
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListFirewallConfigsOutput{NextToken: next, FirewallConfigs: []types.FirewallConfig{}}
	for _, v := range vpcs {
		c, err := s.firewallConfig(v.ID)
		if err != nil {
			return nil, err
		}
		out.FirewallConfigs = append(out.FirewallConfigs, *c)
	}
	return out, nil
}

func (s resolverService) updateFirewallConfig(in *route53resolver.UpdateFirewallConfigInput) (*route53resolver.UpdateFirewallConfigOutput, error) {
	if !slices.Contains(in.FirewallFailOpen.Values(), in.FirewallFailOpen) {
		return nil, protocol.Faultf("ValidationException", "FirewallFailOpen must be ENABLED or DISABLED")
	}
	if err := s.world.SetFirewallFailsOpen(aws.ToString(in.ResourceId), in.FirewallFailOpen == types.FirewallFailOpenStatusEnabled); err != nil {
		return nil, err
	}
	c, err := s.firewallConfig(aws.ToString(in.ResourceId))
	return &route53resolver.UpdateFirewallConfigOutput{FirewallConfig: c}, err
}

func (s resolverService) firewallConfig(vpc string) (*types.FirewallConfig, error) {
	open, err := s.world.FirewallFailsOpen(vpc)
	if err != nil {
		return nil, err
	}
	status := types.FirewallFailOpenStatusDisabled
	if open {
		status = types.FirewallFailOpenStatusEnabled
	}
	return &types.FirewallConfig{
		FirewallFailOpen: status,
		Id:               aws.String("rslvr-fc-" + strings.TrimPrefix(vpc, "vpc-0")),
		OwnerId:          aws.String(s.world.Account().ID),
		ResourceId:       aws.String(vpc),
	}, nil
}

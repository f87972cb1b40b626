package services

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	types "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/lab/world"
)

func (s resolverService) createFirewallDomainList(in *route53resolver.CreateFirewallDomainListInput) (*route53resolver.CreateFirewallDomainListOutput, error) {
	l, err := s.world.CreateDomainList(aws.ToString(in.Name), aws.ToString(in.CreatorRequestId), resolverTags(in.Tags))
	return &route53resolver.CreateFirewallDomainListOutput{FirewallDomainList: domainList(l)}, err
}

func (s resolverService) getFirewallDomainList(in *route53resolver.GetFirewallDomainListInput) (*route53resolver.GetFirewallDomainListOutput, error) {
	l, err := s.domainList(in.FirewallDomainListId)
	return &route53resolver.GetFirewallDomainListOutput{FirewallDomainList: domainList(l)}, err
}

func (s resolverService) listFirewallDomainLists(in *route53resolver.ListFirewallDomainListsInput) (*route53resolver.ListFirewallDomainListsOutput, error) {
	page, next, err := cut(resolverPage(in.NextToken, in.MaxResults), s.world.DomainLists(), domainListID)
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListFirewallDomainListsOutput{NextToken: next, FirewallDomainLists: []types.FirewallDomainListMetadata{}}
	for _, l := range page {
		out.FirewallDomainLists = append(out.FirewallDomainLists, types.FirewallDomainListMetadata{
			Arn: aws.String(l.ARN), CreatorRequestId: aws.String(l.RequestID), Id: aws.String(l.ID), Name: aws.String(l.Name),
		})
	}
	return out, nil
}

func (s resolverService) deleteFirewallDomainList(in *route53resolver.DeleteFirewallDomainListInput) (*route53resolver.DeleteFirewallDomainListOutput, error) {
	l, err := s.world.DeleteDomainList(aws.ToString(in.FirewallDomainListId))
	return &route53resolver.DeleteFirewallDomainListOutput{FirewallDomainList: domainList(l)}, err
}

func (s resolverService) updateFirewallDomains(in *route53resolver.UpdateFirewallDomainsInput) (*route53resolver.UpdateFirewallDomainsOutput, error) {
	l, err := s.world.UpdateDomains(aws.ToString(in.FirewallDomainListId), string(in.Operation), in.Domains)
	return &route53resolver.UpdateFirewallDomainsOutput{
		Id: aws.String(l.ID), Name: aws.String(l.Name), Status: types.FirewallDomainListStatus(l.Status), StatusMessage: aws.String(""),
	}, err
}

func (s resolverService) listFirewallDomains(in *route53resolver.ListFirewallDomainsInput) (*route53resolver.ListFirewallDomainsOutput, error) {
	l, err := s.domainList(in.FirewallDomainListId)
	if err != nil {
		return nil, err
	}
	page, next, err := cut(resolverPage(in.NextToken, in.MaxResults), l.Domains, func(d string) string { return d })
	return &route53resolver.ListFirewallDomainsOutput{NextToken: next, Domains: append([]string{}, page...)}, err
}

func (s resolverService) domainList(id *string) (world.DomainList, error) {
	return oneOf(s.world.DomainLists(), domainListID, "domain list", id)
}

func domainListID(l world.DomainList) string { return l.ID }

func domainList(l world.DomainList) *types.FirewallDomainList {
	return &types.FirewallDomainList{
		Arn:              aws.String(l.ARN),
		CreationTime:     resolverTime(l.Created),
		CreatorRequestId: aws.String(l.RequestID),
		DomainCount:      aws.Int32(int32(len(l.Domains))),
		Id:               aws.String(l.ID),
		ModificationTime: resolverTime(l.Modified),
		Name:             aws.String(l.Name),
		Status:           types.FirewallDomainListStatus(l.Status),
		StatusMessage:    aws.String(""),
	}
}

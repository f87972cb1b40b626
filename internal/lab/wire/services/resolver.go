package services

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	types "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// resolverService is Route 53 Resolver, as far as its DNS Firewall goes.
type resolverService struct{ world *world.World }

func newResolver(w *world.World) *Service {
	s := resolverService{w}
	return (&Service{
		Name:    "route53resolver",
		Version: "2018-04-01",
		JSON11:  protocol.NewPlainAWSJSON11().Failing("InternalServiceErrorException"),
		Shape:   "Route53Resolver",
	}).with(
		write(s.createFirewallDomainList),
		read(s.getFirewallDomainList),
		read(s.listFirewallDomainLists),
		write(s.deleteFirewallDomainList),
		write(s.updateFirewallDomains),
		read(s.listFirewallDomains),
		write(s.createFirewallRuleGroup),
		read(s.getFirewallRuleGroup),
		read(s.listFirewallRuleGroups),
		write(s.deleteFirewallRuleGroup),
		write(s.createFirewallRule),
		write(s.updateFirewallRule),
		write(s.deleteFirewallRule),
		read(s.listFirewallRules),
		write(s.associateFirewallRuleGroup),
		read(s.getFirewallRuleGroupAssociation),
		read(s.listFirewallRuleGroupAssociations),
		write(s.updateFirewallRuleGroupAssociation),
		write(s.disassociateFirewallRuleGroup),
		read(s.getFirewallConfig),
		read(s.listFirewallConfigs),
		write(s.updateFirewallConfig),
		write(s.tagResource),
		write(s.untagResource),
		read(s.listTagsForResource),
	)
}

// resolverTime is how the service writes times.
func resolverTime(t time.Time) *string {
	return aws.String(t.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func resolverTags(tags []types.Tag) map[string]string {
	all := make(map[string]string, len(tags))
	for _, t := range tags {
		all[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return all
}

func resolverPage(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 100, least: 1, most: 100, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("InvalidNextTokenException", "The NextToken is not valid")
		}
		return protocol.Faultf("ValidationException", "MaxResults must be between 1 and 100")
	}}
}

// oneOf finds the item of that id among the firewall's.
func oneOf[T any](items []T, id func(T) string, what string, want *string) (T, error) {
	if i := slices.IndexFunc(items, func(item T) bool { return id(item) == aws.ToString(want) }); i >= 0 {
		return items[i], nil
	}
	var none T
	return none, protocol.Faultf("ResourceNotFoundException", "The %s with the ID '%s' doesn't exist", what, aws.ToString(want))
}

func (s resolverService) tagResource(in *route53resolver.TagResourceInput) (*route53resolver.TagResourceOutput, error) {
	return &route53resolver.TagResourceOutput{}, s.world.TagFirewall(aws.ToString(in.ResourceArn), resolverTags(in.Tags))
}

func (s resolverService) untagResource(in *route53resolver.UntagResourceInput) (*route53resolver.UntagResourceOutput, error) {
	return &route53resolver.UntagResourceOutput{}, s.world.UntagFirewall(aws.ToString(in.ResourceArn), in.TagKeys)
}

func (s resolverService) listTagsForResource(in *route53resolver.ListTagsForResourceInput) (*route53resolver.ListTagsForResourceOutput, error) {
	tags, err := s.world.FirewallTags(aws.ToString(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	keys, next, err := cut(resolverPage(in.NextToken, in.MaxResults), sortedKeys(tags), func(key string) string { return key })
	if err != nil {
		return nil, err
	}
	out := &route53resolver.ListTagsForResourceOutput{NextToken: next, Tags: []types.Tag{}}
	for _, key := range keys {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out, nil
}

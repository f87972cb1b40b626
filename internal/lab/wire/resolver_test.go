package wire_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/internal/lab/wire"
)

// firewall is what a block of names takes, in the order in which it is made.
type firewall struct {
	client      *route53resolver.Client
	vpc         string
	list, group string
}

// block makes a domain list, a rule group and a rule that refuses the list's names.
func block(t *testing.T, cfg aws.Config, domains ...string) firewall {
	t.Helper()
	client := route53resolver.NewFromConfig(cfg)
	f := firewall{client: client, vpc: *must(ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil))(t).Vpcs[0].VpcId}
	f.list = *must(client.CreateFirewallDomainList(t.Context(), &route53resolver.CreateFirewallDomainListInput{
		Name: aws.String("registries"), CreatorRequestId: aws.String("list-1"),
	}))(t).FirewallDomainList.Id
	must(client.UpdateFirewallDomains(t.Context(), &route53resolver.UpdateFirewallDomainsInput{
		FirewallDomainListId: &f.list, Domains: domains, Operation: resolver.FirewallDomainUpdateOperationAdd,
	}))(t)
	f.group = *must(client.CreateFirewallRuleGroup(t.Context(), &route53resolver.CreateFirewallRuleGroupInput{
		Name: aws.String("outage"), CreatorRequestId: aws.String("group-1"), Tags: []resolver.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}},
	}))(t).FirewallRuleGroup.Id
	must(client.CreateFirewallRule(t.Context(), f.rule()))(t)
	return f
}

func (f firewall) rule() *route53resolver.CreateFirewallRuleInput {
	return &route53resolver.CreateFirewallRuleInput{
		Name: aws.String("refuse"), CreatorRequestId: aws.String("rule-1"), FirewallRuleGroupId: &f.group, FirewallDomainListId: &f.list,
		Priority: aws.Int32(100), Action: resolver.ActionBlock, BlockResponse: resolver.BlockResponseNxdomain,
	}
}

func (f firewall) association() *route53resolver.AssociateFirewallRuleGroupInput {
	return &route53resolver.AssociateFirewallRuleGroupInput{
		Name: aws.String("outage"), CreatorRequestId: aws.String("association-1"), FirewallRuleGroupId: &f.group, VpcId: &f.vpc, Priority: aws.Int32(101),
	}
}

// settled waits until an association is complete.
func (f firewall) settled(t *testing.T, id string) {
	t.Helper()
	await(t, "the association is complete", func() bool {
		out := must(f.client.GetFirewallRuleGroupAssociation(t.Context(), &route53resolver.GetFirewallRuleGroupAssociationInput{FirewallRuleGroupAssociationId: &id}))(t)
		return out.FirewallRuleGroupAssociation.Status == resolver.FirewallRuleGroupAssociationStatusComplete
	})
}

// await calls done again and again until it says so.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never happened: %s", what)
		}
	}
}

func TestABlockOfNamesComesAndGoes(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "registry.npmjs.org", "*.Example.com.")
	ctx := t.Context()
	await(t, "the domains are in the list", func() bool {
		l := must(f.client.GetFirewallDomainList(ctx, &route53resolver.GetFirewallDomainListInput{FirewallDomainListId: &f.list}))(t).FirewallDomainList
		return l.Status == resolver.FirewallDomainListStatusComplete && *l.DomainCount == 2
	})
	domains := must(f.client.ListFirewallDomains(ctx, &route53resolver.ListFirewallDomainsInput{FirewallDomainListId: &f.list}))(t).Domains
	if !slices.Equal(domains, []string{"*.example.com.", "registry.npmjs.org."}) {
		t.Errorf("got %q", domains)
	}
	made := must(f.client.AssociateFirewallRuleGroup(ctx, f.association()))(t).FirewallRuleGroupAssociation
	if made.Status != resolver.FirewallRuleGroupAssociationStatusUpdating || made.MutationProtection != resolver.MutationProtectionStatusDisabled {
		t.Errorf("got %+v", made)
	}
	f.settled(t, *made.Id)
	listed := must(f.client.ListFirewallRuleGroupAssociations(ctx, &route53resolver.ListFirewallRuleGroupAssociationsInput{VpcId: &f.vpc}))(t).FirewallRuleGroupAssociations
	if len(listed) != 1 || *listed[0].FirewallRuleGroupId != f.group || *listed[0].Priority != 101 {
		t.Errorf("got %+v", listed)
	}
	rules := must(f.client.ListFirewallRules(ctx, &route53resolver.ListFirewallRulesInput{FirewallRuleGroupId: &f.group}))(t).FirewallRules
	if len(rules) != 1 || rules[0].BlockResponse != resolver.BlockResponseNxdomain {
		t.Errorf("got %+v", rules)
	}

	_, err := f.client.DeleteFirewallRuleGroup(ctx, &route53resolver.DeleteFirewallRuleGroupInput{FirewallRuleGroupId: &f.group})
	wantCode(t, err, "ConflictException")
	must(f.client.DisassociateFirewallRuleGroup(ctx, &route53resolver.DisassociateFirewallRuleGroupInput{FirewallRuleGroupAssociationId: made.Id}))(t)
	await(t, "the association is gone", func() bool {
		return len(must(f.client.ListFirewallRuleGroupAssociations(ctx, nil))(t).FirewallRuleGroupAssociations) == 0
	})
	_, err = f.client.DeleteFirewallDomainList(ctx, &route53resolver.DeleteFirewallDomainListInput{FirewallDomainListId: &f.list})
	wantCode(t, err, "ConflictException")
	must(f.client.DeleteFirewallRule(ctx, &route53resolver.DeleteFirewallRuleInput{FirewallRuleGroupId: &f.group, FirewallDomainListId: &f.list}))(t)
	must(f.client.DeleteFirewallRuleGroup(ctx, &route53resolver.DeleteFirewallRuleGroupInput{FirewallRuleGroupId: &f.group}))(t)
	must(f.client.DeleteFirewallDomainList(ctx, &route53resolver.DeleteFirewallDomainListInput{FirewallDomainListId: &f.list}))(t)
	if left := must(f.client.ListFirewallRuleGroups(ctx, nil))(t).FirewallRuleGroups; len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if left := must(f.client.ListFirewallDomainLists(ctx, nil))(t).FirewallDomainLists; len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestTheSameFirewallRequestMakesNothingTwice(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "a.example")
	ctx := t.Context()
	first := must(f.client.AssociateFirewallRuleGroup(ctx, f.association()))(t).FirewallRuleGroupAssociation
	again := must(f.client.AssociateFirewallRuleGroup(ctx, f.association()))(t).FirewallRuleGroupAssociation
	must(f.client.CreateFirewallRule(ctx, f.rule()))(t)
	list := must(f.client.CreateFirewallDomainList(ctx, &route53resolver.CreateFirewallDomainListInput{
		Name: aws.String("registries"), CreatorRequestId: aws.String("list-1"),
	}))(t).FirewallDomainList
	group := must(f.client.CreateFirewallRuleGroup(ctx, &route53resolver.CreateFirewallRuleGroupInput{
		Name: aws.String("outage"), CreatorRequestId: aws.String("group-1"),
	}))(t).FirewallRuleGroup
	if *first.Id != *again.Id || *list.Id != f.list || *group.Id != f.group || *group.RuleCount != 1 {
		t.Errorf("something was made twice: %s %s, %s %s, %s %s, %d rules", *first.Id, *again.Id, *list.Id, f.list, *group.Id, f.group, *group.RuleCount)
	}
	_, err := f.client.CreateFirewallRuleGroup(ctx, &route53resolver.CreateFirewallRuleGroupInput{Name: aws.String("other"), CreatorRequestId: aws.String("group-1")})
	wantCode(t, err, "ValidationException")
}

func TestTheFirewallRefusesWhatAWSRefuses(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "a.example")
	ctx := t.Context()
	must(f.client.AssociateFirewallRuleGroup(ctx, f.association()))(t)
	associate := func(change func(*route53resolver.AssociateFirewallRuleGroupInput)) error {
		in := f.association()
		in.CreatorRequestId = aws.String("another")
		change(in)
		_, err := f.client.AssociateFirewallRuleGroup(ctx, in)
		return err
	}
	rule := func(change func(*route53resolver.CreateFirewallRuleInput)) error {
		in := f.rule()
		in.CreatorRequestId = aws.String("another")
		change(in)
		_, err := f.client.CreateFirewallRule(ctx, in)
		return err
	}
	second := *must(f.client.CreateFirewallRuleGroup(ctx, &route53resolver.CreateFirewallRuleGroupInput{
		Name: aws.String("second"), CreatorRequestId: aws.String("group-2"),
	}))(t).FirewallRuleGroup.Id
	domains := func(names ...string) error {
		_, err := f.client.UpdateFirewallDomains(ctx, &route53resolver.UpdateFirewallDomainsInput{
			FirewallDomainListId: &f.list, Domains: names, Operation: resolver.FirewallDomainUpdateOperationReplace,
		})
		return err
	}
	wantCode(t, domains("b.example"), "ConflictException") // the first change is still on its way
	await(t, "the list is complete", func() bool {
		l := must(f.client.GetFirewallDomainList(ctx, &route53resolver.GetFirewallDomainListInput{FirewallDomainListId: &f.list}))(t).FirewallDomainList
		return l.Status == resolver.FirewallDomainListStatusComplete
	})
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a group twice in a VPC":    {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) { in.Priority = aws.Int32(200) }), "ConflictException"},
		"a priority twice in a VPC": {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) { in.FirewallRuleGroupId = &second }), "ConflictException"},
		"a priority that is too low": {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) {
			in.FirewallRuleGroupId, in.Priority = &second, aws.Int32(100)
		}), "ValidationException"},
		"a priority that is too high": {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) {
			in.FirewallRuleGroupId, in.Priority = &second, aws.Int32(9900)
		}), "ValidationException"},
		"no such VPC": {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) {
			in.FirewallRuleGroupId, in.VpcId = &second, aws.String("vpc-0")
		}), "ResourceNotFoundException"},
		"no such group": {associate(func(in *route53resolver.AssociateFirewallRuleGroupInput) {
			in.FirewallRuleGroupId = aws.String("rslvr-frg-0")
		}), "ResourceNotFoundException"},
		"a list twice in a group":     {rule(func(in *route53resolver.CreateFirewallRuleInput) { in.Priority = aws.Int32(200) }), "ValidationException"},
		"a priority twice in a group": {rule(func(in *route53resolver.CreateFirewallRuleInput) { in.Qtype = aws.String("AAAA") }), "ValidationException"},
		"a block without a response": {rule(func(in *route53resolver.CreateFirewallRuleInput) {
			in.FirewallRuleGroupId, in.BlockResponse = &second, ""
		}), "ValidationException"},
		"an override without a name": {rule(func(in *route53resolver.CreateFirewallRuleInput) {
			in.FirewallRuleGroupId, in.BlockResponse = &second, resolver.BlockResponseOverride
		}), "ValidationException"},
		"no such list": {rule(func(in *route53resolver.CreateFirewallRuleInput) {
			in.FirewallRuleGroupId, in.FirewallDomainListId = &second, aws.String("rslvr-fdl-0")
		}), "ResourceNotFoundException"},
		"a domain with a star inside": {domains("a.*.example"), "ValidationException"},
		"a domain with a space":       {domains("a example"), "ValidationException"},
		"no domain":                   {domains(""), "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, c.err, c.want) })
	}
}

func TestAProtectedAssociationStays(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "a.example")
	ctx := t.Context()
	in := f.association()
	in.MutationProtection = resolver.MutationProtectionStatusEnabled
	id := must(f.client.AssociateFirewallRuleGroup(ctx, in))(t).FirewallRuleGroupAssociation.Id
	remove := func() error {
		_, err := f.client.DisassociateFirewallRuleGroup(ctx, &route53resolver.DisassociateFirewallRuleGroupInput{FirewallRuleGroupAssociationId: id})
		return err
	}
	wantCode(t, remove(), "ConflictException") // not before it is complete
	f.settled(t, *id)
	if got := wantCode(t, remove(), "ValidationException"); !strings.Contains(got, "mutation protection") {
		t.Errorf("got %q", got)
	}
	_, err := f.client.UpdateFirewallRuleGroupAssociation(ctx, &route53resolver.UpdateFirewallRuleGroupAssociationInput{
		FirewallRuleGroupAssociationId: id, Priority: aws.Int32(300),
	})
	wantCode(t, err, "ValidationException")
	must(f.client.UpdateFirewallRuleGroupAssociation(ctx, &route53resolver.UpdateFirewallRuleGroupAssociationInput{
		FirewallRuleGroupAssociationId: id, MutationProtection: resolver.MutationProtectionStatusDisabled,
	}))(t)
	f.settled(t, *id)
	if err := remove(); err != nil {
		t.Error(err)
	}
}

func TestTheFirewallsResourcesCarryTags(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "a.example")
	ctx := t.Context()
	arn := must(f.client.GetFirewallRuleGroup(ctx, &route53resolver.GetFirewallRuleGroupInput{FirewallRuleGroupId: &f.group}))(t).FirewallRuleGroup.Arn
	must(f.client.TagResource(ctx, &route53resolver.TagResourceInput{ResourceArn: arn, Tags: []resolver.Tag{{Key: aws.String("team"), Value: aws.String("news")}}}))(t)
	must(f.client.UntagResource(ctx, &route53resolver.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"gameday:run"}}))(t)
	tags := must(f.client.ListTagsForResource(ctx, &route53resolver.ListTagsForResourceInput{ResourceArn: arn}))(t).Tags
	if len(tags) != 1 || *tags[0].Key != "team" || *tags[0].Value != "news" {
		t.Errorf("got %+v", tags)
	}
	_, err := f.client.ListTagsForResource(ctx, &route53resolver.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:route53resolver:eu-west-1:123456789012:firewall-rule-group/none")})
	wantCode(t, err, "ResourceNotFoundException")
}

func TestTheFirewallFailsClosedUnlessToldOtherwise(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	f := block(t, cfg, "a.example")
	config := func() resolver.FirewallFailOpenStatus {
		return must(f.client.GetFirewallConfig(t.Context(), &route53resolver.GetFirewallConfigInput{ResourceId: &f.vpc}))(t).FirewallConfig.FirewallFailOpen
	}
	if got := config(); got != resolver.FirewallFailOpenStatusDisabled {
		t.Errorf("got %s", got)
	}
	must(f.client.UpdateFirewallConfig(t.Context(), &route53resolver.UpdateFirewallConfigInput{
		ResourceId: &f.vpc, FirewallFailOpen: resolver.FirewallFailOpenStatusEnabled,
	}))(t)
	if got := config(); got != resolver.FirewallFailOpenStatusEnabled {
		t.Errorf("got %s", got)
	}
	_, err := f.client.GetFirewallConfig(t.Context(), &route53resolver.GetFirewallConfigInput{ResourceId: aws.String("vpc-0")})
	wantCode(t, err, "ResourceNotFoundException")
}

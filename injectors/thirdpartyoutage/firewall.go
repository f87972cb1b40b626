package thirdpartyoutage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// Firewall has the resolver of a VPC refuse some names. It is data, and survives JSON.
//
//	VPC ◄─ association ─ rule group ─ rule ─► domain list
//
// All of it is the run's own, known by a name that is settled before anything is made, and by tags.
type Firewall struct {
	VPC      string
	Hosts    []string
	Response string
	Key      string // tells several outages of a run in the same VPC apart
}

// newFirewall plans to refuse names.
func newFirewall(id string, hosts []string, response string) *Firewall {
	return &Firewall{VPC: id, Hosts: hosts, Response: response, Key: digest(append([]string{id, response}, hosts...)...)}
}

// digest is a short word for some others.
func digest(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\n")))
	return hex.EncodeToString(sum[:6])
}

// The tags of what is made, besides cloud.RunTag and vpc.KindTag.
const (
	vpcTag = "gameday:vpc"
	keyTag = "gameday:key"
)

// prefix begins the name of everything that any run makes for this outage.
func (f *Firewall) prefix() string { return "gameday-" + f.Key + "-" }

// name is what everything is called that this run makes, and the id of the requests that make it.
func (f *Firewall) name(run string) *string { return aws.String(f.prefix() + digest(run)) }

func (f *Firewall) tags(run string) []types.Tag {
	return []types.Tag{
		{Key: aws.String(cloud.RunTag), Value: aws.String(run)},
		{Key: aws.String(vpc.KindTag), Value: aws.String(name)},
		{Key: aws.String(vpcTag), Value: aws.String(f.VPC)},
		{Key: aws.String(keyTag), Value: aws.String(f.Key)},
	}
}

// whom names the hosts.
func (f *Firewall) whom() string { return cmp.Or(strings.Join(f.Hosts, ", "), "some names") }

// Permissions are the IAM actions of Do, Undo and Insure.
func (f *Firewall) Permissions() []string {
	return []string{
		"ec2:DescribeVpcs", // Resolver calls it to associate
		"route53resolver:AssociateFirewallRuleGroup",
		"route53resolver:CreateFirewallDomainList",
		"route53resolver:CreateFirewallRule",
		"route53resolver:CreateFirewallRuleGroup",
		"route53resolver:DeleteFirewallDomainList",
		"route53resolver:DeleteFirewallRule",
		"route53resolver:DeleteFirewallRuleGroup",
		"route53resolver:DisassociateFirewallRuleGroup",
		"route53resolver:GetFirewallDomainList",
		"route53resolver:ListFirewallDomainLists",
		"route53resolver:ListFirewallDomains",
		"route53resolver:ListFirewallRuleGroupAssociations",
		"route53resolver:ListFirewallRuleGroups",
		"route53resolver:ListFirewallRules",
		"route53resolver:TagResource",
		"route53resolver:UpdateFirewallDomains",
	}
}

// Do returns once the association is complete.
func (f *Firewall) Do(ctx context.Context, env *cloud.Env) error {
	client := resolver.NewFromConfig(env.AWS)
	group, _, err := f.prepare(ctx, env, client)
	if err != nil {
		return err
	}
	asked := 0
	var refusal error
	err = cloud.Await(ctx, env, 0, "the DNS Firewall of "+f.VPC+" to refuse "+f.whom(), func(ctx context.Context) (string, bool, error) {
		all, err := associations(ctx, client, &resolver.ListFirewallRuleGroupAssociationsInput{VpcId: aws.String(f.VPC)})
		if err != nil {
			return "", false, err
		}
		at := slices.IndexFunc(all, func(a types.FirewallRuleGroupAssociation) bool { return aws.ToString(a.FirewallRuleGroupId) == group })
		if at >= 0 {
			return string(all[at].Status), all[at].Status == types.FirewallRuleGroupAssociationStatusComplete, nil
		}
		if asked == looks {
			return "", false, refusal
		}
		asked++
		_, refusal = client.AssociateFirewallRuleGroup(ctx, &resolver.AssociateFirewallRuleGroupInput{
			CreatorRequestId: f.name(env.RunID), Name: f.name(env.RunID), FirewallRuleGroupId: aws.String(group), VpcId: aws.String(f.VPC),
			Priority: aws.Int32(free(all)), Tags: f.tags(env.RunID),
		})
		if refusal != nil && !taken(refusal) {
			return "", false, fmt.Errorf("associate rule group %s with %s: %w", group, f.VPC, refusal)
		}
		return "not associated yet", false, nil // where the priority was taken a moment ago, the next look says so
	})
	return err
}

// looks is how often to look before believing that nothing is there.
const looks = 8

// taken reports whether somebody else was quicker.
func taken(err error) bool {
	var conflict *types.ConflictException
	return errors.As(err, &conflict)
}

// lowest is the first priority that a VPC's associations may have.
const lowest = 101

// free is the lowest priority that none of a VPC's associations has: the lower, the earlier it is asked.
func free(all []types.FirewallRuleGroupAssociation) int32 {
	for p := int32(lowest); ; p++ {
		if !slices.ContainsFunc(all, func(a types.FirewallRuleGroupAssociation) bool { return aws.ToInt32(a.Priority) == p }) {
			return p
		}
	}
}

// prepare makes the domain list, the rule group and its rule, and returns the ids of the former two. Nobody obeys it yet.
func (f *Firewall) prepare(ctx context.Context, env *cloud.Env, client *resolver.Client) (group, list string, err error) {
	now, err := f.look(ctx, client, env.RunID)
	if err != nil {
		return "", "", err
	}
	if len(now.lists) > 0 {
		list = now.lists[0]
	} else {
		out, err := client.CreateFirewallDomainList(ctx, &resolver.CreateFirewallDomainListInput{
			CreatorRequestId: f.name(env.RunID), Name: f.name(env.RunID), Tags: f.tags(env.RunID),
		})
		if err != nil {
			return "", "", fmt.Errorf("make a domain list: %w", err)
		}
		list = aws.ToString(out.FirewallDomainList.Id)
	}
	if err := f.fill(ctx, env, client, list); err != nil {
		return "", "", fmt.Errorf("put %s into domain list %s: %w", f.whom(), list, err)
	}
	if len(now.groups) > 0 {
		group = now.groups[0].id
	} else {
		out, err := client.CreateFirewallRuleGroup(ctx, &resolver.CreateFirewallRuleGroupInput{
			CreatorRequestId: f.name(env.RunID), Name: f.name(env.RunID), Tags: f.tags(env.RunID),
		})
		if err != nil {
			return "", "", fmt.Errorf("make a rule group: %w", err)
		}
		group = aws.ToString(out.FirewallRuleGroup.Id)
	}
	if len(now.groups) > 0 && len(now.groups[0].rules) > 0 {
		return group, list, nil
	}
	_, err = client.CreateFirewallRule(ctx, &resolver.CreateFirewallRuleInput{
		CreatorRequestId: f.name(env.RunID), Name: f.name(env.RunID), FirewallRuleGroupId: aws.String(group), FirewallDomainListId: aws.String(list),
		Priority: aws.Int32(1), Action: types.ActionBlock, BlockResponse: types.BlockResponse(f.Response),
	})
	if err != nil {
		return "", "", fmt.Errorf("make a rule in %s: %w", group, err)
	}
	return group, list, nil
}

// fill returns once the domain list has the hosts.
func (f *Firewall) fill(ctx context.Context, env *cloud.Env, client *resolver.Client, list string) error {
	have, err := domains(ctx, client, list)
	if err != nil {
		return err
	}
	if !slices.Equal(have, f.Hosts) {
		_, err := client.UpdateFirewallDomains(ctx, &resolver.UpdateFirewallDomainsInput{
			FirewallDomainListId: aws.String(list), Operation: types.FirewallDomainUpdateOperationReplace, Domains: f.Hosts,
		})
		if err != nil && !taken(err) {
			return err
		}
	}
	return cloud.Await(ctx, env, 0, "the domain list "+list, func(ctx context.Context) (string, bool, error) {
		out, err := client.GetFirewallDomainList(ctx, &resolver.GetFirewallDomainListInput{FirewallDomainListId: aws.String(list)})
		if err != nil {
			return "", false, err
		}
		if out.FirewallDomainList.Status != types.FirewallDomainListStatusComplete {
			return fmt.Sprintf("%s %s", out.FirewallDomainList.Status, aws.ToString(out.FirewallDomainList.StatusMessage)), false, nil
		}
		have, err := domains(ctx, client, list)
		return "it has " + strings.Join(have, ", "), slices.Equal(have, f.Hosts), err
	})
}

// Insure gets everything ready but the association, and returns the call that removes the rule.
func (f *Firewall) Insure(ctx context.Context, env *cloud.Env) ([]cloud.Call, error) {
	group, list, err := f.prepare(ctx, env, resolver.NewFromConfig(env.AWS))
	if err != nil {
		return nil, err
	}
	return []cloud.Call{{Service: "route53resolver", Action: "DeleteFirewallRule", Input: map[string]any{
		"FirewallRuleGroupId": group, "FirewallDomainListId": list,
	}}}, nil
}

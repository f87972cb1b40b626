package thirdpartyoutage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// runner warns where gameday is hit itself.
func runner(here []vpc.Interface) []string {
	var all []string
	for _, i := range here {
		all = append(all, fmt.Sprintf("gameday itself seems to run in %s (%s is an address of this machine), and loses the third party, too", i.Subnet, i.Address))
	}
	return all
}

// resolution warns of what DNS Firewall does more, and less, than one might think.
func (o *ThirdPartyOutage) resolution(ctx context.Context, env *cloud.Env, steps []injectors.Step) ([]string, error) {
	all := []string{
		"answers that are cached already outlive this, for as long as their TTL says, and some programs keep them for ever; so do open connections",
		"who reaches the third party by address, or asks another resolver than the VPC's own (DNS over HTTPS, servers named by DHCP options), is not hit",
		"names that are aliases (CNAME) of what is refused are refused, too",
	}
	for _, name := range o.names() {
		if strings.HasSuffix(name, "amazonaws.com") {
			all = append(all, fmt.Sprintf("%s is AWS itself: agents, image pulls and gameday in this VPC may depend on it, through endpoints or not", name))
		}
	}
	client := resolver.NewFromConfig(env.AWS)
	for _, s := range steps {
		step, ok := s.(*Step)
		if !ok {
			continue
		}
		more, err := surroundings(ctx, client, step.Firewall.VPC)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// surroundings warns of how a VPC's firewall is set up.
func surroundings(ctx context.Context, client *resolver.Client, id string) ([]string, error) {
	var all []string
	config, err := client.GetFirewallConfig(ctx, &resolver.GetFirewallConfigInput{ResourceId: aws.String(id)})
	if err != nil {
		return nil, fmt.Errorf("look how the DNS Firewall of %s is set up: %w", id, err)
	}
	if config.FirewallConfig != nil && config.FirewallConfig.FirewallFailOpen == types.FirewallFailOpenStatusEnabled {
		all = append(all, fmt.Sprintf("the DNS Firewall of %s fails open: where it cannot decide in time, names are found after all", id))
	}
	existing, err := associations(ctx, client, &resolver.ListFirewallRuleGroupAssociationsInput{VpcId: aws.String(id)})
	if err != nil {
		return nil, err
	}
	var earlier []string
	for _, a := range existing {
		if aws.ToInt32(a.Priority) < free(existing) {
			earlier = append(earlier, aws.ToString(a.FirewallRuleGroupId))
		}
	}
	if len(earlier) > 0 {
		slices.Sort(earlier)
		all = append(all, fmt.Sprintf("%s obeys %s first: what is allowed there is not refused", id, strings.Join(earlier, ", ")))
	}
	return all, nil
}

// addresses warns of what a network ACL does more, and less, than one might think.
func (o *ThirdPartyOutage) addresses(n *vpc.Network, r *vpc.Residents, hit []vpc.Subnet) []string {
	all := []string{"addresses change hands: a third party may have others by now, and others may live at these"}
	all = append(all, r.Strayed(n, hit, "still reaches them", "still reach them")...)
	for _, v := range n.VPCs {
		for _, p := range o.ranges() {
			six := slices.ContainsFunc(v.CIDRs, vpc.IsIPv6)
			if p.Addr().Is6() && !six && slices.ContainsFunc(hit, func(s vpc.Subnet) bool { return s.VPC == v.ID }) {
				all = append(all, fmt.Sprintf("%s has no IPv6, so nothing there reaches %s anyway", v, p))
			}
		}
	}
	slices.Sort(all)
	return all
}

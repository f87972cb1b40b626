package services

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

var aclFilters = filterable[world.NetworkACL]{
	tags: func(a world.NetworkACL) map[string]string { return a.Tags },
	values: map[string]func(world.NetworkACL) []string{
		"network-acl-id":             one(func(a world.NetworkACL) string { return a.ID }),
		"vpc-id":                     one(func(a world.NetworkACL) string { return a.VPCID }),
		"default":                    one(func(a world.NetworkACL) string { return fmt.Sprint(a.Default) }),
		"association.association-id": aclAssociations(func(a world.ACLAssociation) string { return a.ID }),
		"association.subnet-id":      aclAssociations(func(a world.ACLAssociation) string { return a.Subnet }),
		"association.network-acl-id": func(a world.NetworkACL) []string {
			if len(a.Associations) == 0 {
				return nil
			}
			return []string{a.ID}
		},
		"entry.cidr":            aclEntries(func(e world.ACLEntry) string { return e.CIDR }),
		"entry.ipv6-cidr":       aclEntries(func(e world.ACLEntry) string { return e.CIDR6 }),
		"entry.egress":          aclEntries(func(e world.ACLEntry) string { return fmt.Sprint(e.Egress) }),
		"entry.protocol":        aclEntries(func(e world.ACLEntry) string { return e.Protocol }),
		"entry.rule-action":     aclEntries(func(e world.ACLEntry) string { return string(ruleAction(e)) }),
		"entry.rule-number":     aclEntries(func(e world.ACLEntry) string { return fmt.Sprint(e.Number) }),
		"entry.port-range.from": aclEntries(func(e world.ACLEntry) string { return fmt.Sprint(e.FromPort) }),
		"entry.port-range.to":   aclEntries(func(e world.ACLEntry) string { return fmt.Sprint(e.ToPort) }),
	},
}

func aclAssociations(value func(world.ACLAssociation) string) func(world.NetworkACL) []string {
	return func(a world.NetworkACL) []string { return each(a.Associations, value) }
}

func aclEntries(value func(world.ACLEntry) string) func(world.NetworkACL) []string {
	return func(a world.NetworkACL) []string { return each(a.Entries, value) }
}

func (s ec2Service) describeNetworkACLs(in *ec2.DescribeNetworkAclsInput) (*ec2.DescribeNetworkAclsOutput, error) {
	id := func(a world.NetworkACL) string { return a.ID }
	found, err := byIDs(s.world.NetworkACLs(), in.NetworkAclIds, id, noSuch("InvalidNetworkAclID.NotFound", "networkAcl ID"))
	if err != nil {
		return nil, err
	}
	if found, err = aclFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeNetworkAclsOutput{NextToken: next, NetworkAcls: []ec2types.NetworkAcl{}}
	for _, a := range found {
		out.NetworkAcls = append(out.NetworkAcls, s.networkACL(a))
	}
	return out, nil
}

func (s ec2Service) networkACL(a world.NetworkACL) ec2types.NetworkAcl {
	out := ec2types.NetworkAcl{
		NetworkAclId: aws.String(a.ID),
		VpcId:        aws.String(a.VPCID),
		OwnerId:      aws.String(s.world.Account().ID),
		IsDefault:    aws.Bool(a.Default),
		Tags:         ec2Tags(a.Tags),
		Associations: []ec2types.NetworkAclAssociation{},
		Entries:      []ec2types.NetworkAclEntry{},
	}
	for _, association := range a.Associations {
		out.Associations = append(out.Associations, ec2types.NetworkAclAssociation{
			NetworkAclAssociationId: aws.String(association.ID), NetworkAclId: aws.String(a.ID), SubnetId: aws.String(association.Subnet),
		})
	}
	for _, e := range a.Entries {
		out.Entries = append(out.Entries, ec2Entry(e))
	}
	return out
}

func ec2Entry(e world.ACLEntry) ec2types.NetworkAclEntry {
	out := ec2types.NetworkAclEntry{
		RuleNumber: number(e.Number), Egress: aws.Bool(e.Egress), Protocol: aws.String(e.Protocol), RuleAction: ruleAction(e),
		CidrBlock: optional(e.CIDR), Ipv6CidrBlock: optional(e.CIDR6),
	}
	switch e.Protocol {
	case "6", "17":
		out.PortRange = &ec2types.PortRange{From: number(e.FromPort), To: number(e.ToPort)}
	case "1", "58":
		out.IcmpTypeCode = &ec2types.IcmpTypeCode{Type: number(e.ICMPType), Code: number(e.ICMPCode)}
	}
	return out
}

func ruleAction(e world.ACLEntry) ec2types.RuleAction {
	if e.Allow {
		return ec2types.RuleActionAllow
	}
	return ec2types.RuleActionDeny
}

func (s ec2Service) createNetworkACL(in *ec2.CreateNetworkAclInput) (*ec2.CreateNetworkAclOutput, error) {
	tags, err := specified(in.TagSpecifications, ec2types.ResourceTypeNetworkAcl)
	if err != nil {
		return nil, err
	}
	a, err := s.world.CreateNetworkACL(aws.ToString(in.VpcId), aws.ToString(in.ClientToken), tags, aws.ToBool(in.DryRun))
	if err := rehearsed(in.DryRun, err); err != nil {
		return nil, err
	}
	made := s.networkACL(a)
	return &ec2.CreateNetworkAclOutput{NetworkAcl: &made, ClientToken: in.ClientToken}, nil
}

func (s ec2Service) deleteNetworkACL(in *ec2.DeleteNetworkAclInput) (*ec2.DeleteNetworkAclOutput, error) {
	err := s.world.DeleteNetworkACL(aws.ToString(in.NetworkAclId), aws.ToBool(in.DryRun))
	return &ec2.DeleteNetworkAclOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) createNetworkACLEntry(in *ec2.CreateNetworkAclEntryInput) (*ec2.CreateNetworkAclEntryOutput, error) {
	e, err := entryOf(in.RuleNumber, in.Egress, in.RuleAction, in.Protocol, in.CidrBlock, in.Ipv6CidrBlock, in.PortRange, in.IcmpTypeCode)
	if err == nil {
		err = s.world.CreateACLEntry(aws.ToString(in.NetworkAclId), e, aws.ToBool(in.DryRun))
	}
	return &ec2.CreateNetworkAclEntryOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) replaceNetworkACLEntry(in *ec2.ReplaceNetworkAclEntryInput) (*ec2.ReplaceNetworkAclEntryOutput, error) {
	e, err := entryOf(in.RuleNumber, in.Egress, in.RuleAction, in.Protocol, in.CidrBlock, in.Ipv6CidrBlock, in.PortRange, in.IcmpTypeCode)
	if err == nil {
		err = s.world.ReplaceACLEntry(aws.ToString(in.NetworkAclId), e, aws.ToBool(in.DryRun))
	}
	return &ec2.ReplaceNetworkAclEntryOutput{}, rehearsed(in.DryRun, err)
}

// protocols are the names that EC2 takes for numbers.
var protocols = map[string]string{"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}

// entryOf is a rule as a request words it. Ports are needed for TCP and UDP, and mean nothing for all protocols.
func entryOf(rule *int32, egress *bool, action ec2types.RuleAction, proto, cidr, cidr6 *string, ports *ec2types.PortRange, icmp *ec2types.IcmpTypeCode) (world.ACLEntry, error) {
	e := world.ACLEntry{
		Number: int(aws.ToInt32(rule)), Egress: aws.ToBool(egress), Allow: action == ec2types.RuleActionAllow,
		Protocol: aws.ToString(proto), CIDR: aws.ToString(cidr), CIDR6: aws.ToString(cidr6),
	}
	if known, ok := protocols[e.Protocol]; ok {
		e.Protocol = known
	}
	if action != ec2types.RuleActionAllow && action != ec2types.RuleActionDeny {
		return e, protocol.Faultf("InvalidParameterValue", "Invalid value '%s' for ruleAction. Must be allow or deny.", action)
	}
	switch e.Protocol {
	case "6", "17":
		if ports == nil || ports.From == nil || ports.To == nil {
			return e, protocol.Faultf("MissingParameter", "The request must contain the parameter portRange")
		}
		e.FromPort, e.ToPort = int(*ports.From), int(*ports.To)
	case "1", "58":
		if icmp == nil || icmp.Type == nil || icmp.Code == nil {
			return e, protocol.Faultf("MissingParameter", "The request must contain the parameter icmpTypeCode")
		}
		e.ICMPType, e.ICMPCode = int(*icmp.Type), int(*icmp.Code)
	}
	return e, nil
}

func (s ec2Service) deleteNetworkACLEntry(in *ec2.DeleteNetworkAclEntryInput) (*ec2.DeleteNetworkAclEntryOutput, error) {
	err := s.world.DeleteACLEntry(aws.ToString(in.NetworkAclId), int(aws.ToInt32(in.RuleNumber)), aws.ToBool(in.Egress), aws.ToBool(in.DryRun))
	return &ec2.DeleteNetworkAclEntryOutput{}, rehearsed(in.DryRun, err)
}

func (s ec2Service) replaceNetworkACLAssociation(in *ec2.ReplaceNetworkAclAssociationInput) (*ec2.ReplaceNetworkAclAssociationOutput, error) {
	id, err := s.world.ReplaceACLAssociation(aws.ToString(in.AssociationId), aws.ToString(in.NetworkAclId), aws.ToBool(in.DryRun))
	return &ec2.ReplaceNetworkAclAssociationOutput{NewAssociationId: aws.String(id)}, rehearsed(in.DryRun, err)
}

// checkDestination refuses a route whose destination is missing, double or malformed.
func checkDestination(r world.Route) error {
	given := 0
	for _, d := range []string{r.CIDR, r.CIDR6, r.PrefixList} {
		if d != "" {
			given++
		}
	}
	if given != 1 {
		return protocol.Faultf("InvalidParameterCombination", "The request must name exactly one destination")
	}
	if r.PrefixList != "" {
		return nil
	}
	if p, err := netip.ParsePrefix(r.Destination()); err != nil || p.Addr().Is4() != (r.CIDR != "") {
		return protocol.Faultf("InvalidParameterValue", "Value (%s) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.", r.Destination())
	}
	return nil
}

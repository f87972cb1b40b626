package services

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

var natFilters = filterable[world.NATGateway]{
	tags: func(g world.NATGateway) map[string]string { return g.Tags },
	values: map[string]func(world.NATGateway) []string{
		"nat-gateway-id": one(func(g world.NATGateway) string { return g.ID }),
		"vpc-id":         one(func(g world.NATGateway) string { return g.VPCID }),
		"subnet-id":      one(func(g world.NATGateway) string { return g.SubnetID }),
		"state":          one(func(g world.NATGateway) string { return g.State }),
	},
}

func (s ec2Service) describeNatGateways(in *ec2.DescribeNatGatewaysInput) (*ec2.DescribeNatGatewaysOutput, error) {
	id := func(g world.NATGateway) string { return g.ID }
	found, err := byIDs(s.world.NATGateways(), in.NatGatewayIds, id, func(ids []string) error {
		return protocol.Faultf("NatGatewayNotFound", "The NAT gateway %s was not found", ids[0])
	})
	if err != nil {
		return nil, err
	}
	if found, err = natFilters.apply(in.Filter, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeNatGatewaysOutput{NextToken: next, NatGateways: []ec2types.NatGateway{}}
	for _, g := range found {
		out.NatGateways = append(out.NatGateways, ec2NAT(g))
	}
	return out, nil
}

func ec2NAT(g world.NATGateway) ec2types.NatGateway {
	return ec2types.NatGateway{
		NatGatewayId:     aws.String(g.ID),
		VpcId:            aws.String(g.VPCID),
		SubnetId:         aws.String(g.SubnetID),
		State:            ec2types.NatGatewayState(g.State),
		ConnectivityType: ec2types.ConnectivityTypePublic,
		CreateTime:       moment(g.Created),
		DeleteTime:       moment(g.Deleted),
		Tags:             ec2Tags(g.Tags),
		NatGatewayAddresses: []ec2types.NatGatewayAddress{{
			AllocationId: aws.String(g.AllocationID), IsPrimary: aws.Bool(true), NetworkInterfaceId: aws.String(g.InterfaceID),
			PrivateIp: aws.String(g.PrivateIP), PublicIp: aws.String(g.PublicIP), Status: ec2types.NatGatewayAddressStatusSucceeded,
		}},
	}
}

// createNatGateway makes up an address of its own: the lab does not keep account of elastic addresses.
func (s ec2Service) createNatGateway(in *ec2.CreateNatGatewayInput) (*ec2.CreateNatGatewayOutput, error) {
	if err := only("UnsupportedOperation", in, "SubnetId", "AllocationId", "ClientToken", "DryRun", "TagSpecifications"); err != nil {
		return nil, err
	}
	tags, err := specified(in.TagSpecifications, ec2types.ResourceTypeNatgateway)
	if err != nil {
		return nil, err
	}
	g, err := s.world.CreateNATGateway(aws.ToString(in.SubnetId), aws.ToString(in.ClientToken), tags, aws.ToBool(in.DryRun))
	if err := rehearsed(in.DryRun, err); err != nil {
		return nil, err
	}
	made := ec2NAT(g)
	return &ec2.CreateNatGatewayOutput{NatGateway: &made, ClientToken: in.ClientToken}, nil
}

func (s ec2Service) deleteNatGateway(in *ec2.DeleteNatGatewayInput) (*ec2.DeleteNatGatewayOutput, error) {
	err := s.world.DeleteNATGateway(aws.ToString(in.NatGatewayId), aws.ToBool(in.DryRun))
	return &ec2.DeleteNatGatewayOutput{NatGatewayId: in.NatGatewayId}, rehearsed(in.DryRun, err)
}

var gatewayFilters = filterable[world.InternetGateway]{
	tags: func(g world.InternetGateway) map[string]string { return g.Tags },
	values: map[string]func(world.InternetGateway) []string{
		"internet-gateway-id": one(func(g world.InternetGateway) string { return g.ID }),
		"attachment.vpc-id":   one(func(g world.InternetGateway) string { return g.VPCID }),
		"attachment.state":    one(func(world.InternetGateway) string { return "available" }),
	},
}

// gateways finds internet gateways of one of the two kinds.
func (s ec2Service) gateways(egressOnly bool, ids []string, filters []ec2types.Filter, missing func([]string) error, page paging) ([]world.InternetGateway, *string, error) {
	var all []world.InternetGateway
	for _, g := range s.world.InternetGateways() {
		if g.EgressOnly == egressOnly {
			all = append(all, g)
		}
	}
	id := func(g world.InternetGateway) string { return g.ID }
	all, err := byIDs(all, ids, id, missing)
	if err != nil {
		return nil, nil, err
	}
	if all, err = gatewayFilters.apply(filters, all); err != nil {
		return nil, nil, err
	}
	return cut(page, all, id)
}

func attachments(g world.InternetGateway, state ec2types.AttachmentStatus) []ec2types.InternetGatewayAttachment {
	return []ec2types.InternetGatewayAttachment{{State: state, VpcId: aws.String(g.VPCID)}}
}

func (s ec2Service) describeInternetGateways(in *ec2.DescribeInternetGatewaysInput) (*ec2.DescribeInternetGatewaysOutput, error) {
	found, next, err := s.gateways(false, in.InternetGatewayIds, in.Filters,
		noSuch("InvalidInternetGatewayID.NotFound", "internetGateway ID"), ec2Page(in.NextToken, in.MaxResults))
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeInternetGatewaysOutput{NextToken: next, InternetGateways: []ec2types.InternetGateway{}}
	for _, g := range found {
		out.InternetGateways = append(out.InternetGateways, ec2types.InternetGateway{
			InternetGatewayId: aws.String(g.ID), OwnerId: aws.String(s.world.Account().ID), Tags: ec2Tags(g.Tags),
			Attachments: attachments(g, "available"),
		})
	}
	return out, nil
}

func (s ec2Service) describeEgressOnlyInternetGateways(in *ec2.DescribeEgressOnlyInternetGatewaysInput) (*ec2.DescribeEgressOnlyInternetGatewaysOutput, error) {
	found, next, err := s.gateways(true, in.EgressOnlyInternetGatewayIds, in.Filters,
		noSuch("InvalidGatewayID.NotFound", "egress only internet gateway ID"), ec2Page(in.NextToken, in.MaxResults))
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeEgressOnlyInternetGatewaysOutput{NextToken: next, EgressOnlyInternetGateways: []ec2types.EgressOnlyInternetGateway{}}
	for _, g := range found {
		out.EgressOnlyInternetGateways = append(out.EgressOnlyInternetGateways, ec2types.EgressOnlyInternetGateway{
			EgressOnlyInternetGatewayId: aws.String(g.ID), Tags: ec2Tags(g.Tags), Attachments: attachments(g, ec2types.AttachmentStatusAttached),
		})
	}
	return out, nil
}

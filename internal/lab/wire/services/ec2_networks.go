package services

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/world"
)

var vpcFilters = filterable[world.VPC]{
	tags: func(v world.VPC) map[string]string { return v.Tags },
	values: map[string]func(world.VPC) []string{
		"vpc-id":     one(func(v world.VPC) string { return v.ID }),
		"cidr":       one(func(v world.VPC) string { return v.CIDR }),
		"cidr-block": one(func(v world.VPC) string { return v.CIDR }),
		"is-default": one(func(v world.VPC) string { return fmt.Sprint(v.Default) }),
		"state":      one(func(world.VPC) string { return "available" }),
	},
}

func (s ec2Service) describeVpcs(in *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
	id := func(v world.VPC) string { return v.ID }
	found, err := byIDs(s.world.VPCs(), in.VpcIds, id, noSuch("InvalidVpcID.NotFound", "vpc ID"))
	if err != nil {
		return nil, err
	}
	if found, err = vpcFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeVpcsOutput{NextToken: next, Vpcs: []ec2types.Vpc{}}
	for _, v := range found {
		out.Vpcs = append(out.Vpcs, ec2types.Vpc{
			VpcId:           aws.String(v.ID),
			CidrBlock:       aws.String(v.CIDR),
			InstanceTenancy: ec2types.TenancyDefault,
			IsDefault:       aws.Bool(v.Default),
			OwnerId:         aws.String(s.world.Account().ID),
			State:           ec2types.VpcStateAvailable,
			Tags:            ec2Tags(v.Tags),
			CidrBlockAssociationSet: []ec2types.VpcCidrBlockAssociation{{
				AssociationId: aws.String("vpc-cidr-assoc-" + strings.TrimPrefix(v.ID, "vpc-")), CidrBlock: aws.String(v.CIDR),
				CidrBlockState: &ec2types.VpcCidrBlockState{State: ec2types.VpcCidrBlockStateCodeAssociated},
			}},
			Ipv6CidrBlockAssociationSet: vpcRanges6(v),
		})
	}
	return out, nil
}

var subnetFilters = filterable[world.Subnet]{
	tags: func(n world.Subnet) map[string]string { return n.Tags },
	values: map[string]func(world.Subnet) []string{
		"subnet-id":               one(func(n world.Subnet) string { return n.ID }),
		"vpc-id":                  one(func(n world.Subnet) string { return n.VPCID }),
		"availability-zone":       one(func(n world.Subnet) string { return n.Zone }),
		"availability-zone-id":    one(func(n world.Subnet) string { return n.ZoneID }),
		"cidr":                    one(func(n world.Subnet) string { return n.CIDR }),
		"cidr-block":              one(func(n world.Subnet) string { return n.CIDR }),
		"map-public-ip-on-launch": one(func(n world.Subnet) string { return fmt.Sprint(n.Public) }),
		"state":                   one(func(world.Subnet) string { return "available" }),
	},
}

func (s ec2Service) describeSubnets(in *ec2.DescribeSubnetsInput) (*ec2.DescribeSubnetsOutput, error) {
	id := func(n world.Subnet) string { return n.ID }
	found, err := byIDs(s.world.Subnets(), in.SubnetIds, id, noSuch("InvalidSubnetID.NotFound", "subnet ID"))
	if err != nil {
		return nil, err
	}
	if found, err = subnetFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	account := s.world.Account()
	out := &ec2.DescribeSubnetsOutput{NextToken: next, Subnets: []ec2types.Subnet{}}
	for _, n := range found {
		out.Subnets = append(out.Subnets, ec2types.Subnet{
			SubnetId:                    aws.String(n.ID),
			SubnetArn:                   aws.String("arn:aws:ec2:" + account.Region + ":" + account.ID + ":subnet/" + n.ID),
			VpcId:                       aws.String(n.VPCID),
			AvailabilityZone:            aws.String(n.Zone),
			AvailabilityZoneId:          aws.String(n.ZoneID),
			CidrBlock:                   aws.String(n.CIDR),
			DefaultForAz:                aws.Bool(false),
			MapPublicIpOnLaunch:         aws.Bool(n.Public),
			OwnerId:                     aws.String(account.ID),
			State:                       ec2types.SubnetStateAvailable,
			Tags:                        ec2Tags(n.Tags),
			Ipv6CidrBlockAssociationSet: subnetRanges6(n),
		})
	}
	return out, nil
}

func vpcRanges6(v world.VPC) []ec2types.VpcIpv6CidrBlockAssociation {
	if v.CIDR6 == "" {
		return nil
	}
	return []ec2types.VpcIpv6CidrBlockAssociation{{
		AssociationId: aws.String("vpc-cidr-assoc-6" + strings.TrimPrefix(v.ID, "vpc-0")), Ipv6CidrBlock: aws.String(v.CIDR6),
		Ipv6CidrBlockState: &ec2types.VpcCidrBlockState{State: ec2types.VpcCidrBlockStateCodeAssociated},
	}}
}

func subnetRanges6(n world.Subnet) []ec2types.SubnetIpv6CidrBlockAssociation {
	if n.CIDR6 == "" {
		return nil
	}
	return []ec2types.SubnetIpv6CidrBlockAssociation{{
		AssociationId: aws.String("subnet-cidr-assoc-6" + strings.TrimPrefix(n.ID, "subnet-0")), Ipv6CidrBlock: aws.String(n.CIDR6),
		Ipv6CidrBlockState: &ec2types.SubnetCidrBlockState{State: ec2types.SubnetCidrBlockStateCodeAssociated},
	}}
}

// zone is an availability zone: wherever the account has a subnet.
type zone struct{ name, id string }

var zoneFilters = filterable[zone]{values: map[string]func(zone) []string{
	"zone-name": one(func(z zone) string { return z.name }),
	"zone-id":   one(func(z zone) string { return z.id }),
	"zone-type": one(func(zone) string { return "availability-zone" }),
	"state":     one(func(zone) string { return "available" }),
}}

func (s ec2Service) zones() []zone {
	var zones []zone
	for _, n := range s.world.Subnets() {
		zones = append(zones, zone{n.Zone, n.ZoneID})
	}
	slices.SortFunc(zones, func(a, b zone) int { return cmp.Compare(a.name, b.name) })
	return slices.CompactFunc(zones, func(a, b zone) bool { return a.name == b.name })
}

func (s ec2Service) describeAvailabilityZones(in *ec2.DescribeAvailabilityZonesInput) (*ec2.DescribeAvailabilityZonesOutput, error) {
	found, err := byIDs(s.zones(), in.ZoneNames, func(z zone) string { return z.name }, noSuch("InvalidParameterValue", "availability zone"))
	if err != nil {
		return nil, err
	}
	if found, err = byIDs(found, in.ZoneIds, func(z zone) string { return z.id }, noSuch("InvalidParameterValue", "availability zone ID")); err != nil {
		return nil, err
	}
	if found, err = zoneFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	out := &ec2.DescribeAvailabilityZonesOutput{AvailabilityZones: []ec2types.AvailabilityZone{}}
	for _, z := range found {
		out.AvailabilityZones = append(out.AvailabilityZones, ec2types.AvailabilityZone{
			ZoneName:    aws.String(z.name),
			ZoneId:      aws.String(z.id),
			ZoneType:    aws.String("availability-zone"),
			RegionName:  aws.String(s.world.Account().Region),
			GroupName:   aws.String(s.world.Account().Region + "-zg-1"),
			OptInStatus: ec2types.AvailabilityZoneOptInStatusOptInNotRequired,
			State:       ec2types.AvailabilityZoneStateAvailable,
		})
	}
	return out, nil
}

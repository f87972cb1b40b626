package services

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/world"
)

var endpointFilters = filterable[world.VPCEndpoint]{
	tags: func(e world.VPCEndpoint) map[string]string { return e.Tags },
	values: map[string]func(world.VPCEndpoint) []string{
		"vpc-endpoint-id":    one(func(e world.VPCEndpoint) string { return e.ID }),
		"vpc-id":             one(func(e world.VPCEndpoint) string { return e.VPCID }),
		"service-name":       one(func(e world.VPCEndpoint) string { return e.Service }),
		"vpc-endpoint-type":  one(func(e world.VPCEndpoint) string { return e.Type }),
		"vpc-endpoint-state": one(func(e world.VPCEndpoint) string { return e.State }),
	},
}

func (s ec2Service) describeVpcEndpoints(in *ec2.DescribeVpcEndpointsInput) (*ec2.DescribeVpcEndpointsOutput, error) {
	id := func(e world.VPCEndpoint) string { return e.ID }
	found, err := byIDs(s.world.VPCEndpoints(), in.VpcEndpointIds, id, noSuch("InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id"))
	if err != nil {
		return nil, err
	}
	if found, err = endpointFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeVpcEndpointsOutput{NextToken: next, VpcEndpoints: []ec2types.VpcEndpoint{}}
	for _, e := range found {
		endpoint := ec2types.VpcEndpoint{
			VpcEndpointId:       aws.String(e.ID),
			VpcId:               aws.String(e.VPCID),
			VpcEndpointType:     ec2types.VpcEndpointType(e.Type),
			ServiceName:         aws.String(e.Service),
			State:               ec2types.State(e.State),
			OwnerId:             aws.String(s.world.Account().ID),
			PrivateDnsEnabled:   aws.Bool(e.PrivateDNS),
			RequesterManaged:    aws.Bool(false),
			RouteTableIds:       append([]string{}, e.RouteTables...),
			SubnetIds:           []string{},
			NetworkInterfaceIds: []string{},
			Groups:              []ec2types.SecurityGroupIdentifier{},
			DnsEntries:          []ec2types.DnsEntry{},
			PolicyDocument:      aws.String(`{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`),
			CreationTimestamp:   moment(e.Created),
			Tags:                ec2Tags(e.Tags),
		}
		for _, i := range e.Interfaces {
			endpoint.SubnetIds = append(endpoint.SubnetIds, i.SubnetID)
			endpoint.NetworkInterfaceIds = append(endpoint.NetworkInterfaceIds, i.ID)
		}
		out.VpcEndpoints = append(out.VpcEndpoints, endpoint)
	}
	return out, nil
}

func (s ec2Service) modifyVpcEndpoint(in *ec2.ModifyVpcEndpointInput) (*ec2.ModifyVpcEndpointOutput, error) {
	if err := only("UnsupportedOperation", in, "VpcEndpointId", "AddRouteTableIds", "RemoveRouteTableIds", "DryRun"); err != nil {
		return nil, err
	}
	err := s.world.ModifyVPCEndpoint(aws.ToString(in.VpcEndpointId), in.AddRouteTableIds, in.RemoveRouteTableIds, aws.ToBool(in.DryRun))
	return &ec2.ModifyVpcEndpointOutput{Return: aws.Bool(true)}, rehearsed(in.DryRun, err)
}

var listFilters = filterable[world.PrefixList]{values: map[string]func(world.PrefixList) []string{
	"prefix-list-id":   one(func(p world.PrefixList) string { return p.ID }),
	"prefix-list-name": one(func(p world.PrefixList) string { return p.Name }),
	"owner-id":         one(func(world.PrefixList) string { return "AWS" }),
}}

func (s ec2Service) prefixLists(ids []string, filters []ec2types.Filter, page paging) ([]world.PrefixList, *string, error) {
	id := func(p world.PrefixList) string { return p.ID }
	found, err := byIDs(s.world.PrefixLists(), ids, id, noSuch("InvalidPrefixListID.NotFound", "prefix list ID"))
	if err != nil {
		return nil, nil, err
	}
	if found, err = listFilters.apply(filters, found); err != nil {
		return nil, nil, err
	}
	return cut(page, found, id)
}

func (s ec2Service) describePrefixLists(in *ec2.DescribePrefixListsInput) (*ec2.DescribePrefixListsOutput, error) {
	found, next, err := s.prefixLists(in.PrefixListIds, in.Filters, ec2Page(in.NextToken, in.MaxResults))
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribePrefixListsOutput{NextToken: next, PrefixLists: []ec2types.PrefixList{}}
	for _, p := range found {
		out.PrefixLists = append(out.PrefixLists, ec2types.PrefixList{PrefixListId: aws.String(p.ID), PrefixListName: aws.String(p.Name), Cidrs: p.CIDRs})
	}
	return out, nil
}

func (s ec2Service) describeManagedPrefixLists(in *ec2.DescribeManagedPrefixListsInput) (*ec2.DescribeManagedPrefixListsOutput, error) {
	page := paging{token: in.NextToken, size: in.MaxResults, usual: 100, least: 1, most: 100, fault: ec2PageFault}
	found, next, err := s.prefixLists(in.PrefixListIds, in.Filters, page)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeManagedPrefixListsOutput{NextToken: next, PrefixLists: []ec2types.ManagedPrefixList{}}
	for _, p := range found {
		out.PrefixLists = append(out.PrefixLists, ec2types.ManagedPrefixList{
			PrefixListId: aws.String(p.ID), PrefixListName: aws.String(p.Name), AddressFamily: aws.String("IPv4"), OwnerId: aws.String("AWS"),
			PrefixListArn: aws.String(fmt.Sprintf("arn:aws:ec2:%s:aws:prefix-list/%s", s.world.Account().Region, p.ID)),
			State:         ec2types.PrefixListStateCreateComplete, Tags: []ec2types.Tag{},
		})
	}
	return out, nil
}

func (s ec2Service) getManagedPrefixListEntries(in *ec2.GetManagedPrefixListEntriesInput) (*ec2.GetManagedPrefixListEntriesOutput, error) {
	found, _, err := s.prefixLists([]string{aws.ToString(in.PrefixListId)}, nil, ec2Page(nil, nil))
	if err != nil {
		return nil, err
	}
	page := paging{token: in.NextToken, size: in.MaxResults, usual: 100, least: 1, most: 100, fault: ec2PageFault}
	cidrs, next, err := cut(page, found[0].CIDRs, func(cidr string) string { return cidr })
	if err != nil {
		return nil, err
	}
	out := &ec2.GetManagedPrefixListEntriesOutput{NextToken: next, Entries: []ec2types.PrefixListEntry{}}
	for _, cidr := range cidrs {
		out.Entries = append(out.Entries, ec2types.PrefixListEntry{Cidr: aws.String(cidr)})
	}
	return out, nil
}

var interfaceFilters = filterable[world.NetworkInterface]{
	tags: func(i world.NetworkInterface) map[string]string { return i.Tags },
	values: map[string]func(world.NetworkInterface) []string{
		"network-interface-id":         one(func(i world.NetworkInterface) string { return i.ID }),
		"vpc-id":                       one(func(i world.NetworkInterface) string { return i.VPCID }),
		"subnet-id":                    one(func(i world.NetworkInterface) string { return i.SubnetID }),
		"availability-zone":            one(func(i world.NetworkInterface) string { return i.Zone }),
		"private-ip-address":           one(func(i world.NetworkInterface) string { return i.PrivateIP }),
		"addresses.private-ip-address": one(func(i world.NetworkInterface) string { return i.PrivateIP }),
		"association.public-ip":        one(func(i world.NetworkInterface) string { return i.PublicIP }),
		"interface-type":               one(func(i world.NetworkInterface) string { return i.Type }),
		"description":                  one(func(i world.NetworkInterface) string { return i.Description }),
		"requester-id":                 one(func(i world.NetworkInterface) string { return i.Requester }),
		"requester-managed":            one(func(i world.NetworkInterface) string { return fmt.Sprint(i.Requester != "") }),
		"attachment.instance-id":       one(func(i world.NetworkInterface) string { return i.InstanceID }),
		"attachment.attachment-id":     one(func(i world.NetworkInterface) string { return i.AttachmentID }),
		"status":                       one(func(world.NetworkInterface) string { return "in-use" }),
	},
}

func (s ec2Service) describeNetworkInterfaces(in *ec2.DescribeNetworkInterfacesInput) (*ec2.DescribeNetworkInterfacesOutput, error) {
	id := func(i world.NetworkInterface) string { return i.ID }
	found, err := byIDs(s.world.NetworkInterfaces(), in.NetworkInterfaceIds, id, noSuch("InvalidNetworkInterfaceID.NotFound", "networkInterface ID"))
	if err != nil {
		return nil, err
	}
	if found, err = interfaceFilters.apply(in.Filters, found); err != nil {
		return nil, err
	}
	found, next, err := cut(ec2Page(in.NextToken, in.MaxResults), found, id)
	if err != nil {
		return nil, err
	}
	out := &ec2.DescribeNetworkInterfacesOutput{NextToken: next, NetworkInterfaces: []ec2types.NetworkInterface{}}
	for _, i := range found {
		out.NetworkInterfaces = append(out.NetworkInterfaces, s.networkInterface(i))
	}
	return out, nil
}

func (s ec2Service) networkInterface(i world.NetworkInterface) ec2types.NetworkInterface {
	out := ec2types.NetworkInterface{
		NetworkInterfaceId: aws.String(i.ID),
		VpcId:              aws.String(i.VPCID),
		SubnetId:           aws.String(i.SubnetID),
		AvailabilityZone:   aws.String(i.Zone),
		InterfaceType:      ec2types.NetworkInterfaceType(i.Type),
		Description:        aws.String(i.Description),
		OwnerId:            aws.String(s.world.Account().ID),
		PrivateIpAddress:   aws.String(i.PrivateIP),
		RequesterManaged:   aws.Bool(i.Requester != ""),
		RequesterId:        optional(i.Requester),
		SourceDestCheck:    aws.Bool(i.Type != "nat_gateway"),
		Status:             ec2types.NetworkInterfaceStatusInUse,
		Groups:             []ec2types.GroupIdentifier{},
		TagSet:             ec2Tags(i.Tags),
		PrivateIpAddresses: []ec2types.NetworkInterfacePrivateIpAddress{{Primary: aws.Bool(true), PrivateIpAddress: aws.String(i.PrivateIP)}},
	}
	if i.AttachmentID != "" {
		out.Attachment = &ec2types.NetworkInterfaceAttachment{
			AttachmentId: aws.String(i.AttachmentID), InstanceId: optional(i.InstanceID), Status: ec2types.AttachmentStatusAttached,
			DeviceIndex: aws.Int32(0), DeleteOnTermination: aws.Bool(i.InstanceID != ""),
		}
	}
	if i.PublicIP != "" {
		out.Association = &ec2types.NetworkInterfaceAssociation{PublicIp: aws.String(i.PublicIP), IpOwnerId: aws.String(s.world.Account().ID)}
	}
	return out
}

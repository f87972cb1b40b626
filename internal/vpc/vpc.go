// Package vpc reads how subnets get out of their VPC, and swaps what decides on a subnet's packets, its route table or its
// network ACL, for a copy that lets fewer of them through.
//
//	Read ─► Network ─► Selection ─► WayOut      what there is, what is meant, where it leads
//	                                   │
//	                                   ▼
//	               TableSwap, ACLSwap: Prepare ─► Do ─► Undo
//
// The original is never edited, so that nobody else is hurt who shares it, and undoing is to tie the subnet to it again:
//
//	subnet ──► original           before, and after
//	subnet ──► copy    original   during
//
// A copy carries tags that say whose it is and what it stands in for, given in the call that makes it. They are all that an
// undo needs: it looks for copies, whatever became of the process that made them.
package vpc

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// Network is the network of a region at one moment.
type Network struct {
	VPCs    []VPC    // by id
	Subnets []Subnet // by VPC, zone and id

	tables    []types.RouteTable
	acls      []types.NetworkAcl
	endpoints []types.VpcEndpoint
}

// VPC is a virtual network.
type VPC struct {
	ID, Name string
	CIDRs    []netip.Prefix // IPv4 and IPv6
	Tags     map[string]string
}

// Subnet is a part of a VPC, in one zone.
type Subnet struct {
	ID, Name, VPC, Zone string
	CIDRs               []netip.Prefix // IPv4 and IPv6
	Tags                map[string]string
}

// String names the subnet as people know it: "private-a (subnet-0abc)".
func (s Subnet) String() string { return titled(s.Name, s.ID) }

// String names the VPC as people know it.
func (v VPC) String() string { return titled(v.Name, v.ID) }

func titled(name, id string) string {
	if name == "" {
		return id
	}
	return fmt.Sprintf("%s (%s)", name, id)
}

// Read reads the network of the region.
func Read(ctx context.Context, env *cloud.Env) (*Network, error) {
	client := ec2.NewFromConfig(env.AWS)
	n := &Network{}
	for _, part := range []func(context.Context, *ec2.Client) error{n.readVPCs, n.readSubnets, n.readTables, n.readACLs, n.readEndpoints} {
		if err := part(ctx, client); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *Network) readVPCs(ctx context.Context, client *ec2.Client) error {
	pages := ec2.NewDescribeVpcsPaginator(client, &ec2.DescribeVpcsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describe VPCs: %w", err)
		}
		for _, v := range page.Vpcs {
			tags := tagMap(v.Tags)
			n.VPCs = append(n.VPCs, VPC{ID: aws.ToString(v.VpcId), Name: tags["Name"], CIDRs: rangesOfVPC(v), Tags: tags})
		}
	}
	slices.SortFunc(n.VPCs, func(a, b VPC) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

// rangesOfVPC are the address ranges that belong to a VPC now.
func rangesOfVPC(v types.Vpc) []netip.Prefix {
	var all []netip.Prefix
	for _, a := range v.CidrBlockAssociationSet {
		if a.CidrBlockState == nil || a.CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
			all = add(all, a.CidrBlock)
		}
	}
	for _, a := range v.Ipv6CidrBlockAssociationSet {
		if a.Ipv6CidrBlockState == nil || a.Ipv6CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
			all = add(all, a.Ipv6CidrBlock)
		}
	}
	return all
}

func (n *Network) readSubnets(ctx context.Context, client *ec2.Client) error {
	pages := ec2.NewDescribeSubnetsPaginator(client, &ec2.DescribeSubnetsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describe subnets: %w", err)
		}
		for _, s := range page.Subnets {
			tags := tagMap(s.Tags)
			found := Subnet{
				ID: aws.ToString(s.SubnetId), Name: tags["Name"], VPC: aws.ToString(s.VpcId), Zone: aws.ToString(s.AvailabilityZone), Tags: tags,
			}
			found.CIDRs = add(found.CIDRs, s.CidrBlock)
			for _, a := range s.Ipv6CidrBlockAssociationSet {
				found.CIDRs = add(found.CIDRs, a.Ipv6CidrBlock)
			}
			n.Subnets = append(n.Subnets, found)
		}
	}
	slices.SortFunc(n.Subnets, func(a, b Subnet) int {
		return cmp.Or(cmp.Compare(a.VPC, b.VPC), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

func (n *Network) readTables(ctx context.Context, client *ec2.Client) (err error) {
	n.tables, err = describeTables(ctx, client)
	return err
}

func (n *Network) readACLs(ctx context.Context, client *ec2.Client) (err error) {
	n.acls, err = describeACLs(ctx, client)
	return err
}

func (n *Network) readEndpoints(ctx context.Context, client *ec2.Client) (err error) {
	n.endpoints, err = describeEndpoints(ctx, client)
	return err
}

func describeTables(ctx context.Context, client *ec2.Client, filters ...types.Filter) ([]types.RouteTable, error) {
	var all []types.RouteTable
	pages := ec2.NewDescribeRouteTablesPaginator(client, &ec2.DescribeRouteTablesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe route tables: %w", err)
		}
		all = append(all, page.RouteTables...)
	}
	return all, nil
}

func describeACLs(ctx context.Context, client *ec2.Client, filters ...types.Filter) ([]types.NetworkAcl, error) {
	var all []types.NetworkAcl
	pages := ec2.NewDescribeNetworkAclsPaginator(client, &ec2.DescribeNetworkAclsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe network ACLs: %w", err)
		}
		all = append(all, page.NetworkAcls...)
	}
	return all, nil
}

func describeEndpoints(ctx context.Context, client *ec2.Client, filters ...types.Filter) ([]types.VpcEndpoint, error) {
	var all []types.VpcEndpoint
	pages := ec2.NewDescribeVpcEndpointsPaginator(client, &ec2.DescribeVpcEndpointsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe VPC endpoints: %w", err)
		}
		all = append(all, page.VpcEndpoints...)
	}
	return all, nil
}

// VPC returns the VPC of that id.
func (n *Network) VPC(id string) VPC {
	at := slices.IndexFunc(n.VPCs, func(v VPC) bool { return v.ID == id })
	if at < 0 {
		return VPC{ID: id}
	}
	return n.VPCs[at]
}

// In returns the subnets of a VPC.
func (n *Network) In(vpc string) []Subnet {
	return slices.DeleteFunc(slices.Clone(n.Subnets), func(s Subnet) bool { return s.VPC != vpc })
}

// add appends an address range where it is one.
func add(all []netip.Prefix, cidr *string) []netip.Prefix {
	if p, err := netip.ParsePrefix(aws.ToString(cidr)); err == nil {
		return append(all, p)
	}
	return all
}

func tagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return m
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: aws.String(name), Values: values}
}

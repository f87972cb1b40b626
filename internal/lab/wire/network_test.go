package wire_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire"
)

// private returns the first private subnet.
func private(t *testing.T, client *ec2.Client) ec2types.Subnet {
	t.Helper()
	return must(client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{
		Filters: []ec2types.Filter{filter("tag:Name", "private-a")},
	}))(t).Subnets[0]
}

func tables(t *testing.T, client *ec2.Client, filters ...ec2types.Filter) []ec2types.RouteTable {
	t.Helper()
	return must(client.DescribeRouteTables(t.Context(), &ec2.DescribeRouteTablesInput{Filters: filters}))(t).RouteTables
}

// defaultRoute is where a table sends 0.0.0.0/0, and in which state.
func defaultRoute(table ec2types.RouteTable) (nat string, state ec2types.RouteState) {
	for _, r := range table.Routes {
		if aws.ToString(r.DestinationCidrBlock) == "0.0.0.0/0" {
			return aws.ToString(r.NatGatewayId), r.State
		}
	}
	return "", ""
}

func TestASubnetIsSwappedToAClonedRouteTableAndBack(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	subnet := private(t, client)
	original := tables(t, client, filter("association.subnet-id", *subnet.SubnetId))[0]
	if nat, state := defaultRoute(original); nat == "" || state != ec2types.RouteStateActive {
		t.Fatalf("got %+v", original)
	}
	in := &ec2.CreateRouteTableInput{
		VpcId: subnet.VpcId, ClientToken: aws.String("one"),
		TagSpecifications: []ec2types.TagSpecification{{
			ResourceType: ec2types.ResourceTypeRouteTable, Tags: []ec2types.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}},
		}},
	}
	clone := must(client.CreateRouteTable(t.Context(), in))(t).RouteTable
	if again := must(client.CreateRouteTable(t.Context(), in))(t).RouteTable; *again.RouteTableId != *clone.RouteTableId {
		t.Errorf("the same token made %s and %s", *clone.RouteTableId, *again.RouteTableId)
	}
	if found := tables(t, client, filter("tag:gameday:run", "r1")); len(found) != 1 || len(found[0].Routes) != 1 || *found[0].Routes[0].GatewayId != "local" {
		t.Errorf("got %+v", found)
	}
	endpoint := must(client.DescribeVpcEndpoints(t.Context(), &ec2.DescribeVpcEndpointsInput{Filters: []ec2types.Filter{filter("vpc-endpoint-type", "Gateway")}}))(t).VpcEndpoints[0]
	must(client.ModifyVpcEndpoint(t.Context(), &ec2.ModifyVpcEndpointInput{VpcEndpointId: endpoint.VpcEndpointId, AddRouteTableIds: []string{*clone.RouteTableId}}))(t)
	if found := tables(t, client, filter("route.gateway-id", *endpoint.VpcEndpointId), filter("route-table-id", *clone.RouteTableId)); len(found) != 1 {
		t.Errorf("the endpoint's route is not in the clone: %+v", found)
	}

	old := *original.Associations[0].RouteTableAssociationId
	swapped := must(client.ReplaceRouteTableAssociation(t.Context(), &ec2.ReplaceRouteTableAssociationInput{
		AssociationId: &old, RouteTableId: clone.RouteTableId,
	}))(t)
	if *swapped.NewAssociationId == old {
		t.Error("the association kept its id")
	}
	_, err := client.ReplaceRouteTableAssociation(t.Context(), &ec2.ReplaceRouteTableAssociationInput{AssociationId: &old, RouteTableId: original.RouteTableId})
	wantCode(t, err, "InvalidAssociationID.NotFound")
	_, err = client.DeleteRouteTable(t.Context(), &ec2.DeleteRouteTableInput{RouteTableId: clone.RouteTableId})
	wantCode(t, err, "DependencyViolation")
	must(client.ReplaceRouteTableAssociation(t.Context(), &ec2.ReplaceRouteTableAssociationInput{
		AssociationId: swapped.NewAssociationId, RouteTableId: original.RouteTableId,
	}))(t)
	must(client.DeleteRouteTable(t.Context(), &ec2.DeleteRouteTableInput{RouteTableId: clone.RouteTableId}))(t)
	after := must(client.DescribeVpcEndpoints(t.Context(), &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{*endpoint.VpcEndpointId}}))(t).VpcEndpoints[0]
	if !slices.Equal(after.RouteTableIds, endpoint.RouteTableIds) {
		t.Errorf("the endpoint is in %v, and was in %v", after.RouteTableIds, endpoint.RouteTableIds)
	}
	_, err = client.DescribeRouteTables(t.Context(), &ec2.DescribeRouteTablesInput{RouteTableIds: []string{*clone.RouteTableId}})
	wantCode(t, err, "InvalidRouteTableID.NotFound")
}

func TestTheMainTableIsAssociatedAndReplaced(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	subnet := private(t, client)
	main := tables(t, client, filter("association.main", "true"))[0]
	own := tables(t, client, filter("association.subnet-id", *subnet.SubnetId))[0].Associations[0]
	_, err := client.DisassociateRouteTable(t.Context(), &ec2.DisassociateRouteTableInput{AssociationId: main.Associations[0].RouteTableAssociationId})
	wantCode(t, err, "InvalidParameterValue")
	_, err = client.AssociateRouteTable(t.Context(), &ec2.AssociateRouteTableInput{RouteTableId: main.RouteTableId, SubnetId: subnet.SubnetId})
	wantCode(t, err, "Resource.AlreadyAssociated")
	must(client.DisassociateRouteTable(t.Context(), &ec2.DisassociateRouteTableInput{AssociationId: own.RouteTableAssociationId}))(t)
	if found := tables(t, client, filter("association.subnet-id", *subnet.SubnetId)); len(found) != 0 {
		t.Errorf("got %+v", found)
	}
	made := must(client.AssociateRouteTable(t.Context(), &ec2.AssociateRouteTableInput{RouteTableId: own.RouteTableId, SubnetId: subnet.SubnetId}))(t)
	if *made.AssociationId == *own.RouteTableAssociationId || made.AssociationState.State != "associated" {
		t.Errorf("got %+v", made)
	}
	moved := must(client.ReplaceRouteTableAssociation(t.Context(), &ec2.ReplaceRouteTableAssociationInput{
		AssociationId: main.Associations[0].RouteTableAssociationId, RouteTableId: own.RouteTableId,
	}))(t)
	if now := tables(t, client, filter("association.main", "true")); *now[0].RouteTableId != *own.RouteTableId {
		t.Errorf("the main table is %s (%s)", *now[0].RouteTableId, *moved.NewAssociationId)
	}
}

func TestRoutesAreCreatedReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	table := tables(t, client, filter("association.subnet-id", *private(t, client).SubnetId))[0].RouteTableId
	anywhere := aws.String("0.0.0.0/0")
	gateways := must(client.DescribeNatGateways(t.Context(), &ec2.DescribeNatGatewaysInput{Filter: []ec2types.Filter{filter("state", "available")}}))(t).NatGateways
	if len(gateways) != 3 || len(gateways[0].NatGatewayAddresses) != 1 {
		t.Fatalf("got %+v", gateways)
	}
	create := func(in ec2.CreateRouteInput) error {
		in.RouteTableId = table
		_, err := client.CreateRoute(t.Context(), &in)
		return err
	}
	wantCode(t, create(ec2.CreateRouteInput{DestinationCidrBlock: anywhere, NatGatewayId: gateways[0].NatGatewayId}), "RouteAlreadyExists")
	wantCode(t, create(ec2.CreateRouteInput{DestinationCidrBlock: aws.String("203.0.113.0/24"), NatGatewayId: aws.String("nat-0123456789abcdef0")}), "InvalidNatGatewayID.NotFound")
	wantCode(t, create(ec2.CreateRouteInput{DestinationCidrBlock: aws.String("203.0.113.0"), NatGatewayId: gateways[0].NatGatewayId}), "InvalidParameterValue")
	wantCode(t, create(ec2.CreateRouteInput{DestinationCidrBlock: aws.String("203.0.113.0/24")}), "InvalidParameterCombination")
	wantCode(t, create(ec2.CreateRouteInput{DestinationPrefixListId: aws.String("pl-12345678"), GatewayId: aws.String("vpce-0123456789abcdef0")}), "InvalidParameterValue")
	wantCode(t, create(ec2.CreateRouteInput{DestinationCidrBlock: aws.String("203.0.113.0/24"), NatGatewayId: gateways[0].NatGatewayId, DryRun: aws.Bool(true)}), "DryRunOperation")

	must(client.ReplaceRoute(t.Context(), &ec2.ReplaceRouteInput{RouteTableId: table, DestinationCidrBlock: anywhere, NatGatewayId: gateways[1].NatGatewayId}))(t)
	must(client.DeleteNatGateway(t.Context(), &ec2.DeleteNatGatewayInput{NatGatewayId: gateways[1].NatGatewayId}))(t)
	if nat, state := defaultRoute(tables(t, client, filter("route-table-id", *table))[0]); nat != *gateways[1].NatGatewayId || state != ec2types.RouteStateBlackhole {
		t.Errorf("got %s %s", nat, state)
	}
	must(client.DeleteRoute(t.Context(), &ec2.DeleteRouteInput{RouteTableId: table, DestinationCidrBlock: anywhere}))(t)
	_, err := client.DeleteRoute(t.Context(), &ec2.DeleteRouteInput{RouteTableId: table, DestinationCidrBlock: anywhere})
	wantCode(t, err, "InvalidRoute.NotFound")
	_, err = client.ReplaceRoute(t.Context(), &ec2.ReplaceRouteInput{RouteTableId: table, DestinationCidrBlock: anywhere, NatGatewayId: gateways[0].NatGatewayId})
	wantCode(t, err, "InvalidParameterValue")
	_, err = client.DeleteRoute(t.Context(), &ec2.DeleteRouteInput{RouteTableId: table, DestinationCidrBlock: aws.String("10.0.0.0/16")})
	wantCode(t, err, "InvalidParameterValue")
	if err := create(ec2.CreateRouteInput{DestinationCidrBlock: anywhere, NatGatewayId: gateways[0].NatGatewayId}); err != nil {
		t.Error(err)
	}
}

func TestNetworkACLsAreMadeFilledSwappedAndDeleted(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	subnet := private(t, client)
	behind := func() ec2types.NetworkAcl {
		return must(client.DescribeNetworkAcls(t.Context(), &ec2.DescribeNetworkAclsInput{
			Filters: []ec2types.Filter{filter("association.subnet-id", *subnet.SubnetId)},
		}))(t).NetworkAcls[0]
	}
	original := behind()
	if !*original.IsDefault || len(original.Associations) != 6 || len(original.Entries) != 4 || *original.Entries[3].RuleNumber != 32767 {
		t.Fatalf("got %+v", original)
	}
	made := must(client.CreateNetworkAcl(t.Context(), &ec2.CreateNetworkAclInput{VpcId: subnet.VpcId, ClientToken: aws.String("one")}))(t).NetworkAcl
	rule := ec2.CreateNetworkAclEntryInput{
		NetworkAclId: made.NetworkAclId, RuleNumber: aws.Int32(100), Egress: aws.Bool(true), RuleAction: ec2types.RuleActionAllow,
		Protocol: aws.String("tcp"), CidrBlock: aws.String("10.0.0.0/16"), PortRange: &ec2types.PortRange{From: aws.Int32(1024), To: aws.Int32(65535)},
	}
	must(client.CreateNetworkAclEntry(t.Context(), &rule))(t)
	_, err := client.CreateNetworkAclEntry(t.Context(), &rule)
	wantCode(t, err, "NetworkAclEntryAlreadyExists")
	rule.RuleNumber = aws.Int32(32767)
	_, err = client.CreateNetworkAclEntry(t.Context(), &rule)
	wantCode(t, err, "InvalidParameterValue")
	must(client.ReplaceNetworkAclEntry(t.Context(), &ec2.ReplaceNetworkAclEntryInput{
		NetworkAclId: made.NetworkAclId, RuleNumber: aws.Int32(100), Egress: aws.Bool(true), RuleAction: ec2types.RuleActionDeny,
		Protocol: aws.String("-1"), CidrBlock: aws.String("10.0.0.0/16"),
	}))(t)
	association := original.Associations[slices.IndexFunc(original.Associations, func(a ec2types.NetworkAclAssociation) bool { return *a.SubnetId == *subnet.SubnetId })]
	swapped := must(client.ReplaceNetworkAclAssociation(t.Context(), &ec2.ReplaceNetworkAclAssociationInput{
		AssociationId: association.NetworkAclAssociationId, NetworkAclId: made.NetworkAclId,
	}))(t)
	now := behind()
	if *now.NetworkAclId != *made.NetworkAclId || *now.Associations[0].NetworkAclAssociationId != *swapped.NewAssociationId || *swapped.NewAssociationId == *association.NetworkAclAssociationId {
		t.Errorf("got %+v", now)
	}
	if e := now.Entries[0]; e.RuleAction != ec2types.RuleActionDeny || *e.Protocol != "-1" || e.PortRange != nil || !*e.Egress {
		t.Errorf("got %+v", e)
	}
	_, err = client.DeleteNetworkAcl(t.Context(), &ec2.DeleteNetworkAclInput{NetworkAclId: made.NetworkAclId})
	wantCode(t, err, "DependencyViolation")
	_, err = client.ReplaceNetworkAclAssociation(t.Context(), &ec2.ReplaceNetworkAclAssociationInput{
		AssociationId: association.NetworkAclAssociationId, NetworkAclId: original.NetworkAclId,
	})
	wantCode(t, err, "InvalidAssociationID.NotFound")
	must(client.ReplaceNetworkAclAssociation(t.Context(), &ec2.ReplaceNetworkAclAssociationInput{
		AssociationId: swapped.NewAssociationId, NetworkAclId: original.NetworkAclId,
	}))(t)
	must(client.DeleteNetworkAclEntry(t.Context(), &ec2.DeleteNetworkAclEntryInput{NetworkAclId: made.NetworkAclId, RuleNumber: aws.Int32(100), Egress: aws.Bool(true)}))(t)
	_, err = client.DeleteNetworkAclEntry(t.Context(), &ec2.DeleteNetworkAclEntryInput{NetworkAclId: made.NetworkAclId, RuleNumber: aws.Int32(100), Egress: aws.Bool(true)})
	wantCode(t, err, "InvalidNetworkAclEntry.NotFound")
	must(client.DeleteNetworkAcl(t.Context(), &ec2.DeleteNetworkAclInput{NetworkAclId: made.NetworkAclId}))(t)
	_, err = client.DeleteNetworkAcl(t.Context(), &ec2.DeleteNetworkAclInput{NetworkAclId: original.NetworkAclId})
	wantCode(t, err, "InvalidParameterValue")
}

func TestThePartsOfTheNetworkAreFoundAndTagged(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ec2.NewFromConfig(cfg)
	gateway := must(client.DescribeInternetGateways(t.Context(), &ec2.DescribeInternetGatewaysInput{}))(t).InternetGateways
	if len(gateway) != 1 || gateway[0].Attachments[0].State != "available" {
		t.Fatalf("got %+v", gateway)
	}
	if six := must(client.DescribeEgressOnlyInternetGateways(t.Context(), &ec2.DescribeEgressOnlyInternetGatewaysInput{}))(t); len(six.EgressOnlyInternetGateways) != 0 {
		t.Errorf("got %+v", six)
	}
	lists := must(client.DescribePrefixLists(t.Context(), &ec2.DescribePrefixListsInput{Filters: []ec2types.Filter{filter("prefix-list-name", "*.s3")}}))(t).PrefixLists
	managed := must(client.DescribeManagedPrefixLists(t.Context(), &ec2.DescribeManagedPrefixListsInput{PrefixListIds: []string{*lists[0].PrefixListId}}))(t).PrefixLists
	entries := must(client.GetManagedPrefixListEntries(t.Context(), &ec2.GetManagedPrefixListEntriesInput{PrefixListId: lists[0].PrefixListId}))(t).Entries
	if len(lists) != 1 || len(managed) != 1 || *managed[0].OwnerId != "AWS" || len(entries) != 1 || *entries[0].Cidr != lists[0].Cidrs[0] {
		t.Errorf("got %+v %+v %+v", lists, managed, entries)
	}
	all := must(client.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{}))(t).NetworkInterfaces
	kinds := map[ec2types.NetworkInterfaceType]int{}
	for _, i := range all {
		kinds[i.InterfaceType]++
	}
	if kinds["nat_gateway"] != 3 || kinds["vpc_endpoint"] != 8*3 || kinds["interface"] != 6+3+1 {
		t.Errorf("got %v", kinds)
	}
	ids := []string{*gateway[0].InternetGatewayId, *tables(t, client)[0].RouteTableId}
	must(client.CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: ids, Tags: []ec2types.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}}}))(t)
	tagged := must(client.DescribeTags(t.Context(), &ec2.DescribeTagsInput{Filters: []ec2types.Filter{filter("key", "gameday:run")}}))(t).Tags
	if len(tagged) != 2 || tagged[0].ResourceType != "internet-gateway" || tagged[1].ResourceType != "route-table" {
		t.Errorf("got %+v", tagged)
	}
	must(client.DeleteTags(t.Context(), &ec2.DeleteTagsInput{Resources: ids, Tags: []ec2types.Tag{{Key: aws.String("gameday:run")}}}))(t)
	if left := must(client.DescribeTags(t.Context(), &ec2.DescribeTagsInput{Filters: []ec2types.Filter{filter("key", "gameday:run")}}))(t).Tags; len(left) != 0 {
		t.Errorf("got %+v", left)
	}
}

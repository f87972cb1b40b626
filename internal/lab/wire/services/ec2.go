package services

import (
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// ec2Service is the Elastic Compute Cloud: instances, and the networks that they are in.
type ec2Service struct{ world *world.World }

func newEC2(w *world.World) *Service {
	s := ec2Service{w}
	return rehearsable((&Service{
		Name:    "ec2",
		Version: "2016-11-15",
		Query: protocol.EC2Query{
			Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
			Elements:  ec2Elements,
			Params:    ec2Params,
		},
	}).with(
		read(s.describeInstances),
		read(s.describeInstanceStatus),
		read(s.describeInstanceAttribute),
		write(s.terminateInstances, func(in *ec2.TerminateInstancesInput) string { return s.instanceARN(in.InstanceIds) }),
		write(s.stopInstances, func(in *ec2.StopInstancesInput) string { return s.instanceARN(in.InstanceIds) }),
		write(s.startInstances, func(in *ec2.StartInstancesInput) string { return s.instanceARN(in.InstanceIds) }),
		write(s.rebootInstances, func(in *ec2.RebootInstancesInput) string { return s.instanceARN(in.InstanceIds) }),
		write(s.modifyInstanceAttribute),
		write(s.createTags),
		write(s.deleteTags),
		read(s.describeTags),
		read(s.describeVpcs),
		read(s.describeSubnets),
		read(s.describeAvailabilityZones),
		read(s.describeVolumes),
		read(s.describeRouteTables),
		write(s.createRouteTable, func(in *ec2.CreateRouteTableInput) string { return s.arn("vpc", in.VpcId) }),
		write(s.deleteRouteTable, func(in *ec2.DeleteRouteTableInput) string { return s.arn("route-table", in.RouteTableId) }),
		write(s.createRoute, func(in *ec2.CreateRouteInput) string { return s.arn("route-table", in.RouteTableId) }),
		write(s.replaceRoute, func(in *ec2.ReplaceRouteInput) string { return s.arn("route-table", in.RouteTableId) }),
		write(s.deleteRoute, func(in *ec2.DeleteRouteInput) string { return s.arn("route-table", in.RouteTableId) }),
		write(s.associateRouteTable, func(in *ec2.AssociateRouteTableInput) string { return s.arn("route-table", in.RouteTableId) }),
		write(s.disassociateRouteTable),
		write(s.replaceRouteTableAssociation, func(in *ec2.ReplaceRouteTableAssociationInput) string { return s.arn("route-table", in.RouteTableId) }),
		read(s.describeNetworkACLs),
		write(s.createNetworkACL, func(in *ec2.CreateNetworkAclInput) string { return s.arn("vpc", in.VpcId) }),
		write(s.deleteNetworkACL, func(in *ec2.DeleteNetworkAclInput) string { return s.arn("network-acl", in.NetworkAclId) }),
		write(s.createNetworkACLEntry, func(in *ec2.CreateNetworkAclEntryInput) string { return s.arn("network-acl", in.NetworkAclId) }),
		write(s.replaceNetworkACLEntry, func(in *ec2.ReplaceNetworkAclEntryInput) string { return s.arn("network-acl", in.NetworkAclId) }),
		write(s.deleteNetworkACLEntry, func(in *ec2.DeleteNetworkAclEntryInput) string { return s.arn("network-acl", in.NetworkAclId) }),
		write(s.replaceNetworkACLAssociation, func(in *ec2.ReplaceNetworkAclAssociationInput) string { return s.arn("network-acl", in.NetworkAclId) }),
		read(s.describeNatGateways),
		write(s.createNatGateway, func(in *ec2.CreateNatGatewayInput) string { return s.arn("subnet", in.SubnetId) }),
		write(s.deleteNatGateway, func(in *ec2.DeleteNatGatewayInput) string { return s.arn("natgateway", in.NatGatewayId) }),
		read(s.describeInternetGateways),
		read(s.describeEgressOnlyInternetGateways),
		read(s.describeVpcEndpoints),
		write(s.modifyVpcEndpoint, func(in *ec2.ModifyVpcEndpointInput) string { return s.arn("vpc-endpoint", in.VpcEndpointId) }),
		read(s.describePrefixLists),
		read(s.describeManagedPrefixLists),
		read(s.getManagedPrefixListEntries),
		read(s.describeNetworkInterfaces),
	))
}

// errDryRun is EC2's answer to a rehearsal that went well.
var errDryRun = &protocol.Fault{
	Code:    "DryRunOperation",
	Message: "Request would have succeeded, but DryRun flag is set.",
	Status:  412,
}

// rehearsable lets every read answer to DryRun, before it looks at anything else. Writes do so after they have
// checked what they would change.
func rehearsable(s *Service) *Service {
	for name, o := range s.Operations {
		if o.Write {
			continue
		}
		handle := o.Handle
		o.Handle = func(in any) (any, error) {
			if DryRun(in) {
				return nil, errDryRun
			}
			return handle(in)
		}
		s.Operations[name] = o
	}
	return s
}

// DryRun says whether an input asks for a rehearsal only.
func DryRun(in any) bool {
	field := reflect.Indirect(reflect.ValueOf(in)).FieldByName("DryRun")
	if !field.IsValid() {
		return false
	}
	flag, ok := field.Interface().(*bool)
	return ok && aws.ToBool(flag)
}

func (s ec2Service) instanceARN(ids []string) string {
	id := "*"
	if len(ids) > 0 {
		id = ids[0]
	}
	return s.arn("instance", &id)
}

// arn is "*" of its kind without an id.
func (s ec2Service) arn(kind string, id *string) string {
	account, name := s.world.Account(), aws.ToString(id)
	if name == "" {
		name = "*"
	}
	return "arn:aws:ec2:" + account.Region + ":" + account.ID + ":" + kind + "/" + name
}

// ec2Page are the bounds that most describe calls of EC2 share.
func ec2Page(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 1000, least: 5, most: 1000, fault: ec2PageFault}
}

func ec2PageFault(problem string) error {
	if problem == "token" {
		return protocol.Faultf("InvalidNextToken", "The specified NextToken is not valid")
	}
	return protocol.Faultf("InvalidParameterValue", "The value for parameter maxResults is invalid. Expecting a value from 5 to 1000.")
}

// byIDs keeps the items that are asked for by id, all of them where ids is empty. Unknown ids are the fault that
// missing makes.
func byIDs[T any](items []T, ids []string, id func(T) string, missing func(ids []string) error) ([]T, error) {
	if len(ids) == 0 {
		return items, nil
	}
	var found []T
	var unknown []string
	for _, want := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if i := slices.IndexFunc(items, func(item T) bool { return id(item) == want }); i >= 0 {
			found = append(found, items[i])
		} else {
			unknown = append(unknown, want)
		}
	}
	if len(unknown) > 0 {
		return nil, missing(unknown)
	}
	return found, nil
}

// noSuch is EC2's fault for ids that do not exist.
func noSuch(code, what string) func(ids []string) error {
	return func(ids []string) error {
		if len(ids) == 1 {
			return protocol.Faultf(code, "The %s '%s' does not exist", what, ids[0])
		}
		return protocol.Faultf(code, "The %ss '%s' do not exist", what, strings.Join(ids, ", "))
	}
}

func ec2Tags(tags map[string]string) []ec2types.Tag {
	list := make([]ec2types.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		list = append(list, ec2types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}

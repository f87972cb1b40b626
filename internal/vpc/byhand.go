package vpc

import "fmt"

// ByHand are AWS CLI commands that undo the swap. Each finds what it is about by the copy's tags, and does nothing where there is
// nothing left to do, so that they may be pasted in any state.
func (t *TableSwap) ByHand(region string) []string {
	aws := "aws ec2 --region " + region + " "
	find := fmt.Sprintf("%sdescribe-route-tables --filters Name=tag:%s,Values=%s Name=tag:%s,Values=%s Name=tag:%s,Values=%s --output text",
		aws, KindTag, t.Kind, subnetTag, t.Subnet, originalTag, t.Original)
	links := fmt.Sprintf(`%s --query "RouteTables[].Associations[?SubnetId=='%s'].RouteTableAssociationId[]" | xargs -r -n1 %s`, find, t.Subnet, aws)
	copies := find + ` --query "RouteTables[].RouteTableId" | xargs -r -n1 ` + aws
	commands := []string{links + "replace-route-table-association --route-table-id " + t.Original + " --association-id"}
	if t.Main {
		commands = []string{links + "disassociate-route-table --association-id"}
	}
	for _, e := range t.Endpoints {
		commands = append(commands, copies+"modify-vpc-endpoint --vpc-endpoint-id "+e+" --remove-route-table-ids")
	}
	return append(commands, copies+"delete-route-table --route-table-id")
}

// ByHand are AWS CLI commands that undo the swap. Each finds what it is about by the copy's tags, and does nothing where there is
// nothing left to do, so that they may be pasted in any state.
func (a *ACLSwap) ByHand(region string) []string {
	aws := "aws ec2 --region " + region + " "
	find := fmt.Sprintf("%sdescribe-network-acls --filters Name=tag:%s,Values=%s Name=tag:%s,Values=%s Name=tag:%s,Values=%s --output text",
		aws, KindTag, a.Kind, subnetTag, a.Subnet, originalTag, a.Original)
	return []string{
		fmt.Sprintf(`%s --query "NetworkAcls[].Associations[?SubnetId=='%s'].NetworkAclAssociationId[]" | xargs -r -n1 %sreplace-network-acl-association --network-acl-id %s --association-id`,
			find, a.Subnet, aws, a.Original),
		fmt.Sprintf(`%s --query "NetworkAcls[].NetworkAclId" | xargs -r -n1 %sdelete-network-acl --network-acl-id`, find, aws),
	}
}

package vpc

import "fmt"

// ByHand makes the subnet what it was, whatever it is now, by AWS CLI commands that may be pasted in any state.
func (t *TableSwap) ByHand(region string) []string {
	ec2 := "aws ec2 --region " + region + " "
	tied := fmt.Sprintf("%sdescribe-route-tables --filters Name=association.subnet-id,Values=%s --output text", ec2, t.Subnet)
	links := fmt.Sprintf(`%s --query "RouteTables[?RouteTableId!='%s'].Associations[] | [?SubnetId=='%s'].RouteTableAssociationId" | xargs -r -n1 %s`,
		tied, t.Original, t.Subnet, ec2)
	commands := []string{
		fmt.Sprintf("# tie %s to %s again, whatever it is tied to now", t.Subnet, t.Original),
		links + "replace-route-table-association --route-table-id " + t.Original + " --association-id",
	}
	shows := t.Original
	if t.Main {
		commands = []string{
			fmt.Sprintf("# leave %s to the main route table of its VPC again, whatever it is tied to now", t.Subnet),
			fmt.Sprintf(`%s --query "RouteTables[].Associations[] | [?SubnetId=='%s'].RouteTableAssociationId" | xargs -r -n1 %s`, tied, t.Subnet, ec2) +
				"disassociate-route-table --association-id",
		}
		shows = "nothing"
	}
	return append(append(commands, t.DropByHand(region)...),
		"# it is done when this shows "+shows,
		tied+` --query "RouteTables[].RouteTableId"`)
}

// DropByHand removes the copy alone.
func (t *TableSwap) DropByHand(region string) []string {
	ec2 := "aws ec2 --region " + region + " "
	copies := fmt.Sprintf(`%sdescribe-route-tables %s --query "RouteTables[].RouteTableId" | xargs -r -n1 %s`, ec2, t.filters(), ec2)
	var commands []string
	for _, e := range t.Endpoints {
		commands = append(commands, "# take the copy out of "+e, copies+"modify-vpc-endpoint --vpc-endpoint-id "+e+" --remove-route-table-ids")
	}
	return append(commands, "# delete the copy, which no subnet uses any more", copies+"delete-route-table --route-table-id")
}

// ByHand makes the subnet what it was, whatever it is now, by AWS CLI commands that may be pasted in any state.
func (a *ACLSwap) ByHand(region string) []string {
	ec2 := "aws ec2 --region " + region + " "
	tied := fmt.Sprintf("%sdescribe-network-acls --filters Name=association.subnet-id,Values=%s --output text", ec2, a.Subnet)
	commands := []string{
		fmt.Sprintf("# put %s behind %s again, whatever it is behind now", a.Subnet, a.Original),
		fmt.Sprintf(`%s --query "NetworkAcls[?NetworkAclId!='%s'].Associations[] | [?SubnetId=='%s'].NetworkAclAssociationId" | xargs -r -n1 %s`,
			tied, a.Original, a.Subnet, ec2) + "replace-network-acl-association --network-acl-id " + a.Original + " --association-id",
	}
	return append(append(commands, a.DropByHand(region)...),
		"# it is done when this shows "+a.Original,
		tied+` --query "NetworkAcls[].NetworkAclId"`)
}

// DropByHand removes the copy alone.
func (a *ACLSwap) DropByHand(region string) []string {
	ec2 := "aws ec2 --region " + region + " "
	return []string{
		"# delete the copy, which no subnet uses any more",
		fmt.Sprintf(`%sdescribe-network-acls %s --query "NetworkAcls[].NetworkAclId" | xargs -r -n1 %sdelete-network-acl --network-acl-id`, ec2, a.filters(), ec2),
	}
}

// filters find the copies of the swap by their tags.
func (s *Swap) filters() string {
	return fmt.Sprintf("--filters Name=tag:%s,Values=%s Name=tag:%s,Values=%s Name=tag:%s,Values=%s --output text",
		KindTag, s.Kind, subnetTag, s.Subnet, originalTag, s.Original)
}

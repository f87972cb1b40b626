package vpc

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Entry is a rule for packets that leave a subnet.
type Entry struct {
	Allow    bool
	Fault    bool   // without it the copy lets through what the original does
	Protocol string // "-1" is all
	CIDR     string // of the other side, IPv4 or IPv6
	Ports    *Ports
	ICMP     *ICMP
}

// Ports are those of the destination, first and last included.
type Ports struct{ From, To int32 }

// ICMP is a type and a code; -1 is any.
type ICMP struct{ Type, Code int32 }

// String is "deny 203.0.113.0/24".
func (e Entry) String() string {
	verb := "deny "
	if e.Allow {
		verb = "allow "
	}
	return verb + e.CIDR
}

// Deny is a rule that makes a fault.
func Deny(p netip.Prefix) Entry { return Entry{Fault: true, Protocol: "-1", CIDR: p.String()} }

// apart is how far apart the numbers of rules in a copy are: a person may have to put something between them.
const apart = 10

// largestACL is how many rules of a direction a network ACL may have, unless AWS has been asked for more.
const largestACL = 20

// Only are the rules that stand before those of a network ACL so that packets leave for the VPC's own ranges alone, as far as the
// ACL lets them: each of its rules, cut down to those ranges, and a refusal of everything else.
func (n *Network) Only(acl string, own []netip.Prefix) []Entry {
	var front []Entry
	for _, e := range egress(n.acl(acl)) {
		there, err := netip.ParsePrefix(e.CIDR)
		if err != nil {
			continue
		}
		for _, p := range own {
			if !p.Overlaps(there) {
				continue
			}
			cut := e
			cut.CIDR = p.String()
			if there.Bits() > p.Bits() {
				cut.CIDR = there.String()
			}
			front = append(front, cut)
		}
	}
	front = append(front, Deny(netip.MustParsePrefix(anywhere)))
	if slices.ContainsFunc(own, IsIPv6) {
		front = append(front, Deny(netip.MustParsePrefix("::/0")))
	}
	return front
}

// TooMany says why a network ACL cannot be copied with more rules before its own, "" where it can.
func (n *Network) TooMany(acl string, front []Entry) string {
	have := len(egress(n.acl(acl)))
	if want, may := have+len(front), max(largestACL, have); want > may {
		return fmt.Sprintf("a copy of its network ACL %s would need %d rules for packets that leave, and may have %d", acl, want, may)
	}
	return ""
}

func (n *Network) acl(id string) *types.NetworkAcl {
	for i := range n.acls {
		if aws.ToString(n.acls[i].NetworkAclId) == id {
			return &n.acls[i]
		}
	}
	return nil
}

// egress are a network ACL's rules for packets that leave, in order, without those that AWS puts at the end of each.
func egress(a *types.NetworkAcl) []Entry {
	var all []Entry
	for _, e := range rules(a) {
		if aws.ToBool(e.Egress) {
			all = append(all, entryOf(e))
		}
	}
	return all
}

// rules are those of a network ACL that somebody has written, in order.
func rules(a *types.NetworkAcl) []types.NetworkAclEntry {
	const last = 32766
	if a == nil {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(a.Entries), func(e types.NetworkAclEntry) bool { return aws.ToInt32(e.RuleNumber) > last })
	slices.SortFunc(all, func(a, b types.NetworkAclEntry) int {
		return cmp.Compare(aws.ToInt32(a.RuleNumber), aws.ToInt32(b.RuleNumber))
	})
	return all
}

func entryOf(e types.NetworkAclEntry) Entry {
	out := Entry{
		Allow: e.RuleAction == types.RuleActionAllow, Protocol: aws.ToString(e.Protocol), CIDR: cmp.Or(aws.ToString(e.CidrBlock), aws.ToString(e.Ipv6CidrBlock)),
	}
	if e.PortRange != nil {
		out.Ports = &Ports{aws.ToInt32(e.PortRange.From), aws.ToInt32(e.PortRange.To)}
	}
	if e.IcmpTypeCode != nil {
		out.ICMP = &ICMP{aws.ToInt32(e.IcmpTypeCode.Type), aws.ToInt32(e.IcmpTypeCode.Code)}
	}
	return out
}

// numbered is the call that puts a rule into a network ACL.
func (e Entry) numbered(acl *string, n int32, egress bool) *ec2.CreateNetworkAclEntryInput {
	in := &ec2.CreateNetworkAclEntryInput{
		NetworkAclId: acl, RuleNumber: aws.Int32(n), Egress: aws.Bool(egress), Protocol: aws.String(e.Protocol), RuleAction: types.RuleActionDeny,
	}
	if e.Allow {
		in.RuleAction = types.RuleActionAllow
	}
	if p, err := netip.ParsePrefix(e.CIDR); err == nil && p.Addr().Is6() {
		in.Ipv6CidrBlock = aws.String(e.CIDR)
	} else {
		in.CidrBlock = aws.String(e.CIDR)
	}
	if e.Ports != nil {
		in.PortRange = &types.PortRange{From: aws.Int32(e.Ports.From), To: aws.Int32(e.Ports.To)}
	}
	if e.ICMP != nil {
		in.IcmpTypeCode = &types.IcmpTypeCode{Type: aws.Int32(e.ICMP.Type), Code: aws.Int32(e.ICMP.Code)}
	}
	return in
}

// sum is a short word for all rules of a network ACL: another one where any is another.
func sum(a *types.NetworkAcl) string {
	hash := sha256.New()
	for _, e := range rules(a) {
		shown := entryOf(e)
		fmt.Fprintln(hash, aws.ToBool(e.Egress), aws.ToInt32(e.RuleNumber), shown.Allow, shown.Protocol, shown.CIDR)
		if shown.Ports != nil {
			fmt.Fprintln(hash, *shown.Ports)
		}
		if shown.ICMP != nil {
			fmt.Fprintln(hash, *shown.ICMP)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// IsIPv6 reports whether a range is one of IPv6 addresses.
func IsIPv6(p netip.Prefix) bool { return p.Addr().Is6() }

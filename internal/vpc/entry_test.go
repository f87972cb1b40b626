package vpc

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// rule is one of a network ACL, for packets that leave.
func rule(number int32, action types.RuleAction, cidr string, ports *types.PortRange) types.NetworkAclEntry {
	e := types.NetworkAclEntry{RuleNumber: aws.Int32(number), RuleAction: action, Egress: aws.Bool(true), Protocol: aws.String("-1"), PortRange: ports}
	if ports != nil {
		e.Protocol = aws.String("6")
	}
	if netip.MustParsePrefix(cidr).Addr().Is6() {
		e.Ipv6CidrBlock = aws.String(cidr)
	} else {
		e.CidrBlock = aws.String(cidr)
	}
	return e
}

func network(rules ...types.NetworkAclEntry) *Network {
	comesIn := rule(100, types.RuleActionAllow, "0.0.0.0/0", nil)
	comesIn.Egress = aws.Bool(false)
	return &Network{acls: []types.NetworkAcl{{
		NetworkAclId: aws.String("acl-1"), Entries: append(rules, comesIn, rule(32767, types.RuleActionDeny, "0.0.0.0/0", nil)),
	}}}
}

func TestNothingLeavesTheVPC(t *testing.T) {
	own := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("100.64.0.0/24"), netip.MustParsePrefix("2001:db8:1::/56")}
	const allow, deny = types.RuleActionAllow, types.RuleActionDeny
	https := &types.PortRange{From: aws.Int32(443), To: aws.Int32(443)}
	for _, c := range []struct {
		name  string
		rules []types.NetworkAclEntry
		want  []string
	}{
		{"everything", []types.NetworkAclEntry{rule(101, allow, "::/0", nil), rule(100, allow, "0.0.0.0/0", nil)},
			[]string{"allow 10.0.0.0/16", "allow 100.64.0.0/24", "allow 2001:db8:1::/56", "deny 0.0.0.0/0", "deny ::/0"}},
		{"a part of the VPC", []types.NetworkAclEntry{rule(100, deny, "10.0.7.0/24", nil), rule(200, allow, "10.0.0.0/8", https)},
			[]string{"deny 10.0.7.0/24", "allow 10.0.0.0/16", "deny 0.0.0.0/0", "deny ::/0"}},
		{"elsewhere", []types.NetworkAclEntry{rule(100, allow, "203.0.113.0/24", nil)}, []string{"deny 0.0.0.0/0", "deny ::/0"}},
		{"nothing", nil, []string{"deny 0.0.0.0/0", "deny ::/0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			front := network(c.rules...).Only("acl-1", own)
			var got []string
			for _, e := range front {
				got = append(got, e.String())
				if e.Fault && e.Allow {
					t.Errorf("%s makes no fault", e)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if last := front[len(front)-1]; !last.Fault {
				t.Errorf("%s does not make the fault", last)
			}
		})
	}
	four := network(rule(100, allow, "0.0.0.0/0", nil)).Only("acl-1", own[:1])
	if len(four) != 2 {
		t.Errorf("without IPv6: %v", four)
	}
	if cut := network(rule(200, allow, "0.0.0.0/0", https)).Only("acl-1", own[:1])[0]; cut.Ports == nil || *cut.Ports != (Ports{443, 443}) || cut.Protocol != "6" {
		t.Errorf("the ports are lost: %+v", cut)
	}
}

func TestACopyHasRoomForTwentyRules(t *testing.T) {
	var rules []types.NetworkAclEntry
	for i := range int32(18) {
		rules = append(rules, rule(100+i, types.RuleActionAllow, fmt.Sprintf("198.18.%d.0/24", i), nil))
	}
	n := network(rules...)
	two := []Entry{Deny(netip.MustParsePrefix("0.0.0.0/0")), Deny(netip.MustParsePrefix("::/0"))}
	if why := n.TooMany("acl-1", two); why != "" {
		t.Error(why)
	}
	if why := n.TooMany("acl-1", append(two, two...)); why == "" {
		t.Error("22 rules fit")
	}
}

func TestRulesThatChangeAreNoticed(t *testing.T) {
	before := sum(network(rule(100, types.RuleActionAllow, "0.0.0.0/0", nil)).acl("acl-1"))
	for name, n := range map[string]*Network{
		"another number": network(rule(101, types.RuleActionAllow, "0.0.0.0/0", nil)),
		"another range":  network(rule(100, types.RuleActionAllow, "0.0.0.0/1", nil)),
		"another word":   network(rule(100, types.RuleActionDeny, "0.0.0.0/0", nil)),
		"ports":          network(rule(100, types.RuleActionAllow, "0.0.0.0/0", &types.PortRange{From: aws.Int32(1), To: aws.Int32(2)})),
		"no rule":        network(),
	} {
		if sum(n.acl("acl-1")) == before {
			t.Errorf("%s makes no difference", name)
		}
	}
}

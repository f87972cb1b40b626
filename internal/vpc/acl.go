package vpc

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
)

// ACLSwap ties a subnet to a copy of its network ACL in which more rules stand before the original's own, for packets that leave.
// What comes in is filtered as before. It is data, and survives JSON.
type ACLSwap struct {
	Swap
	Front []Entry // in the order in which they decide
	Sum   string  // what the rules of the original were, in short
}

// SwapACL plans to put rules before those of a subnet's network ACL.
func (n *Network) SwapACL(kind, key string, s Subnet, front []Entry) ACLSwap {
	id := n.ACL(s.ID)
	return ACLSwap{Swap: Swap{Kind: kind, Key: key, VPC: s.VPC, Subnet: s.ID, Original: id}, Front: front, Sum: sum(n.acl(id))}
}

// Do returns once the subnet is tied to the copy, and that shows.
func (a *ACLSwap) Do(ctx context.Context, env *cloud.Env) error {
	return do(ctx, env, &a.Swap, a.part(env))
}

// Undo returns once the subnet is tied to what it had, and no copy is left. An error may be of type *Changed.
func (a *ACLSwap) Undo(ctx context.Context, env *cloud.Env) error {
	return undo(ctx, env, &a.Swap, a.part(env))
}

// Lasts says what became of the cut, "" while the subnet is tied to the copy.
func (a *ACLSwap) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	return lasts(ctx, &a.Swap, a.part(env))
}

// Insure gets the copy ready, and returns the calls that have it decide as the original does, by removing what makes the fault.
func (a *ACLSwap) Insure(ctx context.Context, env *cloud.Env) ([]cloud.Call, error) {
	id, _, err := prepare(ctx, env, &a.Swap, a.part(env))
	if err != nil {
		return nil, err
	}
	var calls []cloud.Call
	for i, e := range a.Front {
		if e.Fault {
			calls = append(calls, cloud.Call{Service: "ec2", Action: "DeleteNetworkAclEntry", Input: map[string]any{
				"NetworkAclId": id, "RuleNumber": (i + 1) * apart, "Egress": true,
			}})
		}
	}
	return calls, nil
}

// FindACLs finds what swaps of a kind have left in effect, by the run that they belong to.
func FindACLs(ctx context.Context, env *cloud.Env, kind string) (map[string][]ACLSwap, error) {
	copies, err := describeACLs(ctx, ec2.NewFromConfig(env.AWS), filter("tag:"+KindTag, kind), filter("tag-key", cloud.RunTag))
	if err != nil {
		return nil, err
	}
	found := map[string][]ACLSwap{}
	for _, c := range copies {
		tags := tagMap(c.Tags)
		a := ACLSwap{Swap: told(tags, c.VpcId)}
		if run := tags[cloud.RunTag]; !slices.ContainsFunc(found[run], func(other ACLSwap) bool { return other.Swap == a.Swap }) {
			found[run] = append(found[run], a)
		}
	}
	return found, nil
}

// aclPart swaps network ACLs.
type aclPart struct {
	*ACLSwap
	run    string
	client *ec2.Client
}

func (a *ACLSwap) part(env *cloud.Env) part[types.NetworkAcl] {
	return aclPart{a, env.RunID, ec2.NewFromConfig(env.AWS)}
}

func (a aclPart) look(ctx context.Context) (sight[types.NetworkAcl], error) {
	now := sight[types.NetworkAcl]{copies: map[string]*types.NetworkAcl{}, users: map[string][]string{}}
	all, err := describeACLs(ctx, a.client, filter("vpc-id", a.VPC))
	if err != nil {
		return now, err
	}
	for i, one := range all {
		id := aws.ToString(one.NetworkAclId)
		ours := a.owns(tagMap(one.Tags), a.run)
		if ours {
			now.copies[id] = &all[i]
		}
		if id == a.Original {
			now.original = &all[i]
		}
		for _, tie := range one.Associations {
			if aws.ToString(tie.SubnetId) == a.Subnet {
				now.tied, now.link = id, aws.ToString(tie.NetworkAclAssociationId)
			}
			if ours {
				now.users[id] = append(now.users[id], aws.ToString(tie.SubnetId))
			}
		}
	}
	if now.link == "" {
		now.gone, err = subnetGone(ctx, a.client, a.Subnet)
	}
	return now, err
}

func (a aclPart) asPlanned(original *types.NetworkAcl) error {
	if sum(original) != a.Sum {
		return fmt.Errorf("the rules of %s have changed since this was planned: plan again", a.Original)
	}
	return nil
}

func (a aclPart) create(ctx context.Context) error {
	_, err := a.client.CreateNetworkAcl(ctx, a.creation(false))
	return err
}

func (a aclPart) creation(dry bool) *ec2.CreateNetworkAclInput {
	return &ec2.CreateNetworkAclInput{
		VpcId: aws.String(a.VPC), ClientToken: a.token(a.run), TagSpecifications: a.tags(types.ResourceTypeNetworkAcl, a.run), DryRun: aws.Bool(dry),
	}
}

// lacking are the rules that the copy does not have yet: those for what comes in under the original's numbers, and for what leaves
// first the swap's own, then the original's.
func (a aclPart) lacking(original, copied *types.NetworkAcl) []write {
	var all []write
	want := func(e Entry, number int32, egress bool) {
		if slices.ContainsFunc(copied.Entries, func(have types.NetworkAclEntry) bool {
			return aws.ToInt32(have.RuleNumber) == number && aws.ToBool(have.Egress) == egress
		}) {
			return
		}
		all = append(all, write{fmt.Sprintf("create rule %d (%s)", number, e), func(ctx context.Context) error {
			_, err := a.client.CreateNetworkAclEntry(ctx, e.numbered(copied.NetworkAclId, number, egress))
			return err
		}})
	}
	for i, e := range slices.Concat(a.Front, egress(original)) {
		want(e, int32(i+1)*apart, true)
	}
	for _, e := range rules(original) {
		if !aws.ToBool(e.Egress) {
			want(entryOf(e), aws.ToInt32(e.RuleNumber), false)
		}
	}
	return all
}

func (a aclPart) tie(ctx context.Context, link, id string) error {
	_, err := a.client.ReplaceNetworkAclAssociation(ctx, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: aws.String(link), NetworkAclId: aws.String(id)})
	return err
}

func (a aclPart) untie(ctx context.Context, now sight[types.NetworkAcl]) error {
	if err := a.tie(ctx, now.link, a.Original); err != nil {
		return fmt.Errorf("put %s behind %s again: %w", a.Subnet, a.Original, err)
	}
	return nil
}

func (a aclPart) drop(ctx context.Context, id string, _ *types.NetworkAcl) error {
	_, err := a.client.DeleteNetworkAcl(ctx, &ec2.DeleteNetworkAclInput{NetworkAclId: aws.String(id)})
	return err
}

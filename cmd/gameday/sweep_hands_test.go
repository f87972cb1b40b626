package main

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
	"gameday/reports"
)

// hand is somebody else at work on the target of a fault.
type hand struct {
	inject   string
	action   string // that puts the fault into effect, and then takes it back
	blind    bool   // AWS carries it out whatever it is now: what somebody changed since our last look is lost
	change   func(t *testing.T, s *sweeping, env *cloud.Env) (back func())
	resource func(s *sweeping) string // what they change of the snapshot,
	fact     string                   // and which fact of it
}

var hands = []hand{
	{
		inject: "routes", action: "ReplaceRouteTableAssociation",
		change: otherTable, resource: subnet("private-a"), fact: "route table",
	},
	{
		inject: "packets", action: "ReplaceNetworkAclAssociation",
		change: otherACL("private-b"), resource: subnet("private-b"), fact: "network acl",
	},
	{
		inject: "address", action: "ReplaceNetworkAclAssociation",
		change: otherACL("private-c"), resource: subnet("private-c"), fact: "network acl",
	},
	{
		inject: "more", action: "UpdateService", blind: true,
		change: otherCount, resource: func(*sweeping) string { return "service web/jobs" }, fact: "desired",
	},
}

// TestOtherHandsSweep has somebody else change the target of a fault before it is done, while it is in effect, and while
// it is being undone. Nothing of theirs is overwritten, the run does not pass, and once they have taken it back, so can we.
func TestOtherHandsSweep(t *testing.T) {
	onlySweeping(t)
	cases := 0
	for _, h := range hands {
		for _, when := range []string{"before it is done", "while it is in effect", "while it is undone"} {
			cases++
			t.Run(h.inject+" "+when, func(t *testing.T) {
				t.Parallel()
				newSweeping(t).meddle(t, h, when)
			})
		}
	}
	t.Logf("meddled %d times", cases)
}

func (s *sweeping) meddle(t *testing.T, h hand, when string) {
	env := s.env(t)
	plan := s.plan(t, env, h.inject)
	somebody := labtest.As(t, s.lab, wire.OtherKey)
	var theirs string
	back := func() {}
	change := sync.OnceFunc(func() {
		back = h.change(t, s, somebody)
		theirs = s.lab.Snapshot()[h.resource(s)][h.fact]
	})
	acts := func(c wire.Call) bool { return c.Action == h.action && wire.Writes(c) }
	switch {
	case when == "before it is done":
		change()
	case when == "while it is in effect":
		s.lab.Intercept(wire.Nth(1, acts, wire.Pass.Then(func(wire.Call) { change() })))
	case h.blind:
		s.lab.Intercept(wire.Nth(2, acts, wire.Pass.Then(func(wire.Call) { change() })))
	default:
		var seen atomic.Int64
		s.lab.Intercept(func(c wire.Call) wire.Fate {
			if acts(c) && seen.Add(1) == 2 {
				change()
			}
			return wire.Pass
		})
	}
	r, err := experiments.Run(t.Context(), env, plan, experiments.RunOptions{ID: "run-1", Dir: s.played()})
	var refusal *experiments.Refusal
	if err != nil && !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	if now := s.lab.Snapshot()[h.resource(s)][h.fact]; theirs == "" || now != theirs {
		t.Errorf("somebody made the %s %q, and now it is %q", h.fact, theirs, now)
	}
	if when == "before it is done" && r.Verdict != reports.Inconclusive {
		t.Errorf("nothing was done, and %s", r.Sentence)
	}
	s.refused(t, r, theirs)
	back()
	if err := experiments.Rollback(t.Context(), s.env(t), kinds(), s.played(), func(string) {}); err != nil {
		t.Errorf("rollback once they have taken it back: %v", err)
	}
	s.restored(t)
}

// refused checks that a run has not passed, and tells of what somebody made where it is left in the way.
func (s *sweeping) refused(t *testing.T, r *reports.Result, theirs string) {
	t.Helper()
	said := r.Sentence + "\n" + strings.Join(r.Reasons, "\n")
	if r.Verdict == reports.Passed {
		t.Errorf("it passed: %s", said)
	}
	if left := pending(t, s.played()); (r.Verdict == reports.NotRolledBack) != (len(left) > 0) {
		t.Errorf("%s, with %d changes pending", said, len(left))
	}
	if !strings.Contains(said, theirs) {
		t.Errorf("does not tell of %s: %s", theirs, said)
	}
}

func subnet(name string) func(*sweeping) string {
	return func(s *sweeping) string { return "subnet " + s.subnet(name) }
}

func (s *sweeping) subnet(name string) string {
	for _, n := range s.lab.World.Subnets() {
		if n.Tags["Name"] == name {
			return n.ID
		}
	}
	panic("no subnet " + name)
}

func otherTable(t *testing.T, s *sweeping, env *cloud.Env) (back func()) {
	client, id := ec2.NewFromConfig(env.AWS), s.subnet("private-a")
	made, err := client.CreateRouteTable(t.Context(), &ec2.CreateRouteTableInput{VpcId: s.vpc()})
	if err != nil {
		t.Error(err)
		return func() {}
	}
	original := s.before["subnet "+id]["route table"]
	tie := func(table string) {
		seen, err := client.DescribeRouteTables(t.Context(), &ec2.DescribeRouteTablesInput{Filters: []types.Filter{{Name: aws.String("association.subnet-id"), Values: []string{id}}}})
		if err != nil {
			t.Error(err)
			return
		}
		for _, a := range seen.RouteTables[0].Associations {
			if aws.ToString(a.SubnetId) == id {
				_, err = client.ReplaceRouteTableAssociation(t.Context(), &ec2.ReplaceRouteTableAssociationInput{AssociationId: a.RouteTableAssociationId, RouteTableId: &table})
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	tie(*made.RouteTable.RouteTableId)
	return func() {
		tie(original)
		if _, err := client.DeleteRouteTable(t.Context(), &ec2.DeleteRouteTableInput{RouteTableId: made.RouteTable.RouteTableId}); err != nil {
			t.Error(err)
		}
	}
}

func otherACL(name string) func(*testing.T, *sweeping, *cloud.Env) func() {
	return func(t *testing.T, s *sweeping, env *cloud.Env) (back func()) {
		client, id := ec2.NewFromConfig(env.AWS), s.subnet(name)
		made, err := client.CreateNetworkAcl(t.Context(), &ec2.CreateNetworkAclInput{VpcId: s.vpc()})
		if err != nil {
			t.Error(err)
			return func() {}
		}
		original := s.before["subnet "+id]["network acl"]
		tie := func(acl string) {
			seen, err := client.DescribeNetworkAcls(t.Context(), &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("association.subnet-id"), Values: []string{id}}}})
			if err != nil {
				t.Error(err)
				return
			}
			for _, a := range seen.NetworkAcls[0].Associations {
				if aws.ToString(a.SubnetId) == id {
					_, err = client.ReplaceNetworkAclAssociation(t.Context(), &ec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: &acl})
				}
			}
			if err != nil {
				t.Error(err)
			}
		}
		tie(*made.NetworkAcl.NetworkAclId)
		return func() {
			tie(original)
			if _, err := client.DeleteNetworkAcl(t.Context(), &ec2.DeleteNetworkAclInput{NetworkAclId: made.NetworkAcl.NetworkAclId}); err != nil {
				t.Error(err)
			}
		}
	}
}

func (s *sweeping) vpc() *string {
	return aws.String(s.lab.World.Subnets()[0].VPCID)
}

func otherCount(t *testing.T, s *sweeping, env *cloud.Env) (back func()) {
	client := ecs.NewFromConfig(env.AWS)
	want := func(n int32) {
		_, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: aws.String("web"), Service: aws.String("jobs"), DesiredCount: &n})
		if err != nil {
			t.Error(err)
		}
	}
	want(3)
	return func() { want(1) }
}

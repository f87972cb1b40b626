package thirdpartyoutage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/deadman"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

const (
	news    = "api.news.example"
	weather = "weather.example"
)

// ways are both ways to take the news away from private-a.
var ways = []struct {
	name, network string
	outage        ThirdPartyOutage
}{
	{"by name", "", ThirdPartyOutage{Hosts: []string{"*.news.example", "News.Example."}, VPC: "gameday"}},
	{"by address", "", ThirdPartyOutage{CIDRs: []string{"203.0.113.10/32", "198.18.0.1/15"}, Subnets: []string{"private-a"}}},
	{"by address, late", "lag", ThirdPartyOutage{CIDRs: []string{"203.0.113.0/25"}, Subnets: []string{"private-a"}}},
}

func weaknesses(network string) []string {
	if network == "" {
		return nil
	}
	return []string{network}
}

func TestAThirdPartyVanishesAndComesBack(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			a.Do(t, s)
			if a.Reaches(t, "private-a", news) || !a.Reaches(t, "private-a", weather) {
				t.Errorf("reached: the news %v, the weather %v", a.Reaches(t, "private-a", news), a.Reaches(t, "private-a", weather))
			}
			if s.ACL != nil && !a.Reaches(t, "private-b", news) {
				t.Error("the neighbour has lost it, too")
			}
			if answers := labtest.Visit(t, a.Env, "web", "/", 20); answers[200] != 20 {
				t.Errorf("the load balancer's users got %v", answers)
			}
			for range 2 {
				a.Undo(t, s)
				if differ := before.Diff(a.Snapshot()); len(differ) > 0 {
					t.Fatalf("left behind:\n%s", strings.Join(differ, "\n"))
				}
			}
			if !a.Reaches(t, "private-a", news) {
				t.Error("it has not come back")
			}
			visits := []string{"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"}
			if more := labtest.Undeclared(a.Calls(), append(Kind().Permissions, visits...)); len(more) > 0 {
				t.Errorf("calls that no permission is listed for: %v", more)
			}
		})
	}
}

func TestTheAnswerIsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, response := range responses {
		s := a.step(t, &ThirdPartyOutage{Host: news, Cluster: "web", Response: response})
		run := a.As(response)
		run.Do(t, s)
		if r, err := a.World.Reach(a.Subnet(t, "private-a").ID, news); err != nil || r.Answer != response {
			t.Errorf("answered %q, %v, want %s", r.Answer, err, response)
		}
		run.Undo(t, s)
	}
}

func TestUndoBeforeDoChangesNothing(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			a.Undo(t, a.step(t, &way.outage))
			if w := labtest.Writes(a.Lab); len(w) > 0 {
				t.Errorf("it wrote %v", w)
			}
		})
	}
}

// Whatever call of Do is the last that gets through, and whether or not its answer arrives, Undo puts everything back.
func TestUndoAfterEveryPartOfDo(t *testing.T) {
	fates := []wire.Fate{wire.Refuse(protocol.Denied), wire.LostBefore, wire.LostAfter}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			a.Do(t, s)
			parts := len(labtest.Writes(a.Lab))
			a.Undo(t, s)
			cases := 0
			for n := 1; n <= parts; n++ {
				for _, fate := range fates {
					cases++
					run := a.As(fmt.Sprintf("run %d %s", n, fate))
					a.Intercept(wire.From(n, wire.Writes, fate))
					failed := s.Do(labtest.Patience(t), run.Env)
					a.Intercept(nil)
					if reached := a.Reaches(t, "private-a", news); failed == nil && reached {
						t.Errorf("call %d is %s: it is still there, and nobody says so", n, fate)
					}
					run.Undo(t, s)
					if differ := before.Diff(a.Snapshot()); len(differ) > 0 {
						t.Fatalf("call %d is %s: left behind:\n%s", n, fate, strings.Join(differ, "\n"))
					}
				}
			}
			t.Logf("failed in %d ways", cases)
		})
	}
}

func TestUndoInsistsWhateverCallFailsOnce(t *testing.T) {
	for _, way := range ways[:2] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			for n := 1; n <= 9; n++ {
				for _, fate := range []wire.Fate{wire.LostBefore, wire.LostAfter, wire.Refuse(protocol.Throttled)} {
					run := a.As(fmt.Sprintf("run %d %s", n, fate))
					run.Do(t, s)
					a.Intercept(wire.Nth(n, wire.Every, fate))
					run.Undo(t, s)
					a.Intercept(nil)
					if differ := before.Diff(a.Snapshot()); len(differ) > 0 {
						t.Fatalf("call %d is %s: left behind:\n%s", n, fate, strings.Join(differ, "\n"))
					}
				}
			}
		})
	}
}

// firewall does an outage by name, and returns its step and what it has made.
func firewall(t *testing.T, a account) (*Step, world.RuleGroup, world.RuleGroupAssociation) {
	t.Helper()
	s := a.step(t, &ways[0].outage)
	a.Do(t, s)
	return s, a.World.RuleGroups()[0], a.World.RuleGroupAssociations()[0]
}

func TestWhatSomebodyElseHasChangedIsLeftToThem(t *testing.T) {
	t.Run("mutation protection", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		before := a.Snapshot()
		s, _, tie := firewall(t, a)
		protect(t, a, tie.ID, true)
		conflict(t, s.Undo(labtest.Patience(t), a.Env), "mutation protection")
		protect(t, a, tie.ID, false)
		a.Undo(t, s)
		labtest.Restored(t, a.Lab, before)
	})
	t.Run("another rule", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s, group, _ := firewall(t, a)
		list, err := a.World.CreateDomainList("theirs", "theirs", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.World.CreateRule(group.ID, world.FirewallRule{Name: "theirs", RequestID: "theirs", DomainList: list.ID, Priority: 7, Action: "ALERT"}); err != nil {
			t.Fatal(err)
		}
		conflict(t, s.Undo(labtest.Patience(t), a.Env), group.ID, list.ID)
		if !a.Reaches(t, "private-a", news) {
			t.Error("the VPC still obeys")
		}
		if n := len(a.World.RuleGroups()[0].Rules); n != 2 {
			t.Errorf("%d rules are left", n)
		}
	})
	t.Run("the network ACL", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s := a.step(t, &ways[1].outage)
		a.Do(t, s)
		theirs, err := a.World.CreateNetworkACL(s.ACL.VPC, "", nil, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range a.World.NetworkACLs() {
			for _, tie := range one.Associations {
				if tie.Subnet == s.ACL.Subnet {
					if _, err := a.World.ReplaceACLAssociation(tie.ID, theirs.ID, false); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		conflict(t, s.Undo(labtest.Patience(t), a.Env), s.ACL.Original, theirs.ID)
	})
	t.Run("a priority", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		theirs, err := a.World.CreateRuleGroup("theirs", "theirs", nil)
		if err != nil {
			t.Fatal(err)
		}
		s := a.step(t, &ways[0].outage)
		taken := false
		a.Intercept(func(c wire.Call) wire.Fate {
			if c.Action == "AssociateFirewallRuleGroup" && !taken { // a moment before us
				taken = true
				_, err = a.World.AssociateRuleGroup(world.RuleGroupAssociation{
					Named: world.Named{Name: "theirs", RequestID: "theirs"}, RuleGroup: theirs.ID, VPC: s.Firewall.VPC, Priority: lowest,
				})
			}
			return wire.Pass
		})
		a.Do(t, s)
		a.Intercept(nil)
		if err != nil || a.Reaches(t, "private-a", news) {
			t.Errorf("%v, or it is still there", err)
		}
		if w := a.plan(t, &ways[0].outage).Warnings; !slices.ContainsFunc(w, func(w string) bool { return strings.Contains(w, theirs.ID) }) {
			t.Errorf("nobody says who is asked first: %q", w)
		}
		a.Undo(t, s)
		if n := len(a.World.RuleGroupAssociations()); n != 1 {
			t.Errorf("%d associations are left", n)
		}
	})
}

func protect(t *testing.T, a account, association string, on bool) {
	t.Helper()
	if _, err := a.World.UpdateRuleGroupAssociation(association, func(r *world.RuleGroupAssociation) { r.Protected = on }); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "it to settle", func() bool { return a.World.RuleGroupAssociations()[0].Status == world.FirewallComplete })
}

// conflict insists that an undo has given up for somebody else's sake, and says what it was about.
func conflict(t *testing.T, err error, mentions ...string) {
	t.Helper()
	var c *injectors.Conflict
	if !errors.As(err, &c) {
		t.Fatalf("undo: %v", err)
	}
	for _, m := range mentions {
		if !strings.Contains(c.Error(), m) {
			t.Errorf("does not mention %s: %v", m, c)
		}
	}
}

func TestWithoutAJournalItIsFoundByItsTags(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			a.Do(t, s)
			found, err := Kind().Scan(labtest.Patience(t), a.Env)
			if err != nil || len(found) != 1 || found[0].Run != "run-1" || found[0].Step.String() == "" {
				t.Fatalf("found %v, %v", found, err)
			}
			a.Undo(t, found[0].Step)
			labtest.Restored(t, a.Lab, before)
			if again, err := Kind().Scan(labtest.Patience(t), a.Env); err != nil || len(again) > 0 {
				t.Errorf("found %v, %v", again, err)
			}
		})
	}
}

func TestWhatWasBegunIsFoundToo(t *testing.T) {
	t.Parallel()
	a := open(t)
	before := a.Snapshot()
	s := a.step(t, &ways[0].outage)
	for n := 2; n <= 5; n++ {
		a.Intercept(wire.From(n, wire.Writes, wire.Refuse(protocol.Denied)))
		if err := s.Do(labtest.Patience(t), a.Env); err == nil {
			t.Fatal("it was done")
		}
		a.Intercept(nil)
		found, err := Kind().Scan(labtest.Patience(t), a.Env)
		if err != nil || len(found) != 1 {
			t.Fatalf("without call %d: found %v, %v", n, found, err)
		}
		a.Undo(t, found[0].Step)
		labtest.Restored(t, a.Lab, before)
	}
}

func TestTwoOutagesDoNotTakeEachOtherForTheirOwn(t *testing.T) {
	t.Parallel()
	a := open(t)
	before := a.Snapshot()
	first := a.step(t, &ThirdPartyOutage{Host: news, VPC: "gameday"})
	second := a.step(t, &ThirdPartyOutage{Host: weather, VPC: "gameday"})
	a.Do(t, first)
	a.Do(t, second)
	a.Undo(t, first)
	if !a.Reaches(t, "private-a", news) || a.Reaches(t, "private-a", weather) {
		t.Error("the first one's undo undid the second")
	}
	a.Undo(t, second)
	labtest.Restored(t, a.Lab, before)
	one := a.step(t, &ThirdPartyOutage{CIDRs: []string{"203.0.113.10/32"}, Subnets: []string{"private-a"}})
	other := a.step(t, &ThirdPartyOutage{CIDRs: []string{"203.0.113.200/32"}, Subnets: []string{"private-a"}})
	a.Do(t, one)
	if err := other.Do(labtest.Patience(t), a.Env); err == nil || !strings.Contains(err.Error(), "plan again") {
		t.Errorf("two network ACLs around one subnet: %v", err)
	}
	third := ThirdPartyOutage{CIDRs: []string{"198.51.100.0/24"}, Subnets: []string{"private-a"}}
	if _, err := third.Plan(labtest.Patience(t), a.Env, scope()); err == nil || !strings.Contains(err.Error(), a.Env.RunID+" has changed it") {
		t.Errorf("a copy of a copy: %v", err)
	}
	a.Undo(t, one)
	labtest.Restored(t, a.Lab, before)
}

func TestAWSEndsTheFaultByItself(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			var calls []injectors.Call
			for range 2 {
				var err error
				if calls, err = s.Insure(labtest.Patience(t), a.Env); err != nil || len(calls) == 0 {
					t.Fatalf("%v, %v", calls, err)
				}
			}
			if !a.Reaches(t, "private-a", news) {
				t.Error("getting ready has taken it away")
			}
			a.Do(t, s)
			if a.Reaches(t, "private-a", news) {
				t.Fatal("it is still there")
			}
			dead := deadman.New(a.Env, "arn:aws:iam::123456789012:role/gameday")
			if err := dead.Arm(t.Context(), 1, calls, time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			labtest.Until(t, "AWS to end it", func() bool { return a.Reaches(t, "private-a", news) })
			a.Undo(t, s)
			labtest.Restored(t, a.Lab, before)
		})
	}
}

func TestAPersonCanFinishIt(t *testing.T) {
	labtest.NeedsCLI(t)
	for _, way := range ways[:2] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, &way.outage)
			a.Do(t, s)
			for _, tie := range a.World.RuleGroupAssociations() {
				protect(t, a, tie.ID, true) // by somebody else
			}
			for range 2 {
				labtest.Paste(t, a.Lab, s.Describe().Manual)
				labtest.Restored(t, a.Lab, before)
			}
		})
	}
}

package natcutoff

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
	outside = "news.example"
	bucket  = "pictures.s3.eu-west-1.amazonaws.com"
	control = "ecs.eu-west-1.amazonaws.com"
)

// ways are the methods, each with every network that makes a difference to it.
var ways = []struct{ method, network string }{
	{Route, ""}, {Route, "main"}, {Route, "ipv6"}, {Route, "lag"}, {NACL, ""}, {NACL, "ipv6"}, {NACL, "lag"},
}

func weaknesses(network string) []string {
	if network == "" {
		return nil
	}
	return []string{network}
}

func TestASubnetIsCutOffAndTiedAgain(t *testing.T) {
	for _, way := range ways {
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, way.method, "private-a")
			a.Do(t, s)
			for _, c := range []struct {
				from, to string
				want     bool
			}{
				{"private-a", outside, false},
				{"private-a", control, true},
				{"private-a", bucket, way.method == Route},
				{"private-b", outside, true},
				{"private-b", bucket, true},
			} {
				if got := a.Reaches(t, c.from, c.to); got != c.want {
					t.Errorf("from %s, %s is reached: %v, want %v", c.from, c.to, got, c.want)
				}
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
			if !a.Reaches(t, "private-a", outside) {
				t.Error("there is no way out any more")
			}
			if more := labtest.Undeclared(a.Calls(), append(Kind().Permissions, "elasticloadbalancing:DescribeListeners")); len(more) > 0 {
				t.Errorf("calls that no permission is listed for: %v", more)
			}
		})
	}
}

func TestUndoBeforeDoChangesNothing(t *testing.T) {
	for _, way := range ways {
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			a.Undo(t, a.step(t, way.method, "private-b"))
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
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, way.method, "private-a")
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
					if reached := a.Reaches(t, "private-a", outside); failed == nil && reached {
						t.Errorf("call %d is %s: there is a way out, and nobody says so", n, fate)
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
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, way.method, "private-a")
			for n := 1; n <= 6; n++ {
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

func TestWhatSomebodyElseHasChangedIsLeftToThem(t *testing.T) {
	t.Run("before do", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s := a.step(t, Route, "private-a")
		tie(t, a, a.Subnet(t, "private-a").ID, tableOf(t, a, a.Subnet(t, "private-b").ID).ID)
		if err := s.Do(labtest.Patience(t), a.Env); err == nil || !strings.Contains(err.Error(), "plan again") {
			t.Errorf("do: %v", err)
		}
		if err := s.Undo(labtest.Patience(t), a.Env); err != nil {
			t.Errorf("undo of what was never done: %v", err)
		}
		if w := labtest.Writes(a.Lab); len(w) > 0 {
			t.Errorf("it wrote %v", w)
		}
	})
	t.Run("the way out", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s := a.step(t, Route, "private-a")
		if err := a.World.ReplaceRoute(s.Table.Original, world.Route{CIDR: "0.0.0.0/0", Target: a.World.NATGateways()[1].ID}, false); err != nil {
			t.Fatal(err)
		}
		if err := s.Do(labtest.Patience(t), a.Env); err == nil || !strings.Contains(err.Error(), "plan again") {
			t.Errorf("do: %v", err)
		}
	})
	t.Run("the route table during the fault", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		before := a.Snapshot()
		s := a.step(t, Route, "private-a")
		a.Do(t, s)
		own := a.Subnet(t, "private-a").ID
		other := tableOf(t, a, a.Subnet(t, "private-b").ID).ID
		tie(t, a, own, other)
		for range 2 { // the copy is still there to tell of it
			conflict(t, s.Undo(labtest.Patience(t), a.Env), s.Table.Original, other)
		}
		tie(t, a, own, s.Table.Original)
		a.Undo(t, s)
		labtest.Restored(t, a.Lab, before)
	})
	t.Run("the network ACL during the fault", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s := a.step(t, NACL, "private-a")
		a.Do(t, s)
		theirs, err := a.World.CreateNetworkACL(s.ACL.VPC, "", nil, false)
		if err != nil {
			t.Fatal(err)
		}
		tieACL(t, a, s.ACL.Subnet, theirs.ID)
		before := a.Snapshot()
		conflict(t, s.Undo(labtest.Patience(t), a.Env), s.ACL.Original, theirs.ID)
		if differ := before.Diff(a.Snapshot()); len(differ) > 0 {
			t.Errorf("it changed:\n%s", strings.Join(differ, "\n"))
		}
	})
	t.Run("who uses the copy", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		before := a.Snapshot()
		s := a.step(t, Route, "private-a")
		a.Do(t, s)
		copied := tableOf(t, a, s.Table.Subnet).ID
		other := a.Subnet(t, "private-b").ID
		theirs := tableOf(t, a, other).ID
		tie(t, a, other, copied)
		conflict(t, s.Undo(labtest.Patience(t), a.Env), copied, other)
		if got := tableOf(t, a, s.Table.Subnet).ID; got != s.Table.Original {
			t.Errorf("the subnet is left with %s", got)
		}
		tie(t, a, other, theirs)
		a.Undo(t, s)
		labtest.Restored(t, a.Lab, before)
	})
	t.Run("a main table's subnet gets a table of its own", func(t *testing.T) {
		t.Parallel()
		a := open(t, "main")
		s := a.step(t, Route, "private-a")
		a.Do(t, s)
		public := tableOf(t, a, a.Subnet(t, "public-a").ID).ID
		tie(t, a, s.Table.Subnet, public)
		conflict(t, s.Undo(labtest.Patience(t), a.Env), "main", public)
	})
	t.Run("the original is gone", func(t *testing.T) {
		t.Parallel()
		a := open(t)
		s := a.step(t, Route, "private-a")
		a.Do(t, s)
		for _, e := range a.World.VPCEndpoints() {
			if e.Type == world.GatewayEndpoint {
				if err := a.World.ModifyVPCEndpoint(e.ID, nil, []string{s.Table.Original}, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := a.World.DeleteRouteTable(s.Table.Original, false); err != nil {
			t.Fatal(err)
		}
		conflict(t, s.Undo(labtest.Patience(t), a.Env), s.Table.Original, "does not exist any more")
	})
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

func tableOf(t *testing.T, a account, subnet string) world.RouteTable {
	t.Helper()
	for _, one := range a.World.RouteTables() {
		if slices.ContainsFunc(one.Associations, func(r world.RouteAssociation) bool { return r.Subnet == subnet }) {
			return one
		}
	}
	t.Fatalf("%s has no route table of its own", subnet)
	return world.RouteTable{}
}

// tie ties a subnet to another route table, as somebody else would.
func tie(t *testing.T, a account, subnet, table string) {
	t.Helper()
	for _, r := range tableOf(t, a, subnet).Associations {
		if r.Subnet == subnet {
			if _, err := a.World.ReplaceRouteTableAssociation(r.ID, table, false); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func tieACL(t *testing.T, a account, subnet, acl string) {
	t.Helper()
	for _, one := range a.World.NetworkACLs() {
		for _, tie := range one.Associations {
			if tie.Subnet == subnet {
				if _, err := a.World.ReplaceACLAssociation(tie.ID, acl, false); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestWithoutAJournalItIsFoundByItsTags(t *testing.T) {
	for _, way := range ways {
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			a.Do(t, a.step(t, way.method, "private-a"))
			a.As("run-2").Do(t, a.step(t, way.method, "private-b"))
			found, err := Kind().Scan(labtest.Patience(t), a.Env)
			if err != nil {
				t.Fatal(err)
			}
			var runs []string
			for _, f := range found {
				runs = append(runs, f.Run)
				if f.Step.String() == "" || len(f.Step.Describe().Manual) == 0 {
					t.Errorf("says nothing of itself: %v", f.Step)
				}
				a.As(f.Run).Undo(t, f.Step)
			}
			slices.Sort(runs)
			if !slices.Equal(runs, []string{"run-1", "run-2"}) {
				t.Errorf("found %v", runs)
			}
			labtest.Restored(t, a.Lab, before)
			if again, err := Kind().Scan(labtest.Patience(t), a.Env); err != nil || len(again) > 0 {
				t.Errorf("found %v, %v", again, err)
			}
		})
	}
}

func TestAWSEndsTheFaultByItself(t *testing.T) {
	for _, way := range ways {
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, way.method, "private-a")
			var calls []injectors.Call
			for range 2 {
				var err error
				if calls, err = s.Insure(labtest.Patience(t), a.Env); err != nil || len(calls) == 0 {
					t.Fatalf("%v, %v", calls, err)
				}
			}
			if !a.Reaches(t, "private-a", outside) {
				t.Error("getting ready has cut it off")
			}
			a.Do(t, s)
			if a.Reaches(t, "private-a", outside) {
				t.Fatal("it is not cut off")
			}
			dead := deadman.New(a.Env, "arn:aws:iam::123456789012:role/gameday")
			if err := dead.Arm(t.Context(), 1, calls, time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			labtest.Until(t, "AWS to end it", func() bool { return a.Reaches(t, "private-a", outside) })
			a.Undo(t, s)
			labtest.Restored(t, a.Lab, before)
		})
	}
}

func TestAPersonCanFinishIt(t *testing.T) {
	labtest.NeedsCLI(t)
	for _, way := range ways {
		if way.network == "lag" || way.network == "ipv6" {
			continue
		}
		t.Run(way.method+" "+way.network, func(t *testing.T) {
			t.Parallel()
			a := open(t, weaknesses(way.network)...)
			before := a.Snapshot()
			s := a.step(t, way.method, "private-a")
			a.Do(t, s)
			for range 2 {
				labtest.Paste(t, a.Lab, s.Describe().Manual)
				labtest.Restored(t, a.Lab, before)
			}
		})
	}
}

package instancekill

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

func (a account) do(t *testing.T, s *Step) {
	t.Helper()
	if err := s.Do(labtest.Patience(t), a.env); err != nil {
		t.Fatal(err)
	}
}

func (a account) undo(t *testing.T, s *Step) {
	t.Helper()
	if err := s.Undo(labtest.Patience(t), a.env); err != nil {
		t.Fatal(err)
	}
}

// whole fails the test where service front does not serve as it did.
func (a account) whole(t *testing.T) {
	t.Helper()
	before := inventory.Former{Cluster: "web", Service: "front"}
	for _, g := range a.World.TargetGroups() {
		before.Pools = append(before.Pools, inventory.Pool{TargetGroup: g.ARN, Healthy: 3})
	}
	if lack, err := before.Lack(t.Context(), a.env, ""); lack != "" || err != nil {
		t.Errorf("not whole: %s %v", lack, err)
	}
}

func TestUndoBeforeDoChangesNothing(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	for _, mode := range modes {
		a.undo(t, a.step(t, &InstanceKill{Mode: mode, AutoScalingGroup: "web"}))
	}
	if w := labtest.Writes(a.Lab); len(w) > 0 {
		t.Errorf("it wrote: %v", w)
	}
}

func TestATerminatedInstanceIsReplaced(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Terminate, Cluster: "web", Service: "front"})
	before := a.in("web")
	a.do(t, s)
	if state := a.instance(t, s.Instance).State; state != world.ShuttingDown && state != world.Terminated {
		t.Errorf("in effect, and %s", state)
	}
	for range 2 {
		a.undo(t, s)
		a.whole(t)
		if after := a.in("web"); len(after) != 3 || slices.Contains(after, s.Instance) || slices.Equal(after, before) {
			t.Errorf("healed with %v after %v", after, before)
		}
	}
	if w := labtest.Writes(a.Lab); !slices.Equal(w, []string{"ec2:TerminateInstances"}) {
		t.Errorf("wrote %v", w)
	}
	if more := labtest.Undeclared(a.Calls(), Kind().Permissions); len(more) > 0 {
		t.Errorf("calls that no permission is listed for: %v", more)
	}
}

func TestAStoppedInstanceIsStartedAgain(t *testing.T) {
	for _, mode := range []string{Stop, ForceStop} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			a := mixed(t)
			s := a.step(t, &InstanceKill{Mode: mode, AutoScalingGroup: "patient"})
			a.do(t, s)
			i := a.instance(t, s.Instance)
			if i.State != world.Stopped || i.Tags[cloud.RunTag] != "run-1" {
				t.Errorf("in effect: %s, tags %v", i.State, i.Tags)
			}
			mark := len(a.Calls())
			for range 2 {
				a.undo(t, s)
				i = a.instance(t, s.Instance)
				if _, tagged := i.Tags[cloud.RunTag]; i.State != world.Running || tagged {
					t.Errorf("undone: %s, tags %v", i.State, i.Tags)
				}
			}
			labtest.Until(t, "its services to be whole", func() bool {
				lack, err := s.Services[0].Lack(t.Context(), a.env, "")
				return lack == "" && err == nil
			})
			if more := labtest.Undeclared(a.Calls()[mark:], s.Describe().Permissions); len(more) > 0 {
				t.Errorf("calls that the step does not list: %v", more)
			}
		})
	}
}

// Nothing that an undo waits for may wait for another undo, or for what is broken all the same.
func TestAnUndoWaitsForItsOwnInstanceAlone(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	if err := a.World.SuspendProcesses("web", []string{"HealthCheck", "ReplaceUnhealthy"}); err != nil {
		t.Fatal(err)
	}
	two := 2
	plan := a.plan(t, &InstanceKill{Mode: Stop, AutoScalingGroup: "web", Count: &two})
	first, second := journaled(t, plan.Steps[0]), journaled(t, plan.Steps[1])
	a.do(t, first)
	a.do(t, second)
	a.undo(t, first)
	if i := a.instance(t, first.Instance); i.State != world.Running || i.Tags[cloud.RunTag] != "" {
		t.Errorf("undone: %s, tags %v", i.State, i.Tags)
	}
	if i := a.instance(t, second.Instance); i.State != world.Stopped || i.Tags[cloud.RunTag] != "run-1" {
		t.Errorf("still in effect: %s, tags %v", i.State, i.Tags)
	}
	a.undo(t, second)
	if more := labtest.Undeclared(a.Calls(), slices.Concat(Kind().Permissions, second.Describe().Permissions)); len(more) > 0 {
		t.Errorf("calls that nobody lists: %v", more)
	}
}

func TestAnUndoWaitsForTheTargetsOfItsInstance(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Stop, Cluster: "web", Service: "front"})
	if len(s.Serves) != 1 {
		t.Fatalf("it serves %q, want one target group", s.Serves)
	}
	lack := func(state string) string {
		env := labtest.Edit(a.env, "DescribeTargetHealth", func(answer string) string {
			return strings.ReplaceAll(answer, "<State>healthy</State>", "<State>"+state+"</State>")
		})
		lack, err := s.lack(t.Context(), env, ec2.NewFromConfig(env.AWS))
		if err != nil {
			t.Fatal(err)
		}
		return lack
	}
	for state, lacking := range map[string]bool{"healthy": false, "initial": true, "unhealthy": true, "unused": true, "draining": false} {
		if got := lack(state); (got != "") != lacking {
			t.Errorf("%s: lacks %q", state, got)
		}
	}
}

// A group's capacity is in instances, unless they have weights.
func TestAGroupIsWholeByTheWeightOfItsInstances(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Terminate, AutoScalingGroup: "web"})
	weighted := func(desired string) *cloud.Env {
		return labtest.Edit(a.env, "DescribeAutoScalingGroups", func(answer string) string {
			answer = strings.ReplaceAll(answer, "<DesiredCapacity>3<", "<DesiredCapacity>"+desired+"<")
			return strings.ReplaceAll(answer, "<LifecycleState>", "<WeightedCapacity>4</WeightedCapacity><LifecycleState>")
		})
	}
	for desired, lacking := range map[string]bool{"3": false, "11": false, "12": false, "13": true} {
		env := weighted(desired)
		lack, err := s.lack(t.Context(), env, ec2.NewFromConfig(env.AWS))
		if (lack != "") != lacking || err != nil {
			t.Errorf("three instances of weight 4 for %s: lacks %q, %v", desired, lack, err)
		}
	}
}

func TestAStoppedInstanceThatItsGroupReplacesIsHealed(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Stop, AutoScalingGroup: "web"})
	a.do(t, s)
	labtest.Until(t, "its group replaces it", func() bool { return !slices.Contains(a.in("web"), s.Instance) })
	var healed *injectors.Healed
	for range 2 {
		if err := s.Undo(labtest.Patience(t), a.env); !errors.As(err, &healed) || !strings.Contains(healed.Why, s.Instance+" was terminated meanwhile") {
			t.Errorf("undo: %v", err)
		}
	}
	a.whole(t)
	if n := len(a.in("web")); n != 3 {
		t.Errorf("%d instances", n)
	}
}

func TestARebootedInstanceComesBack(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Reboot, AutoScalingGroup: "web"})
	before := a.in("web")
	a.do(t, s)
	a.undo(t, s)
	a.whole(t)
	if after := a.in("web"); !slices.Equal(after, before) {
		t.Errorf("instances %v, were %v", after, before)
	}
	running, err := inventory.Running(t.Context(), a.env, s.Cluster, s.Tasks)
	if err != nil {
		t.Fatal(err)
	}
	if running == len(s.Tasks) {
		t.Error("all of its tasks survived")
	}
}

func TestWhatSomebodyElseStoppedStaysStopped(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Stop, AutoScalingGroup: "patient"})
	if _, err := a.World.StopInstances([]string{s.Instance}, true); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "it stops", func() bool { return a.instance(t, s.Instance).State == world.Stopped })
	if err := s.Do(labtest.Patience(t), a.env); err == nil || !strings.Contains(err.Error(), "is stopped now") {
		t.Errorf("do: %v", err)
	}
	a.undo(t, s)
	if state := a.instance(t, s.Instance).State; state != world.Stopped {
		t.Errorf("undo made it %s", state)
	}
	if w := labtest.Writes(a.Lab); len(w) > 0 {
		t.Errorf("wrote %v", w)
	}
}

func TestAnInstanceThatIsGoneProvesNothing(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Terminate, AutoScalingGroup: "web"})
	if _, err := a.World.TerminateInstances([]string{s.Instance}); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "it shows", func() bool { return a.instance(t, s.Instance).State != world.Running })
	if err := s.Do(labtest.Patience(t), a.env); err == nil {
		t.Error("somebody else's termination was taken for ours")
	}
	a.undo(t, s)
	a.whole(t)
}

func TestWhatAnotherRunHasTaggedIsItsOwn(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Stop, Cluster: "web", Service: "front"})
	theirs := *a.env
	theirs.RunID = "theirs"
	if err := s.tag(t.Context(), ec2.NewFromConfig(a.env.AWS), theirs.RunID, false); err != nil {
		t.Fatal(err)
	}
	const says = "run theirs has changed it and not put it back"
	if err := s.Do(t.Context(), a.env); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("it is stopped all the same: %v", err)
	}
	_, err := (&InstanceKill{Mode: Terminate, IDs: []string{s.Instance}}).Plan(t.Context(), a.env, scope(1, nil))
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("it is picked all the same: %v", err)
	}
	if state := a.instance(t, s.Instance).State; state != world.Running {
		t.Errorf("it is %s", state)
	}
}

func TestAServiceThatWantsLessIsWholeWithLess(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Terminate, Cluster: "web", Service: "front"})
	a.do(t, s)
	one, none := 1, 0
	if err := a.World.ResizeGroup("web", &none, nil, &one); err != nil {
		t.Fatal(err)
	}
	if _, err := a.World.UpdateService("web", "front", world.ServiceChange{Desired: &one}); err != nil {
		t.Fatal(err)
	}
	a.undo(t, s)
}

func TestUndoAfterADoThatWasCutShort(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Stop, AutoScalingGroup: "patient"})
	if err := s.tag(t.Context(), ec2.NewFromConfig(a.env.AWS), "run-1", false); err != nil {
		t.Fatal(err)
	}
	a.undo(t, s) // of a Do that got as far as the tag
	if tags := a.instance(t, s.Instance).Tags; tags[cloud.RunTag] != "" {
		t.Errorf("tags left: %v", tags)
	}
	if err := s.tag(t.Context(), ec2.NewFromConfig(a.env.AWS), "run-1", false); err != nil {
		t.Fatal(err)
	}
	if _, err := a.World.StopInstances([]string{s.Instance}, false); err != nil {
		t.Fatal(err)
	}
	a.undo(t, s) // of one that did not wait for the end
	if i := a.instance(t, s.Instance); i.State != world.Running || i.Tags[cloud.RunTag] != "" {
		t.Errorf("undone: %s, tags %v", i.State, i.Tags)
	}
}

func TestAnAnswerThatIsLostIsLookedUp(t *testing.T) {
	for mode, action := range map[string]string{Terminate: "TerminateInstances", Stop: "StopInstances"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			a := mixed(t)
			s := a.step(t, &InstanceKill{Mode: mode, AutoScalingGroup: "patient"})
			env := *a.env
			a.Intercept(wire.From(1, func(c wire.Call) bool { return c.Action == action && wire.Writes(c) }, wire.LostAfter))
			env.AWS.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
			if err := s.Do(labtest.Patience(t), &env); err != nil {
				t.Fatal(err)
			}
			if i := a.instance(t, s.Instance); i.State == world.Running {
				t.Error("nothing was done")
			}
		})
	}
}

func TestRehearsalAsksForWhatUndoNeedsToo(t *testing.T) {
	t.Parallel()
	var denied string
	a := open(t, lab.Options{Topology: "testdata/mixed.hcl", Wire: wire.Options{Intercept: func(c wire.Call) wire.Fate {
		if c.DryRun && c.Service+":"+c.Action == denied {
			return wire.Refuse(&world.Error{Code: "UnauthorizedOperation", Message: "no"})
		}
		return wire.Pass
	}}})
	needs := map[string][]string{
		Terminate: {"ec2:TerminateInstances"},
		Reboot:    {"ec2:RebootInstances"},
		Stop:      {"ec2:StopInstances", "ec2:StartInstances", "ec2:CreateTags", "ec2:DeleteTags"},
	}
	for mode, actions := range needs {
		s := a.step(t, &InstanceKill{Mode: mode, AutoScalingGroup: "web"})
		denied = ""
		if err := s.Rehearse(labtest.Patience(t), a.env); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		for _, denied = range actions {
			if err := s.Rehearse(labtest.Patience(t), a.env); code(err) != "UnauthorizedOperation" {
				t.Errorf("%s without %s: %v", mode, denied, err)
			}
		}
	}
	if w := labtest.Writes(a.Lab); len(w) > 0 {
		t.Errorf("rehearsal wrote %v", w)
	}
}

func TestNothingIsStoppedThatCannotBeMarked(t *testing.T) {
	t.Parallel()
	a := open(t, lab.Options{Topology: "testdata/mixed.hcl", Wire: wire.Options{Denied: []string{"ec2:CreateTags"}}})
	s := a.step(t, &InstanceKill{Mode: Stop, AutoScalingGroup: "patient"})
	if err := s.Do(labtest.Patience(t), a.env); code(err) != "UnauthorizedOperation" {
		t.Errorf("do: %v", err)
	}
	if state := a.instance(t, s.Instance).State; state != world.Running {
		t.Errorf("it is %s", state)
	}
}

func TestProtectionIsNamed(t *testing.T) {
	t.Parallel()
	a := mixed(t)
	s := a.step(t, &InstanceKill{Mode: Terminate, Cluster: "kept", AllowStateful: true})
	if err := s.Do(labtest.Patience(t), a.env); err == nil || !strings.Contains(err.Error(), "protected") {
		t.Errorf("do: %v", err)
	}
}

package ecsdeploy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

// account is a lab, and a run in it.
type account struct {
	*lab.Lab
	env     *cloud.Env
	before  world.Snapshot
	program string // of service fragile, whose tasks cannot start without it
}

func small(t *testing.T, breaker string) account {
	t.Helper()
	text, err := os.ReadFile("testdata/small.hcl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := account{program: filepath.Join(dir, "program")}
	a.mend(t)
	file := filepath.Join(dir, "small.hcl")
	text = []byte(strings.NewReplacer("PROGRAM", a.program, "BREAKER", breaker).Replace(string(text)))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	a.Lab, a.env = labtest.Start(t, lab.Options{Topology: file})
	a.env.RunID, a.env.Poll = "run-1", 50*time.Millisecond
	a.before = a.Snapshot()
	return a
}

// wreck keeps service fragile from starting tasks.
func (a account) wreck(t *testing.T) {
	t.Helper()
	if err := os.Remove(a.program); err != nil {
		t.Fatal(err)
	}
}

func (a account) mend(t *testing.T) {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	if err == nil {
		err = os.Symlink(sleep, a.program)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (a account) plan(t *testing.T, d *ECSDeploy) *injectors.Plan {
	t.Helper()
	d.Cluster = "web"
	p, err := d.Plan(labtest.Patience(t), a.env, injectors.Scope{Rand: rand.New(rand.NewPCG(1, 0))})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// step plans a step and reads it back as the journal would.
func (a account) step(t *testing.T, d *ECSDeploy) *Step {
	t.Helper()
	p := a.plan(t, d)
	return labtest.Journaled[Step](t, p.Steps[0])
}

func (a account) service(t *testing.T, name string) world.Service {
	t.Helper()
	all, err := a.World.Services("web")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(s world.Service) bool { return s.Name == name })
	return all[at]
}

// told counts the events of a service that say something.
func told(s world.Service, text string) int {
	n := 0
	for _, e := range s.Events {
		if strings.Contains(e.Message, text) {
			n++
		}
	}
	return n
}

// updates counts the updates that were carried out.
func (a account) updates() int {
	n := 0
	for _, c := range a.Calls() {
		if c.Action == "UpdateService" && c.Code == "" {
			n++
		}
	}
	return n
}

// otherwise has somebody else update a service.
func (a account) otherwise(t *testing.T, in *ecs.UpdateServiceInput) {
	t.Helper()
	in.Cluster = aws.String("web")
	if _, err := ecs.NewFromConfig(labtest.As(t, a.Lab, wire.OtherKey).AWS).UpdateService(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// undone undoes twice, and looks whether everything is as it was.
func (a account) undone(t *testing.T, s *Step) {
	t.Helper()
	for _, turn := range []string{"first", "second"} {
		if err := s.Undo(labtest.Patience(t), a.env); err != nil {
			t.Fatalf("%s undo: %v", turn, err)
		}
		if v := a.service(t, s.Service); v.Running != v.Desired || v.Deployments[0].RolloutState != "COMPLETED" {
			t.Errorf("after the %s undo %d of %d run, rollout %s", turn, v.Running, v.Desired, v.Deployments[0].RolloutState)
		}
	}
	labtest.Restored(t, a.Lab, a.before)
	for _, c := range a.Calls() {
		if name := c.Service + ":" + c.Action; c.Service != "tag" && !slices.Contains(Kind().Permissions, name) {
			t.Errorf("no permission is listed for %s", name)
		}
	}
}

func TestWhatRunsIsDeployedAnew(t *testing.T) {
	t.Parallel()
	a := small(t, "")
	s := a.step(t, &ECSDeploy{Service: "front"})
	if d := s.Describe(); d.Irreversible == "" || s.String() != "deploy front:1 to service web/front once more" {
		t.Errorf("%s: %+v", s, d)
	}
	if err := s.Undo(labtest.Patience(t), a.env); err != nil || a.updates() > 0 {
		t.Fatalf("undo before do: %v, %d updates", err, a.updates())
	}
	if err := s.Do(labtest.Patience(t), a.env); err != nil {
		t.Fatal(err)
	}
	if d := a.service(t, "front").Deployments[0]; d.ID == s.Deployment || d.Status != "PRIMARY" {
		t.Errorf("in effect: %+v", d)
	}
	a.undone(t, s)
	if a.updates() != 1 {
		t.Errorf("%d updates", a.updates())
	}
	if calls, err := s.Insure(t.Context(), a.env); len(calls) > 0 || err != nil {
		t.Errorf("insured by %v, %v", calls, err)
	}
}

func TestAnotherVersionIsTakenBack(t *testing.T) {
	three := 3
	for name, d := range map[string]ECSDeploy{
		"another definition":      {Definition: "other"},
		"another number of tasks": {Desired: &three},
		"both":                    {Definition: "other:1", Desired: &three},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := small(t, "")
			d.Service = "front"
			s := a.step(t, &d)
			if s.Describe().Irreversible != "" {
				t.Fatal("it cannot be taken back")
			}
			if err := s.Undo(labtest.Patience(t), a.env); err != nil || a.updates() > 0 {
				t.Fatalf("undo before do: %v, %d updates", err, a.updates())
			}
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Fatal(err)
			}
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Errorf("our own deed was not known again: %v", err)
			}
			v := a.service(t, "front")
			if left := (Version{Definition: filepath.Base(v.TaskDefinition), Desired: &v.Desired}); !left.equals(s.After) || v.Tags[cloud.RunTag] != "run-1" {
				t.Errorf("in effect: %s, tags %v", left, v.Tags)
			}
			a.undone(t, s)
			if a.updates() != 2 {
				t.Errorf("%d updates", a.updates())
			}
		})
	}
}

// A second forced deployment would be a second event: whatever becomes of an answer, there is one.
func TestADeploymentIsStartedOnce(t *testing.T) {
	update := func(c wire.Call) bool { return c.Action == "UpdateService" }
	for _, fate := range []wire.Fate{wire.Refuse(protocol.Throttled), wire.Refuse(protocol.Unavailable), wire.LostBefore, wire.LostAfter} {
		t.Run(fate.String(), func(t *testing.T) {
			t.Parallel()
			a := small(t, "")
			before := told(a.service(t, "front"), "deployment completed")
			s := a.step(t, &ECSDeploy{Service: "front"})
			a.Intercept(wire.Nth(1, update, fate))
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Fatal(err)
			}
			a.undone(t, s)
			if n := told(a.service(t, "front"), "deployment completed") - before; n != 1 {
				t.Errorf("%d deployments", n)
			}
		})
	}
}

// Whatever becomes of one of the calls that write, in the end everything is as it was.
func TestWhateverBecomesOfAWrite(t *testing.T) {
	const writes = 4 // tag, set, set back, untag
	fates := []wire.Fate{wire.Refuse(protocol.Throttled), wire.Refuse(protocol.Unavailable), wire.Refuse(protocol.Denied), wire.LostBefore, wire.LostAfter}
	for n := 1; n <= writes; n++ {
		for _, fate := range fates {
			t.Run(fmt.Sprintf("%d %s", n, fate), func(t *testing.T) {
				t.Parallel()
				a := small(t, "")
				three := 3
				s := a.step(t, &ECSDeploy{Service: "front", Definition: "other", Desired: &three})
				a.Intercept(wire.Nth(n, wire.Writes, fate))
				err := s.Do(labtest.Patience(t), a.env)
				if v := a.service(t, "front"); err == nil && (v.Desired != 3 || filepath.Base(v.TaskDefinition) != "other:1") {
					t.Errorf("it is said to be in effect, and is %d tasks of %s", v.Desired, v.TaskDefinition)
				}
				labtest.Until(t, "an undo", func() bool { return s.Undo(labtest.Patience(t), a.env) == nil })
				a.undone(t, s)
			})
		}
	}
}

func TestADenialIsFinal(t *testing.T) {
	t.Parallel()
	a := small(t, "")
	s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
	a.Intercept(wire.From(1, func(c wire.Call) bool { return c.Action == "UpdateService" }, wire.Refuse(protocol.Denied)))
	err := s.Do(labtest.Patience(t), a.env)
	if err == nil || !strings.Contains(cloud.Explain(err), "ecs:UpdateService") {
		t.Fatalf("got %v", err)
	}
	a.undone(t, s)
}

func TestWhatOthersDidIsLeftAlone(t *testing.T) {
	three := 3
	t.Run("before do", func(t *testing.T) {
		t.Parallel()
		a := small(t, "")
		s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
		a.otherwise(t, &ecs.UpdateServiceInput{Service: aws.String("front"), ForceNewDeployment: true})
		if err := s.Do(labtest.Patience(t), a.env); err == nil || !strings.Contains(err.Error(), "plan again") {
			t.Errorf("got %v", err)
		}
		if err := s.Undo(labtest.Patience(t), a.env); err != nil || a.updates() != 1 {
			t.Errorf("undo: %v, %d updates", err, a.updates())
		}
	})
	for name, change := range map[string]*ecs.UpdateServiceInput{
		"another definition":      {TaskDefinition: aws.String("fragile")},
		"another number of tasks": {DesiredCount: aws.Int32(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := small(t, "")
			s := a.step(t, &ECSDeploy{Service: "front", Definition: "other", Desired: &three})
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Fatal(err)
			}
			change.Service = aws.String("front")
			a.otherwise(t, change)
			theirs := a.service(t, "front").TaskDefinition
			var conflict *injectors.Conflict
			if err := s.Undo(labtest.Patience(t), a.env); !errors.As(err, &conflict) || conflict.Was != "front:1 with 2 tasks wanted" {
				t.Fatalf("got %v", err)
			}
			if now := a.service(t, "front").TaskDefinition; now != theirs {
				t.Errorf("%s was overwritten by %s", theirs, now)
			}
		})
	}
	t.Run("another run's mark", func(t *testing.T) {
		t.Parallel()
		a := small(t, "")
		late := a.step(t, &ECSDeploy{Service: "front", Definition: "other", Desired: &three})
		theirs := *a.env
		theirs.RunID = "theirs"
		if err := late.mark(t.Context(), &theirs, ecs.NewFromConfig(a.env.AWS)); err != nil {
			t.Fatal(err)
		}
		const says = "run theirs has changed it and not put it back"
		if err := late.Do(labtest.Patience(t), a.env); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it is deployed all the same: %v", err)
		}
		if err := late.Undo(labtest.Patience(t), a.env); err != nil || a.updates() != 0 {
			t.Errorf("undo: %v, %d updates", err, a.updates())
		}
		_, err := (&ECSDeploy{Cluster: "web", Service: "front"}).Plan(labtest.Patience(t), a.env, injectors.Scope{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it is planned all the same: %v", err)
		}
	})
	t.Run("the number of tasks of a service that was deployed", func(t *testing.T) {
		t.Parallel()
		a := small(t, "")
		s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
		if err := s.Do(labtest.Patience(t), a.env); err != nil {
			t.Fatal(err)
		}
		a.otherwise(t, &ecs.UpdateServiceInput{Service: aws.String("front"), DesiredCount: aws.Int32(3)})
		if err := s.Undo(labtest.Patience(t), a.env); err != nil {
			t.Fatal(err)
		}
		if v := a.service(t, "front"); v.Desired != 3 || filepath.Base(v.TaskDefinition) != "front:1" {
			t.Errorf("%d tasks of %s", v.Desired, v.TaskDefinition)
		}
	})
	t.Run("the tag", func(t *testing.T) {
		t.Parallel()
		a := small(t, "")
		s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
		if err := s.Do(labtest.Patience(t), a.env); err != nil {
			t.Fatal(err)
		}
		_, err := ecs.NewFromConfig(labtest.As(t, a.Lab, wire.OtherKey).AWS).UntagResource(t.Context(), &ecs.UntagResourceInput{
			ResourceArn: aws.String(s.ARN), TagKeys: []string{cloud.RunTag},
		})
		if err != nil {
			t.Fatal(err)
		}
		var conflict *injectors.Conflict
		if err := s.Undo(labtest.Patience(t), a.env); !errors.As(err, &conflict) || !strings.Contains(conflict.Is, "without the tag") {
			t.Errorf("got %v", err)
		}
	})
}

// Three things may become of a rollout whose tasks cannot start: tried again for ever, given up, rolled back.
func TestARolloutThatFailsIsMendedOnceItCan(t *testing.T) {
	for name, c := range map[string]struct {
		breaker string
		stuck   func(world.Service) bool
		healed  bool // by ECS itself
	}{
		"without a circuit breaker": {"", func(v world.Service) bool { return v.Deployments[0].Failed > 0 }, false},
		"with one that gives up":    {"circuit_breaker = true", func(v world.Service) bool { return v.Deployments[0].RolloutState == "FAILED" }, false},
		"with one that rolls back":  {"circuit_breaker = true\nrollback = true", func(v world.Service) bool { return told(v, "rolling back to deployment") == 1 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := small(t, c.breaker)
			s := a.step(t, &ECSDeploy{Service: "fragile"})
			a.wreck(t)
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Fatal(err)
			}
			labtest.Until(t, "the rollout to be stuck", func() bool { return c.stuck(a.service(t, "fragile")) })
			if !c.healed {
				labtest.Until(t, "the reason to be told", func() bool {
					brief, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					err := s.Undo(brief, a.env)
					if err == nil {
						t.Fatal("it was taken for whole")
					}
					return errors.Is(err, cloud.ErrNotYet) && strings.Contains(err.Error(), "CannotStartContainerError")
				})
			}
			a.mend(t)
			a.undone(t, s)
		})
	}
}

func TestARollbackLeavesNothingToRestore(t *testing.T) {
	t.Parallel()
	a := small(t, "circuit_breaker = true\nrollback = true")
	three := 3
	s := a.step(t, &ECSDeploy{Service: "fragile", Definition: "other", Desired: &three})
	a.wreck(t)
	if err := s.Do(labtest.Patience(t), a.env); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "ECS to roll back", func() bool { return filepath.Base(a.service(t, "fragile").TaskDefinition) == "fragile:1" })
	a.mend(t)
	a.undone(t, s) // the number of tasks is what ECS leaves
}

func TestFoundWithoutAJournal(t *testing.T) {
	t.Parallel()
	a := small(t, "")
	if found, err := scan(labtest.Patience(t), a.env); len(found) > 0 || err != nil {
		t.Fatalf("found %+v, %v", found, err)
	}
	s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
	if err := s.Do(labtest.Patience(t), a.env); err != nil {
		t.Fatal(err)
	}
	found, err := scan(labtest.Patience(t), a.env)
	if err != nil || len(found) != 1 || found[0].Run != "run-1" {
		t.Fatalf("found %+v, %v", found, err)
	}
	a.undone(t, found[0].Step.(*Step))
}

// AWS itself makes the calls that a step is insured with.
// Another account may well have a cluster and a service of the same names.
func TestWhatAPersonPastesMeansThisAccountAlone(t *testing.T) {
	t.Parallel()
	a := small(t, "")
	s := a.step(t, &ECSDeploy{Service: "front", Definition: "other"})
	about := s.Describe()
	for _, line := range slices.Concat(about.Manual, about.Keep) {
		if strings.HasPrefix(line, "aws ") && !strings.Contains(line, ":123456789012:") {
			t.Errorf("no account is named: %s", line)
		}
	}
}

func TestInsuredCalls(t *testing.T) {
	t.Parallel()
	a := small(t, "")
	three := 3
	s := a.step(t, &ECSDeploy{Service: "front", Definition: "other", Desired: &three})
	calls, err := s.Insure(t.Context(), a.env)
	if err != nil || len(calls) != 1 {
		t.Fatalf("got %+v, %v", calls, err)
	}
	want := map[string]any{"Cluster": "web", "Service": "front", "TaskDefinition": "front:1", "DesiredCount": 2}
	if c := calls[0]; c.Service != "ecs" || c.Action != "UpdateService" || fmt.Sprint(c.Input) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %v", c, want)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	a := small(t, "circuit_breaker = true")
	p := a.plan(t, &ECSDeploy{Service: "front"})
	if want := []injectors.Impact{{What: "tasks of service web/front", Hit: 2, Of: 2}}; !slices.Equal(p.Impacts, want) {
		t.Errorf("impacts %+v, want %+v", p.Impacts, want)
	}
	if want := []injectors.Population{{Name: "services of cluster web", Size: 5}}; !slices.Equal(p.Groups, want) || p.Targets[0].Group != want[0].Name {
		t.Errorf("groups %+v, want %+v", p.Groups, want)
	}
	for service, says := range map[string][]string{
		"front":   {"no deployment circuit breaker", "image front:1 comes from docker.io"},
		"full":    {"no instance has room for another task of service web/full"},
		"fragile": {"does not roll back"},
		"other":   {"image other:latest may be another one by now", "can never be rolled out"},
		"inside":  {"no endpoint for ecr.api"},
	} {
		warnings := strings.Join(a.plan(t, &ECSDeploy{Service: service}).Warnings, "\n")
		for _, part := range says {
			if !strings.Contains(warnings, part) {
				t.Errorf("%s: does not warn that %q:\n%s", service, part, warnings)
			}
		}
	}
	for _, c := range []struct {
		deploy ECSDeploy
		tags   map[string]string
		says   string
	}{
		{ECSDeploy{Cluster: "wbe", Service: "front"}, nil, `did you mean "web"`},
		{ECSDeploy{Cluster: "web", Service: "font"}, nil, `did you mean "front"`},
		{ECSDeploy{Cluster: "web", Service: "front", Definition: "none"}, nil, "task definition none"},
		{ECSDeploy{Cluster: "web", Service: "front"}, map[string]string{"chaos": "allowed"}, "chaos=allowed"},
	} {
		_, err := c.deploy.Plan(labtest.Patience(t), a.env, injectors.Scope{RequireTags: c.tags})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want %q", err, c.says)
		}
	}
	if a.updates() > 0 {
		t.Error("planning changed something")
	}
}

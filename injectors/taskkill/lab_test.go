package taskkill

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

// account is a lab, and a run in it.
type account struct {
	*lab.Lab
	env *cloud.Env
}

func small(t *testing.T) account {
	t.Helper()
	l, env := labtest.Start(t, lab.Options{Topology: "testdata/small.hcl"})
	env.RunID, env.Poll = "run-1", 50*time.Millisecond
	return account{l, env}
}

func scope(seed uint64, tags map[string]string) injectors.Scope {
	return injectors.Scope{Rand: rand.New(rand.NewPCG(seed, 0)), RequireTags: tags}
}

// step plans a single step and reads it back as the journal would.
func (a account) step(t *testing.T, k *TaskKill) *Step {
	t.Helper()
	p, err := k.Plan(labtest.Patience(t), a.env, scope(1, nil))
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(p.Steps[0])
	if err != nil {
		t.Fatal(err)
	}
	s := &Step{}
	if err := json.Unmarshal(line, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// tasks are a service's tasks that are meant to run, by id.
func (a account) tasks(t *testing.T, service string) []world.Task {
	t.Helper()
	all, err := a.World.Tasks("web")
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(v world.Task) bool { return v.Service != service || v.DesiredStatus != "RUNNING" })
	slices.SortFunc(all, func(x, y world.Task) int { return strings.Compare(x.ID, y.ID) })
	return all
}

func (a account) task(t *testing.T, arn string) world.Task {
	t.Helper()
	all, err := a.World.Tasks("web")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(v world.Task) bool { return v.ARN == arn })
	if at < 0 {
		t.Fatalf("no task %s", arn)
	}
	return all[at]
}

func TestPlan(t *testing.T) {
	t.Parallel()
	a := small(t)
	kill := func(seed uint64) *injectors.Plan {
		p, err := (&TaskKill{Cluster: "web", Service: "front"}).Plan(labtest.Patience(t), a.env, scope(seed, map[string]string{"chaos": "allowed"}))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := kill(7)
	if want := []injectors.Population{{Name: "tasks of service web/front", Size: 3}}; !slices.Equal(p.Groups, want) {
		t.Errorf("picked from %+v, want %+v", p.Groups, want)
	}
	if len(p.Targets) != 1 || p.Targets[0].Tags["chaos"] != "allowed" || p.Targets[0].Group != p.Groups[0].Name {
		t.Errorf("targets: %+v", p.Targets)
	}
	want := []injectors.Impact{
		{What: "tasks of service web/front", Hit: 1, Of: 3},
		{What: "tasks of service web/front in " + p.Steps[0].(*Step).Zone, Hit: 1, Of: 1},
	}
	if !slices.Equal(p.Impacts, want) {
		t.Errorf("impacts %+v, want %+v", p.Impacts, want)
	}
	if len(p.Warnings) > 0 {
		t.Errorf("warnings: %v", p.Warnings)
	}
	if again := kill(7); !reflect.DeepEqual(again, p) {
		t.Errorf("the same seed planned %v, then %v", p.Steps, again.Steps)
	}
	if w := labtest.Writes(a.Lab); len(w) > 0 {
		t.Errorf("planning wrote: %v", w)
	}
}

func TestWhatIsSelected(t *testing.T) {
	t.Parallel()
	a := small(t)
	front, serverless, search := a.tasks(t, "front"), a.tasks(t, "serverless"), a.tasks(t, "search")
	const arn = "arn:aws:ecs:eu-west-1:123456789012:"
	two := 2
	tests := []struct {
		name string
		kill TaskKill
		tags map[string]string // that the guard requires
		want int               // tasks
		says []string          // parts of the error, or of a warning
	}{
		{name: "one of a service", kill: TaskKill{Service: "front"}, want: 1},
		{name: "by its ARN", kill: TaskKill{Cluster: arn + "cluster/web", Service: arn + "service/web/front"}, want: 1},
		{name: "a share of it", kill: TaskKill{Service: "front", Percent: "67%"}, want: 2},
		{name: "the one in a zone", kill: TaskKill{Service: "front", Zone: "eu-west-1b"}, want: 1},
		{name: "on Fargate", kill: TaskKill{Service: "serverless", Count: &two}, want: 2, says: []string{"these are all 2 running tasks"}},
		{name: "of a daemon", kill: TaskKill{Service: "agent"}, want: 1, says: []string{"service web/agent is a daemon"}},
		{name: "by id", kill: TaskKill{Tasks: []string{front[0].ID, serverless[0].ARN}}, want: 2},
		{name: "by id and by ARN", kill: TaskKill{Tasks: []string{front[0].ID, front[0].ARN}}, want: 1},
		{name: "state, if it may be lost", kill: TaskKill{Service: "search", AllowStateful: true}, want: 1, says: []string{`keeps EFS volume "index"`}},
		{name: "state", kill: TaskKill{Service: "search"}, says: []string{`keeps EFS volume "index"`, "allow_stateful"}},
		{name: "state, by id", kill: TaskKill{Tasks: []string{front[0].ID, search[0].ID}}, says: []string{"1 of 2", search[0].ID}},
		{name: "a missing tag", kill: TaskKill{Service: "serverless"}, tags: map[string]string{"chaos": "allowed"}, says: []string{"chaos=allowed", "2 of 2"}},
		{name: "no such service", kill: TaskKill{Service: "font"}, says: []string{`did you mean "front"`}},
		{name: "no such task", kill: TaskKill{Service: "front", Tasks: []string{search[0].ID}}, says: []string{"no task of service front", search[0].ID}},
		{name: "no such zone", kill: TaskKill{Service: "front", Zone: "eu-west-1z"}, says: []string{"eu-west-1z"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.kill.Cluster = cmp.Or(test.kill.Cluster, "web")
			p, err := test.kill.Plan(labtest.Patience(t), a.env, scope(1, test.tags))
			if (err != nil) != (test.want == 0) {
				t.Fatal(err)
			}
			said := ""
			switch {
			case err != nil:
				said = err.Error()
			case len(p.Steps) != test.want:
				t.Fatalf("planned %v, want %d", p.Steps, test.want)
			default:
				said = strings.Join(p.Warnings, "\n")
			}
			for _, part := range test.says {
				if !strings.Contains(said, part) {
					t.Errorf("does not say %q:\n%s", part, said)
				}
			}
		})
	}
	if _, err := (&TaskKill{Cluster: "wbe", Service: "front"}).Plan(labtest.Patience(t), a.env, scope(1, nil)); err == nil || !strings.Contains(err.Error(), `did you mean "web"`) {
		t.Errorf("a cluster that is not: %v", err)
	}
}

func TestAStoppedTaskIsReplaced(t *testing.T) {
	for _, service := range []string{"front", "serverless", "agent"} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			a := small(t)
			s := a.step(t, &TaskKill{Cluster: "web", Service: service})
			before := len(a.tasks(t, service))
			if err := s.Undo(labtest.Patience(t), a.env); err != nil {
				t.Fatalf("undo before do: %v", err)
			}
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Fatal(err)
			}
			if v := a.task(t, s.Task); v.LastStatus != world.TaskStopped || v.StoppedReason != "stopped by gameday, run run-1" {
				t.Errorf("in effect: %s, %q", v.LastStatus, v.StoppedReason)
			}
			if err := s.Do(labtest.Patience(t), a.env); err != nil {
				t.Errorf("our own deed was not known again: %v", err)
			}
			for range 2 {
				if err := s.Undo(labtest.Patience(t), a.env); err != nil {
					t.Fatal(err)
				}
				after := a.tasks(t, service)
				if len(after) != before || slices.ContainsFunc(after, func(v world.Task) bool { return v.ARN == s.Task || v.LastStatus != world.TaskRunning }) {
					t.Errorf("healed with %+v", after)
				}
			}
			if w := labtest.Writes(a.Lab); !slices.Equal(w, []string{"ecs:StopTask"}) {
				t.Errorf("wrote %v", w)
			}
			if more := labtest.Undeclared(a.Calls(), Kind().Permissions); len(more) > 0 {
				t.Errorf("calls that no permission is listed for: %v", more)
			}
		})
	}
}

func TestATaskThatIsBeingStoppedIsNotPicked(t *testing.T) {
	t.Parallel()
	a := small(t)
	going := a.tasks(t, "front")[0]
	if _, err := a.World.StopTask("web", going.ARN, "somebody else"); err != nil {
		t.Fatal(err)
	}
	_, err := (&TaskKill{Cluster: "web", Tasks: []string{going.ID}}).Plan(labtest.Patience(t), a.env, scope(1, nil))
	if err == nil || !strings.Contains(err.Error(), "or it is being stopped already: "+going.ID) {
		t.Errorf("by id: %v", err)
	}
}

func TestContainersHaveEndedBeforeTheTaskIsClearedAway(t *testing.T) {
	for last, ended := range map[string]bool{
		"RUNNING": false, "DEACTIVATING": false, "STOPPING": false,
		"DEPROVISIONING": true, "STOPPED": true, "DELETED": true,
	} {
		if got := (sight{last: last, desired: "STOPPED"}).ended(); got != ended {
			t.Errorf("%s: ended is %v", last, got)
		}
	}
}

func TestATaskThatIsGoneProvesNothing(t *testing.T) {
	t.Parallel()
	a := small(t)
	s := a.step(t, &TaskKill{Cluster: "web", Service: "front"})
	if _, err := a.World.StopTask("web", s.Task, "somebody else"); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(labtest.Patience(t), a.env); err == nil {
		t.Error("somebody else's stop was taken for ours")
	}
	if err := s.Undo(labtest.Patience(t), a.env); err != nil {
		t.Error(err)
	}
}

func TestAnAnswerThatIsLostIsLookedUp(t *testing.T) {
	t.Parallel()
	a := small(t)
	s := a.step(t, &TaskKill{Cluster: "web", Service: "front"})
	env := *a.env
	a.Intercept(wire.From(1, wire.Writes, wire.LostAfter))
	env.AWS.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if err := s.Do(labtest.Patience(t), &env); err != nil {
		t.Fatal(err)
	}
	if v := a.task(t, s.Task); v.LastStatus != world.TaskStopped {
		t.Errorf("it is %s", v.LastStatus)
	}
}

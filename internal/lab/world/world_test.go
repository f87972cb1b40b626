package world

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
)

// small is an account with timings that a test can wait for.
const small = `
cluster "web" {}

ecs {
  agent_timeout    = "50ms"
  deregister_after = "50ms"
}

auto_scaling_group "web" {
  cluster       = "web"
  min           = 1
  desired       = 3
  max           = 5
  boot          = "200ms"
  replace_after = "200ms"
  tags          = { chaos = "allowed" }
}

load_balancer "web" {}

service "app" {
  tasks                = 3
  distinct_instances   = true
  load_balancer        = "web"
  path                 = "/app*"
  start                = "50ms"
  drain                = "50ms"
  deregistration_delay = "50ms"
  deployment {
    minimum_healthy_percent = 50
  }
  health_check {
    interval  = "50ms"
    healthy   = 2
    unhealthy = 2
  }
}

service "old" {
  tasks                = 2
  spread               = "zone"
  target_type          = "instance"
  load_balancer        = "web"
  path                 = "/old*"
  start                = "50ms"
  drain                = "300ms"
  deregistration_delay = "50ms"
  health_check {
    interval  = "50ms"
    healthy   = 2
    unhealthy = 2
  }
}

service "serverless" {
  launch_type          = "FARGATE"
  tasks                = 2
  load_balancer        = "web"
  path                 = "/serverless*"
  start                = "50ms"
  deregistration_delay = "50ms"
  health_check {
    interval = "50ms"
    healthy  = 1
  }
}

service "daemon" {
  daemon = true
  cpu    = 64
  memory = 64
  start  = "50ms"
}
`

func open(t *testing.T, source string) *World {
	t.Helper()
	parsed, err := topology.Parse([]byte(source), "test.hcl", nil)
	if err != nil {
		t.Fatal(err)
	}
	store := metrics.New(metrics.Options{Resolution: time.Second})
	w, err := New(parsed, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	if err := w.WaitSteady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// eventually waits, with a deadline that no machine needs, until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("want %s, got %v", code, err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *World) look(t *testing.T, id string) Instance {
	t.Helper()
	for _, i := range w.Instances() {
		if i.ID == id {
			return i
		}
	}
	t.Fatalf("no instance %s", id)
	return Instance{}
}

func (w *World) lookService(t *testing.T, name string) Service {
	t.Helper()
	for _, s := range must(w.Services("web"))(t) {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no service %s", name)
	return Service{}
}

func (w *World) lookTasks(t *testing.T, service, status string) []Task {
	t.Helper()
	return slices.DeleteFunc(must(w.Tasks("web"))(t), func(v Task) bool {
		return v.Service != service || v.LastStatus != status
	})
}

func (w *World) lookHost(t *testing.T, id string) (ContainerInstance, bool) {
	t.Helper()
	all := must(w.ContainerInstances("web"))(t)
	n := slices.IndexFunc(all, func(h ContainerInstance) bool { return h.InstanceID == id })
	if n < 0 {
		return ContainerInstance{}, false
	}
	return all[n], true
}

func (w *World) targetsOf(t *testing.T, name string) []TargetHealth {
	t.Helper()
	for _, g := range w.TargetGroups() {
		if g.Name == name {
			return must(w.TargetHealth(g.ARN))(t)
		}
	}
	t.Fatalf("no target group %s", name)
	return nil
}

// whole reports whether every service has what it desires, and the group too.
func (w *World) whole(t *testing.T) bool {
	t.Helper()
	g := w.Groups()[0]
	in := 0
	for _, m := range g.Members {
		if m.Lifecycle == "InService" {
			in++
		}
	}
	return in == g.Desired && w.missing() == ""
}

func TestTerminationGoesThroughItsStatesAndIsHealed(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	id := w.lookTasks(t, "app", TaskRunning)[0].InstanceID
	changes := must(w.TerminateInstances([]string{id}))(t)
	if changes[0].Previous != Running || changes[0].Current != ShuttingDown {
		t.Errorf("change %+v", changes[0])
	}
	if i := w.look(t, id); i.State != ShuttingDown || i.StateReason != "Client.UserInitiatedShutdown" || !strings.HasPrefix(i.TransitionReason, "User initiated (") {
		t.Errorf("instance %+v", i)
	}
	eventually(t, "the agent is given up while its instance is still in the cluster", func() bool {
		h, there := w.lookHost(t, id)
		if !there {
			t.Fatal("it left the cluster before its agent was given up")
		}
		return !h.AgentConnected && h.Status == "ACTIVE"
	})
	eventually(t, "it is terminated", func() bool { return w.look(t, id).State == Terminated })
	eventually(t, "it leaves the cluster", func() bool { _, there := w.lookHost(t, id); return !there })
	if lost := w.lookTasks(t, "app", TaskStopped); len(lost) != 1 || !strings.Contains(lost[0].StoppedReason, "terminated") || lost[0].Container.ExitCode != nil {
		t.Errorf("lost tasks %+v", lost)
	}
	eventually(t, "all is well again", func() bool { return w.whole(t) })
	activities := must(w.Activities("web"))(t)
	if len(activities) != 2 || !strings.HasPrefix(activities[0].Description, "Launching") || !strings.HasPrefix(activities[1].Description, "Terminating") {
		t.Errorf("activities %+v", activities)
	}
	if again := must(w.TerminateInstances([]string{id}))(t); again[0].Current != Terminated {
		t.Errorf("terminating once more: %+v", again)
	}
}

func TestInstanceTargetsAreUnusedOnceTheirInstanceLeavesTheRunningState(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	id := w.lookTasks(t, "old", TaskRunning)[0].InstanceID
	must(w.TerminateInstances([]string{id}))(t)
	eventually(t, "the target is unused", func() bool {
		return slices.ContainsFunc(w.targetsOf(t, "old"), func(h TargetHealth) bool {
			return h.ID == id && h.State == "unused" && h.Reason == "Target.InvalidState"
		})
	})
	eventually(t, "all is well again", func() bool { return w.whole(t) })
}

func TestAStoppedInstanceComesBackWhenStarted(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	if err := w.SuspendProcesses("web", []string{"HealthCheck", "ReplaceUnhealthy"}); err != nil {
		t.Fatal(err)
	}
	id := w.lookTasks(t, "app", TaskRunning)[0].InstanceID
	before, _ := w.lookHost(t, id)
	must(w.StopInstances([]string{id}, false))(t)
	eventually(t, "it is stopped", func() bool { return w.look(t, id).State == Stopped })
	eventually(t, "its tasks are given up", func() bool {
		lost := w.lookTasks(t, "app", TaskStopped)
		return len(lost) == 1 && strings.Contains(lost[0].StoppedReason, "stopped")
	})
	if h, there := w.lookHost(t, id); !there || h.AgentConnected {
		t.Errorf("a stopped instance stays in its cluster, without its agent: %+v", h)
	}
	if changes := must(w.StartInstances([]string{id}))(t); changes[0].Current != Pending {
		t.Errorf("change %+v", changes[0])
	}
	eventually(t, "all is well again", func() bool { return w.whole(t) })
	if after, _ := w.lookHost(t, id); after.ARN != before.ARN || !after.AgentConnected {
		t.Errorf("it came back as %+v, having been %+v", after, before)
	}
	if i := w.look(t, id); i.State != Running || i.StateReason != "" {
		t.Errorf("instance %+v", i)
	}
	if n := len(w.Instances()); n != 3 {
		t.Errorf("%d instances: the group replaced it although it was told not to", n)
	}
}

func TestTheGroupReplacesAStoppedInstance(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	id := w.lookTasks(t, "app", TaskRunning)[0].InstanceID
	must(w.StopInstances([]string{id}, true))(t)
	eventually(t, "it is terminated", func() bool { return w.look(t, id).State == Terminated })
	eventually(t, "all is well again", func() bool { return w.whole(t) })
}

func TestARebootKeepsTheInstance(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	task := w.lookTasks(t, "app", TaskRunning)[0]
	if err := w.RebootInstances([]string{task.InstanceID}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its task ends", func() bool {
		return slices.ContainsFunc(w.lookTasks(t, "app", TaskStopped), func(v Task) bool { return v.ID == task.ID })
	})
	eventually(t, "all is well again", func() bool { return w.whole(t) })
	if i := w.look(t, task.InstanceID); i.State != Running {
		t.Errorf("state %s", i.State)
	}
}

func TestEC2RefusesWhatAWSRefuses(t *testing.T) {
	t.Parallel()
	w := open(t, strings.Replace(small, "boot          =", "spot = true\nboot =", 1))
	id := w.Instances()[0].ID
	_, err := w.TerminateInstances([]string{"i-0123456789abcdef0"})
	wantCode(t, err, "InvalidInstanceID.NotFound")
	_, err = w.TerminateInstances([]string{id, "web-1"})
	wantCode(t, err, "InvalidInstanceID.Malformed")
	_, err = w.StopInstances([]string{id}, false)
	wantCode(t, err, "UnsupportedOperation")
	if err := w.SetTerminationProtection(id, true); err != nil {
		t.Fatal(err)
	}
	_, err = w.TerminateInstances([]string{w.Instances()[1].ID, id})
	wantCode(t, err, "OperationNotPermitted")
	wantCode(t, w.CheckTerminate([]string{id}), "OperationNotPermitted")
	if err := w.CheckTerminate([]string{w.Instances()[1].ID}); err != nil {
		t.Errorf("dry run: %v", err)
	}
	for _, i := range w.Instances() {
		if i.State != Running {
			t.Errorf("%s is %s although everything was refused", i.ID, i.State)
		}
	}
	wantCode(t, w.CreateTags([]string{id, "vpc-none"}, map[string]string{"a": "b"}), "InvalidID")
	if w.Instances()[0].Tags["a"] != "" {
		t.Error("a refused call tagged something")
	}
	if err := w.CreateTags([]string{id}, map[string]string{"a": "b"}); err != nil || w.Instances()[0].Tags["a"] != "b" {
		t.Errorf("tagging: %v", err)
	}
	if err := w.DeleteTags([]string{id}, []string{"a"}); err != nil || w.Instances()[0].Tags["a"] != "" {
		t.Errorf("untagging: %v", err)
	}
}

func TestDescribesMayLagBehindWrites(t *testing.T) {
	t.Parallel()
	w := open(t, strings.Replace(small, "ecs {", "ecs {\ndescribe_lag = \"300ms\"", 1))
	id := w.Instances()[0].ID
	begin := time.Now()
	must(w.TerminateInstances([]string{id}))(t)
	if state := w.look(t, id).State; state != Running && time.Since(begin) < 250*time.Millisecond {
		t.Errorf("shown at once: %s", state)
	}
	eventually(t, "it shows", func() bool { return w.look(t, id).State != Running })
}

func TestGroupsScaleWithinTheirBounds(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	wantCode(t, w.SetDesiredCapacity("web", 6), "ValidationError")
	wantCode(t, w.SetDesiredCapacity("web", 0), "ValidationError")
	wantCode(t, w.SetDesiredCapacity("none", 1), "ValidationError")
	if err := w.SetDesiredCapacity("web", 5); err != nil {
		t.Fatal(err)
	}
	eventually(t, "five are in service", func() bool { return len(w.Groups()[0].Members) == 5 && w.whole(t) })
	eventually(t, "a daemon runs on each", func() bool { return len(w.lookTasks(t, "daemon", TaskRunning)) == 5 })

	protected := w.Groups()[0].Members[0].InstanceID
	if err := w.ProtectFromScaleIn("web", []string{protected}, true); err != nil {
		t.Fatal(err)
	}
	if err := w.SetDesiredCapacity("web", 1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one is left", func() bool { return len(w.Groups()[0].Members) == 1 })
	if left := w.Groups()[0].Members[0]; left.InstanceID != protected || !left.Protected {
		t.Errorf("left is %+v", left)
	}
}

func TestAMemberCanBeTerminatedWithoutReplacement(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	id := w.Groups()[0].Members[0].InstanceID
	if a := must(w.TerminateInGroup(id, true))(t); a.Status != "InProgress" {
		t.Errorf("activity %+v", a)
	}
	eventually(t, "two are left", func() bool { g := w.Groups()[0]; return g.Desired == 2 && len(g.Members) == 2 })
}

func TestAStoppedTaskDrainsAndIsReplaced(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	for _, service := range []string{"app", "serverless"} {
		task := w.lookTasks(t, service, TaskRunning)[0]
		if got := must(w.StopTask("web", task.ARN, "for a test"))(t); got.DesiredStatus != "STOPPED" || got.StopCode != "UserInitiated" {
			t.Errorf("answer %+v", got)
		}
		eventually(t, "it is stopped", func() bool {
			stopped := w.lookTasks(t, service, TaskStopped)
			return len(stopped) == 1 && stopped[0].StoppedReason == "for a test" && *stopped[0].Container.ExitCode == 0
		})
		eventually(t, "another runs", func() bool {
			return w.whole(t) && w.lookService(t, service).Running == w.lookService(t, service).Desired
		})
	}
	_, err := w.StopTask("web", "none", "")
	wantCode(t, err, "InvalidParameterException")
	_, err = w.StopTask("wob", "none", "")
	wantCode(t, err, "ClusterNotFoundException")
}

func TestAForcedDeploymentReplacesEveryTask(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	before := w.lookTasks(t, "app", TaskRunning)
	s := must(w.UpdateService("web", "app", ServiceChange{Force: true}))(t)
	if len(s.Deployments) != 2 || s.Deployments[0].Status != "PRIMARY" || s.Deployments[0].RolloutState != "IN_PROGRESS" || s.Deployments[1].Status != "ACTIVE" {
		t.Errorf("deployments %+v", s.Deployments)
	}
	least := 3
	eventually(t, "it is completed", func() bool {
		s := w.lookService(t, "app")
		least = min(least, s.Running)
		return len(s.Deployments) == 1 && s.Deployments[0].RolloutState == "COMPLETED"
	})
	if !w.told(t, "app", "(deployment "+s.Deployments[0].ID+") deployment completed.") {
		t.Error("no event tells of it")
	}
	for _, old := range before {
		if slices.ContainsFunc(w.lookTasks(t, "app", TaskRunning), func(v Task) bool { return v.ID == old.ID }) {
			t.Errorf("task %s still runs", old.ID)
		}
	}
	if least < 1 {
		t.Errorf("only %d of 3 tasks ran at some time", least)
	}
	if n := w.lookService(t, "app").Running; n != 3 {
		t.Errorf("%d run", n)
	}
}

// told reports whether an event of a service ends in text.
func (w *World) told(t *testing.T, service, text string) bool {
	t.Helper()
	return slices.ContainsFunc(w.lookService(t, service).Events, func(e ServiceEvent) bool { return strings.HasSuffix(e.Message, text) })
}

func TestServicesScale(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	for _, n := range []int{4, 1} {
		must(w.UpdateService("web", "serverless", ServiceChange{Desired: &n}))(t)
		eventually(t, "it has what is desired", func() bool {
			s := w.lookService(t, "serverless")
			return s.Running == n && s.Desired == n && s.Pending == 0 && w.missing() == ""
		})
	}
	_, err := w.UpdateService("web", "nobody", ServiceChange{})
	wantCode(t, err, "ServiceNotFoundException")
	bad := "nothing:7"
	_, err = w.UpdateService("web", "app", ServiceChange{TaskDefinition: &bad})
	wantCode(t, err, "ClientException")
}

func TestADrainingHostLosesItsTasksToOthers(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	id := w.lookTasks(t, "old", TaskRunning)[0].InstanceID
	h, _ := w.lookHost(t, id)
	must(w.DrainContainerInstances("web", []string{h.ARN}, "DRAINING"))(t)
	eventually(t, "old has moved", func() bool {
		running := w.lookTasks(t, "old", TaskRunning)
		return len(running) == 2 && !slices.ContainsFunc(running, func(v Task) bool { return v.InstanceID == id })
	})
	must(w.DrainContainerInstances("web", []string{h.ARN}, "ACTIVE"))(t)
	eventually(t, "all is well again", func() bool { return w.whole(t) })
	_, err := w.DrainContainerInstances("web", []string{"none"}, "DRAINING")
	wantCode(t, err, "InvalidParameterException")
}

func TestTheCircuitBreakerRefusesAProgramThatCannotStart(t *testing.T) {
	t.Parallel()
	w := open(t, `
cluster "web" {}
service "broken" {
  launch_type = "FARGATE"
  tasks       = 0
  command     = ["/nonexistent/program"]
  start       = "10ms"
  deployment {
    circuit_breaker = true
  }
}
`)
	one := 1
	must(w.UpdateService("web", "broken", ServiceChange{Desired: &one, Force: true}))(t)
	eventually(t, "the deployment has failed", func() bool {
		return w.lookService(t, "broken").Deployments[0].RolloutState == "FAILED"
	})
	if !w.told(t, "broken", "deployment failed: tasks failed to start.") {
		t.Error("no event tells of it")
	}
	failed := w.lookTasks(t, "broken", TaskStopped)
	if len(failed) < 3 || failed[0].StopCode != "TaskFailedToStart" || !strings.Contains(failed[0].Container.Reason, "CannotStartContainerError") {
		t.Errorf("failed tasks %+v", failed)
	}
}

func TestTargetsCanBeRegisteredByHand(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	var arn string
	for _, g := range w.TargetGroups() {
		if g.Name == "app" {
			arn = g.ARN
		}
	}
	victim := w.targetsOf(t, "app")[0]
	if err := w.DeregisterTargets(arn, []Target{{ID: victim.ID}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has left", func() bool { return len(w.targetsOf(t, "app")) == 2 })
	if err := w.RegisterTargets(arn, []Target{{ID: victim.ID}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all is well again", func() bool { return w.whole(t) })
	wantCode(t, w.DeregisterTargets(arn, []Target{{ID: "192.0.2.7"}}), "InvalidTarget")
	wantCode(t, w.RegisterTargets("arn:none", nil), "TargetGroupNotFound")
}

func TestWhatIsReturnedIsACopy(t *testing.T) {
	t.Parallel()
	w := open(t, small)
	w.Instances()[0].Tags["chaos"] = "x"
	w.Groups()[0].Zones[0] = "x"
	w.LoadBalancers()[0].Listeners[0].Rules[0].TargetGroup = "x"
	w.TaskDefinitions()[0].Containers[0].Image = "x"
	if w.Instances()[0].Tags["chaos"] == "x" || w.Groups()[0].Zones[0] == "x" ||
		w.LoadBalancers()[0].Listeners[0].Rules[0].TargetGroup == "x" || w.TaskDefinitions()[0].Containers[0].Image == "x" {
		t.Error("the world was changed through a copy")
	}
}

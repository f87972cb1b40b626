package world

import (
	"time"

	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

// containerPort is what every container of the lab listens on, as far as ECS knows.
const containerPort = 8080

type task struct {
	Task
	spec       *topology.Service
	service    *service
	instance   *instance // nil on Fargate
	deployment *deployment
	program    traffic.Program // nil until it has started
	errand     *errand         // what it is waiting for on the network; nil where for nothing
	lines      *lines          // what it has printed and its log driver has not delivered
	calling    *errand         // its last call that no request waits for
	nextCall   time.Time
	target     target        // its place in the service's target group
	due        time.Time     // when its present status may end
	killAt     time.Time     // when SIGKILL follows SIGTERM
	busy       time.Duration // of its program, when last measured
	served     bool          // it has been running and healthy
}

// target is a task's entry in a target group.
type target struct {
	group *targetGroup // nil where the task is in none
	id    string
	port  int
}

// create places a task on a host, or on Fargate where host is nil, in the given subnet.
func (w *World) create(s *service, h *host, in *subnet, now time.Time) *task {
	definition := w.definitionByARN(s.primary().TaskDefinition)
	id := w.ids.hex("task/"+s.Name, 32)
	t := &task{
		Task: Task{
			ID: id, ARN: w.arn("ecs", "task/"+s.Cluster+"/"+id), Cluster: s.Cluster, ClusterARN: s.ClusterARN,
			Service: s.Name, Group: "service:" + s.Name, StartedBy: s.primary().ID, TaskDefinition: definition.ARN,
			Launch: s.Launch, CapacityProvider: s.CapacityProvider, Zone: in.Zone, SubnetID: in.ID,
			LastStatus: TaskPending, DesiredStatus: "RUNNING", Health: "UNKNOWN",
			CPU: definition.CPU, Memory: definition.Memory, Created: now, Version: 1,
		},
		spec: s.spec, service: s, deployment: s.primary(), lines: &lines{},
	}
	c := definition.Containers[0]
	t.Container = Container{
		Name: c.Name, ARN: w.arn("ecs", "container/"+s.Cluster+"/"+id+"/"+w.ids.uuid("container")), Image: c.Image,
		RuntimeID: id + "-" + w.ids.hex("runtime", 10), LastStatus: "PENDING", Port: c.Port, CPU: c.CPU, Memory: c.Memory,
	}
	if h != nil {
		t.instance, t.ContainerInstance, t.InstanceID = h.instance, h.ARN, h.InstanceID
	}
	if definition.NetworkMode == "awsvpc" {
		t.LastStatus = TaskProvisioning
		t.PrivateIP, t.InterfaceID, t.AttachmentID = in.address(), w.ids.resource("eni-"), w.ids.uuid("attachment")
	} else if c.Port != 0 {
		t.Container.HostPort = firstHostPort + h.ports%1000
		h.ports++
	}
	if s.targets != nil {
		t.target = target{group: s.targets, id: t.PrivateIP, port: containerPort}
		if s.targets.TargetType == "instance" {
			t.target.id, t.target.port = t.InstanceID, t.Container.HostPort
		}
	}
	t.due = now.Add(s.spec.Start.Std() / 4)
	w.tasks = append(w.tasks, t)
	return t
}

// moveTask moves a task whose time has come. Nobody moves a task whose agent does not speak.
func (w *World) moveTask(t *task, now time.Time) {
	if t.LastStatus == TaskStopped || !w.reachable(t) {
		return
	}
	due := !now.Before(t.due)
	switch t.LastStatus {
	case TaskProvisioning, TaskPending:
		switch {
		case t.DesiredStatus == "STOPPED":
			w.stopped(t, t.StopCode, t.StoppedReason, now)
		case due && t.LastStatus == TaskProvisioning:
			t.enter(TaskPending, now.Add(t.spec.Start.Std()/4))
		case due && t.errand == nil:
			t.PullStarted = now
			t.errand = w.pull(t)
		case due && t.errand.finished():
			w.pulled(t, now)
		}
	case TaskActivating:
		if due {
			t.enter(TaskRunning, now)
			t.Started = now
		}
	case TaskRunning:
		w.callNowAndThen(t, now)
		switch {
		case t.errand.finished():
			w.fetched(t, now)
		case t.DesiredStatus == "STOPPED":
			t.enter(TaskDeactivating, now)
			if t.target.group != nil {
				t.target.group.pool.Deregister(t.target.id, t.target.port)
				t.due = now.Add(t.spec.DeregistrationDelay.Std())
			}
		case t.errand == nil && t.ended(now):
			w.stopped(t, "EssentialContainerExited", "Essential container in task exited", now)
		}
	case TaskDeactivating:
		if due {
			t.enter(TaskStopping, now)
			t.terminate(now)
		}
	case TaskStopping:
		if t.ended(now) {
			w.stopped(t, t.StopCode, t.StoppedReason, now)
		}
	}
}

// start runs a task's program and puts it into its target group. An established one has been there for a while.
func (w *World) start(t *task, established bool, now time.Time) {
	program, err := w.program(t)
	if err != nil {
		w.fail(t, "CannotStartContainerError: "+err.Error(), now)
		return
	}
	t.program = program
	if t.target.group != nil {
		t.target.group.pool.Register(traffic.Target{
			ID: t.target.id, Port: t.target.port, Zone: t.Zone, Addr: program.Addr(),
		}, established)
		w.severTask(t)
	}
}

// containerUp begins the life of a task's container, which is not yet that of its program.
func (w *World) containerUp(t *task, now time.Time) {
	t.Container.LastStatus = "RUNNING"
	t.enter(TaskActivating, now.Add(2*beat))
}

// fail ends a task that has not come to run. Fargate tells the reason of the task, an agent that of the container.
func (w *World) fail(t *task, reason string, now time.Time) {
	t.Container.Reason = reason
	told := "Task failed to start"
	if t.instance == nil {
		told = reason
	}
	w.stopped(t, "TaskFailedToStart", told, now)
}

func (w *World) program(t *task) (traffic.Program, error) {
	s := t.spec
	if len(s.Command) > 0 {
		return traffic.Run(s.Command, t.lines)
	}
	behaviour := traffic.Behaviour{
		HealthPath: s.Health.Path, Latency: s.Latency.Std(), Jitter: s.Jitter.Std(),
		TailLatency: s.TailLatency.Std(), TailShare: s.TailShare.Ratio(), ErrorShare: s.ErrorShare.Ratio(),
		Workers: s.Workers, Queue: s.Queue, Resets: s.WhenFull == topology.WhenFullReset, Upstreams: s.Upstreams,
		Body: s.Body, Drain: s.Drain.Std(), Before: w.liveCalls(t), Log: t.lines,
	}
	if behaviour.Before != nil {
		behaviour.Upstreams++ // its calls come one after the other
	}
	if t.instance != nil {
		behaviour.Files = t.instance.files
	}
	return traffic.Serve(behaviour)
}

// halt asks ECS to stop a task. The first to ask gives the reason.
func (t *task) halt(code, reason string, now time.Time) {
	if t.DesiredStatus == "STOPPED" {
		return
	}
	t.DesiredStatus, t.StopCode, t.StoppedReason, t.Stopping = "STOPPED", code, reason, now
	t.Version++
}

// stopped ends a task as far as ECS knows.
func (w *World) stopped(t *task, code, reason string, now time.Time) {
	t.errand.cancel()
	t.calling.cancel()
	if t.program != nil {
		t.program.Kill()    // nothing may outlive its task
		if w.reachable(t) { // else nobody could tell ECS how it ended
			exit := t.program.Exit()
			t.Container.ExitCode = &exit
		}
	}
	if t.target.group != nil {
		t.target.group.pool.Deregister(t.target.id, t.target.port)
	}
	t.halt(code, reason, now)
	t.enter(TaskStopped, now)
	t.Container.LastStatus = "STOPPED"
	t.ExecutionStopped, t.Stopped = now, now
	if (t.StopCode == "TaskFailedToStart" || t.StopCode == "EssentialContainerExited") && !t.served {
		w.failedToStart(t.service, t, now)
	}
}

func (t *task) enter(status string, due time.Time) {
	t.LastStatus, t.due = status, due
	t.Version++
}

// terminate sends SIGTERM, once.
func (t *task) terminate(now time.Time) {
	if t.program != nil && t.killAt.IsZero() {
		t.program.Terminate()
		t.killAt = now.Add(t.spec.StopTimeout.Std())
	}
}

// ended reports whether nothing of the task runs any more, and kills what has outlived its stop timeout.
func (t *task) ended(now time.Time) bool {
	if t.program == nil {
		return true
	}
	select {
	case <-t.program.Done():
		return true
	default:
	}
	if !t.killAt.IsZero() && !now.Before(t.killAt) {
		t.program.Kill()
	}
	return false
}

// health is how the load balancer finds the task: a target's state, "healthy" where nobody looks.
func (t *task) health() string {
	if t.target.group == nil {
		return traffic.Healthy
	}
	return t.target.group.seen[t.target.key()]
}

// reachable reports whether ECS can tell the task's host anything.
func (w *World) reachable(t *task) bool {
	return t.instance == nil || w.speaks(t.instance)
}

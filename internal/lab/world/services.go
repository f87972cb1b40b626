package world

import (
	"fmt"
	"slices"
	"time"

	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

type service struct {
	Service
	spec        *topology.Service
	cluster     *cluster
	targets     *targetGroup  // nil without a load balancer
	deployments []*deployment // the PRIMARY one first
	history     []*deployment // all that there have been, the newest first
	retry       time.Time     // no new task before, because the last ones failed
	failures    int           // in a row
	unplaced    bool          // the last attempt to place a task found no room
	steady      bool
	scaling     *scaling // nil where its number of tasks stays as it is
}

type deployment struct {
	Deployment
}

func (s *service) primary() *deployment { return s.deployments[0] }

// reconcileService brings a service nearer to what is desired: replaces what is lost or ill, rolls deployments forward, scales.
func (w *World) reconcileService(s *service, now time.Time) {
	v := w.survey(s, now)
	for len(v.fresh) < v.desired && len(v.active) < v.most && !now.Before(s.retry) {
		t := w.place(s, now)
		if t == nil {
			break
		}
		v.active, v.fresh = append(v.active, t), append(v.fresh, t)
	}
	for _, t := range v.unfit {
		if v.ready >= v.desired || len(v.active) >= v.most {
			t.halt("ServiceSchedulerInitiated", t.illness(), now)
		}
	}
	for _, t := range v.old {
		if v.isReady(t) {
			if v.ready <= v.least {
				continue
			}
			v.ready--
		}
		t.halt("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment "+s.primary().ID+")", now)
	}
	if surplus := len(v.fresh) - v.desired; surplus > 0 {
		for _, t := range v.fresh[len(v.fresh)-surplus:] {
			t.halt("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment "+s.primary().ID+")", now)
		}
	}
	w.conclude(s, v, now)
}

// survey is a service's tasks, sorted by what is to become of them.
type survey struct {
	desired     int
	least, most int     // ready tasks and all tasks that a deployment keeps to
	active      []*task // all that are meant to run
	fresh       []*task // of the primary deployment, and fit
	old         []*task // of earlier deployments
	unfit       []*task // ill, or on a host that drains
	ready       int     // running, healthy and fit, of any deployment
	fading      int     // of earlier deployments, and not stopped yet
	isReady     func(*task) bool
}

func (w *World) survey(s *service, now time.Time) survey {
	v := survey{desired: w.desired(s)}
	v.least = (v.desired*s.MinHealthy + 99) / 100
	v.most = max(v.desired*s.MaxShare/100, min(v.desired, 1))
	v.isReady = func(t *task) bool {
		return t.LastStatus == TaskRunning && t.DesiredStatus == "RUNNING" && t.program != nil && t.health() == traffic.Healthy && !w.unfit(t, now)
	}
	for _, t := range w.tasksOf(s) {
		current := t.deployment == s.primary()
		if !current {
			v.fading++
		}
		if t.DesiredStatus != "RUNNING" || s.Scheduling == "DAEMON" && !w.takesTasks(t.instance) {
			continue
		}
		v.active = append(v.active, t)
		switch {
		case !current:
			v.old = append(v.old, t)
		case w.unfit(t, now):
			v.unfit = append(v.unfit, t)
		default:
			v.fresh = append(v.fresh, t)
		}
		if v.isReady(t) {
			v.ready++
			t.served = true
		}
	}
	return v
}

// unfit reports whether a task must be replaced although it runs.
func (w *World) unfit(t *task, now time.Time) bool {
	if t.instance != nil && t.LastStatus == TaskRunning {
		if h := w.hostOf(t.instance); h != nil && h.Status == "DRAINING" {
			return true
		}
	}
	state := t.health()
	ill := state == traffic.Unhealthy || state == traffic.Unused
	return ill && t.LastStatus == TaskRunning && now.Sub(t.Started) >= t.service.GracePeriod
}

func (t *task) illness() string {
	if t.target.group == nil || t.health() == traffic.Healthy {
		return "Scaling activity initiated by a draining container instance"
	}
	return "Task failed ELB health checks in (target-group " + t.target.group.ARN + ")"
}

// conclude settles what is to be said of a service: its rollout, its events.
func (w *World) conclude(s *service, v survey, now time.Time) {
	p := s.primary()
	fresh := 0
	for _, t := range v.fresh {
		if v.isReady(t) {
			fresh++
		}
	}
	steady := fresh == v.desired && len(v.active) == v.desired && v.fading == 0
	if steady {
		s.failures = 0
	}
	if steady && p.RolloutState == "IN_PROGRESS" {
		p.RolloutState, p.RolloutReason, p.Updated = "COMPLETED", "ECS deployment "+p.ID+" completed.", now
		p.Finished = now
		s.deployments = s.deployments[:1]
		w.event(s, now, "(deployment %s) deployment completed.", p.ID)
	}
	if steady && !s.steady {
		w.event(s, now, "has reached a steady state.")
	}
	s.steady = steady
}

// failedToStart counts a task that ended before it was of use, makes the service wait longer before the next, and
// trips the circuit breaker where there is one.
func (w *World) failedToStart(s *service, t *task, now time.Time) {
	t.deployment.Failed++
	s.failures++
	if s.failures == restless {
		w.event(s, now, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
	}
	s.retry = now.Add(min(500*time.Millisecond<<min(s.failures, 6), 30*time.Second))
	p := s.primary()
	if !s.CircuitBreaker || t.deployment != p || p.RolloutState != "IN_PROGRESS" || p.Failed < s.threshold() {
		return
	}
	p.RolloutState, p.Updated, p.Finished = "FAILED", now, now
	p.RolloutReason = "ECS deployment circuit breaker: tasks failed to start."
	s.retry = now.Add(remembered)
	w.event(s, now, "(deployment %s) deployment failed: tasks failed to start.", p.ID)
	if s.CircuitRollback {
		w.rollBack(s, "ECS deployment circuit breaker: rolling back to deploymentId ", now)
	}
}

// restless is after how many failures in a row ECS says so.
const restless = 3

// threshold is how many failed tasks trip the circuit breaker.
func (s *service) threshold() int { return min(max((s.Desired+1)/2, 3), 200) }

// rollBack makes the last deployment that had been completed the primary one again, and reports whether there is one.
func (w *World) rollBack(s *service, why string, now time.Time) bool {
	p := s.primary()
	before := slices.IndexFunc(s.deployments, func(d *deployment) bool { return d.RolloutState == "COMPLETED" })
	if before <= 0 {
		return false
	}
	old := s.deployments[before]
	old.Status, p.Status, p.RolledBack = "PRIMARY", "ACTIVE", true
	old.RolloutState, old.Updated, old.Finished = "IN_PROGRESS", now, time.Time{}
	old.RolloutReason = why + old.ID + "."
	s.deployments = append([]*deployment{old}, slices.Delete(s.deployments, before, before+1)...)
	s.TaskDefinition, s.retry, s.failures, s.steady = old.TaskDefinition, now, 0, false
	w.event(s, now, "rolling back to deployment %s.", old.ID)
	return true
}

// deploy begins a new deployment; what runs is replaced step by step.
func (w *World) deploy(s *service, now time.Time) {
	d := &deployment{Deployment{
		ID: "ecs-svc/" + w.ids.hex("deployment", 19), Status: "PRIMARY", TaskDefinition: s.TaskDefinition,
		RolloutState: "IN_PROGRESS", Created: now, Updated: now,
	}}
	d.RolloutReason = "ECS deployment " + d.ID + " in progress."
	for _, before := range s.deployments {
		before.Status = "ACTIVE"
		if before.Finished.IsZero() {
			before.Finished, before.Updated = now, now
		}
	}
	s.deployments = append([]*deployment{d}, s.deployments...)
	s.history = append([]*deployment{d}, s.history[:min(len(s.history), eventsKept-1)]...)
	s.retry, s.failures, s.steady = time.Time{}, 0, false
}

// desired is how many tasks a service should have: a daemon has one on every host that takes tasks.
func (w *World) desired(s *service) int {
	if s.Scheduling != "DAEMON" {
		return s.Desired
	}
	n := 0
	for _, h := range w.hosts {
		if h.cluster == s.cluster && w.takesTasks(h.instance) {
			n++
		}
	}
	return n
}

// takesTasks reports whether ECS would place tasks on an instance.
func (w *World) takesTasks(i *instance) bool {
	h := w.hostOf(i)
	return h != nil && h.Status == "ACTIVE" && h.AgentConnected
}

// tasksOf returns a service's tasks that have not stopped, oldest first.
func (w *World) tasksOf(s *service) []*task {
	var of []*task
	for _, t := range w.tasks {
		if t.service == s && t.LastStatus != TaskStopped {
			of = append(of, t)
		}
	}
	return of
}

// eventsKept is how many events of a service ECS shows.
const eventsKept = 100

func (w *World) event(s *service, now time.Time, format string, args ...any) {
	e := ServiceEvent{ID: w.ids.uuid("event"), At: now, Message: "(service " + s.Name + ") " + fmt.Sprintf(format, args...)}
	s.Events = append([]ServiceEvent{e}, s.Events[:min(len(s.Events), eventsKept-1)]...)
	w.log.Debug("ecs", "service", s.Name, "event", e.Message)
}

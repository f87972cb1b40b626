package world

import (
	"time"

	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

// power is what the machine behind an instance is doing, whatever its state says.
//
//	launch ─► booting ─► up ─► leaving ─► off ─start─► booting
//	                      │                ▲
//	                      └─ forced stop ──┘
type power int

const (
	booting power = iota
	up
	leaving // the operating system shuts down: programs have had their SIGTERM
	off
)

// settle is how long EC2 takes to notice that a machine is off.
const settle = 300 * time.Millisecond

type instance struct {
	Instance
	spec    *topology.Group
	group   *group
	subnet  *subnet
	power   power
	running time.Time // when pending ends
	upAt    time.Time // when booting ends
	offAt   time.Time // not before it is off
	left    time.Time // when it left the running state
	ended   time.Time // when it was terminated
	member  membership
	images  map[string]bool // that its agent has pulled
	files   *traffic.Files  // that its programs have open; nil without a limit

	before  Instance // what it looked like until changed, for describes that lag behind
	changed time.Time
}

// change moves an instance to another state and remembers what describes may still show.
func (i *instance) change(state string, now time.Time) {
	i.before, i.changed = i.Instance, now
	i.State = state
	if state != Running && i.left.IsZero() {
		i.left = now
	}
	if state == Running || state == Pending {
		i.left = time.Time{}
		i.StateReason, i.StateReasonMessage, i.TransitionReason = "", "", ""
	}
}

// because records who ended it and when, as EC2 words it.
func (i *instance) because(code, message string, now time.Time) {
	i.StateReason, i.StateReasonMessage = code, code+": "+message
	i.TransitionReason = "User initiated (" + now.UTC().Format("2006-01-02 15:04:05 GMT") + ")"
}

// launch adds a machine to a group.
func (w *World) launch(g *group, s *subnet, now time.Time) *instance {
	i := &instance{
		Instance: Instance{
			ID: w.ids.resource("i-"), Type: g.spec.InstanceType, ImageID: g.image, Launched: now,
			Zone: s.Zone, VPCID: w.vpc.ID, SubnetID: s.ID, PrivateIP: s.address(), RootDevice: g.spec.RootDevice,
			TerminationProtected: g.spec.TerminationGuard, StopProtected: g.spec.StopGuard, Group: g.Name,
			Tags: map[string]string{"Name": g.Name, "aws:autoscaling:groupName": g.Name},
		},
		spec: g.spec, group: g, subnet: s, images: map[string]bool{},
	}
	if g.spec.OpenFiles > 0 {
		i.files = traffic.NewFiles(g.spec.OpenFiles)
	}
	for key, value := range g.Tags {
		i.Tags[key] = value
	}
	if g.spec.Spot {
		i.Lifecycle = "spot"
	}
	i.PrivateDNS = w.hostName(i.PrivateIP)
	i.member = membership{lifecycle: "Pending", health: "Healthy", protected: g.NewInstancesProtected}
	w.boot(i, now)
	i.State = Pending
	w.instances = append(w.instances, i)
	return i
}

// boot turns the machine on. EC2 calls it running long before its agent speaks.
func (w *World) boot(i *instance, now time.Time) {
	boot := i.spec.Boot.Std()
	i.power, i.running, i.upAt = booting, now.Add(boot/4), now.Add(boot)
}

// shutDown has the operating system end: SIGTERM to every program, SIGKILL after its stop timeout. The agent goes first
// and says nothing.
func (w *World) shutDown(i *instance, now time.Time) {
	if i.power == off || i.power == leaving {
		return
	}
	i.power, i.offAt = leaving, now.Add(settle)
	for _, t := range w.tasksOn(i) {
		t.terminate(now)
	}
	w.silence(i, now)
}

// cut takes the power away: no farewell from anybody.
func (w *World) cut(i *instance, now time.Time) {
	if i.power == off {
		return
	}
	i.power, i.offAt = leaving, now.Add(settle)
	for _, t := range w.tasksOn(i) {
		if t.program != nil {
			t.program.Kill()
		}
	}
	w.silence(i, now)
}

// moveInstance moves an instance whose time has come.
func (w *World) moveInstance(i *instance, now time.Time) {
	if i.State == Pending && !now.Before(i.running) {
		i.change(Running, now)
	}
	switch {
	case i.power == booting && i.State == Running && !now.Before(i.upAt):
		i.power = up
	case i.power == leaving && !now.Before(i.offAt) && w.quiet(i, now):
		i.power = off
		w.turnedOff(i, now)
	}
	w.moveAgent(i, now)
}

// quiet reports whether nothing runs on the machine any more, killing what has outlived its stop timeout.
func (w *World) quiet(i *instance, now time.Time) bool {
	quiet := true
	for _, t := range w.tasksOn(i) {
		quiet = t.ended(now) && quiet
	}
	return quiet
}

func (w *World) turnedOff(i *instance, now time.Time) {
	switch i.State {
	case ShuttingDown:
		i.change(Terminated, now)
		i.ended = now
		i.PrivateIP, i.PrivateDNS = "", ""
	case Stopping:
		i.change(Stopped, now)
	case Running: // a reboot
		w.boot(i, now)
	}
}

// tasksOn returns the tasks that ECS has on an instance and does not know to have stopped.
func (w *World) tasksOn(i *instance) []*task {
	var on []*task
	for _, t := range w.tasks {
		if t.instance == i && t.LastStatus != TaskStopped {
			on = append(on, t)
		}
	}
	return on
}

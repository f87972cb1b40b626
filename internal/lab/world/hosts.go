package world

import "time"

// host is a container instance: what ECS knows of an instance through its agent.
type host struct {
	ContainerInstance
	instance *instance
	cluster  *cluster
	silent   time.Time // since when its agent has said nothing
	ports    int       // host ports given out so far
}

// firstHostPort is where the range of dynamic host ports begins.
const firstHostPort = 32768

// moveAgent has the agent of a machine that is up speak to ECS where it can, and notes since when it cannot.
func (w *World) moveAgent(i *instance, now time.Time) {
	if i.power != up {
		return
	}
	h := w.hostOf(i)
	switch speaks := w.speaks(i); {
	case speaks && (h == nil || !h.silent.IsZero()):
		w.agentUp(i, now)
	case !speaks:
		w.silence(i, now)
	}
}

// speaks reports whether an instance's agent gets through to ECS: to its API, and to where it waits for orders.
func (w *World) speaks(i *instance) bool {
	return i.power == up && w.reach(i.subnet, w.awsHost("ecs")).OK() && w.reach(i.subnet, w.awsHost("ecs-agent")).OK()
}

// agentUp has an instance's agent register, or, where it is known already, report what has become of its tasks.
func (w *World) agentUp(i *instance, now time.Time) {
	cluster := w.clusterNamed(i.spec.Cluster)
	if cluster == nil {
		return
	}
	if h := w.hostOf(i); h != nil {
		h.AgentConnected, h.silent = true, time.Time{}
		h.Version++
		for _, t := range w.tasksOn(i) {
			if t.errand == nil && t.ended(now) {
				w.stopped(t, "EssentialContainerExited", "Essential container in task exited", now)
			}
		}
		return
	}
	attributes := map[string]string{
		"ecs.availability-zone": i.Zone, "ecs.instance-type": i.Type, "ecs.ami-id": i.ImageID,
		"ecs.os-type": "linux", "ecs.subnet-id": i.SubnetID, "ecs.vpc-id": i.VPCID,
	}
	for key, value := range i.spec.Attributes {
		attributes[key] = value
	}
	w.hosts = append(w.hosts, &host{
		ContainerInstance: ContainerInstance{
			ARN:     w.arn("ecs", "container-instance/"+cluster.Name+"/"+w.ids.hex("container-instance", 32)),
			Cluster: cluster.Name, InstanceID: i.ID, Status: "ACTIVE", AgentConnected: true, Registered: now,
			CPU: i.spec.CPU, Memory: i.spec.Memory, CapacityProvider: i.Group, Attributes: attributes,
			Tags: map[string]string{}, Version: 1,
		},
		instance: i, cluster: cluster,
	})
}

// silence notes that an agent has stopped speaking; ECS takes a while to believe it.
func (w *World) silence(i *instance, now time.Time) {
	if h := w.hostOf(i); h != nil && h.silent.IsZero() {
		h.silent = now
	}
}

// moveHost lets ECS notice what has become of an instance.
func (w *World) moveHost(h *host, now time.Time) {
	if h.AgentConnected && !h.silent.IsZero() && now.Sub(h.silent) >= w.topology.ECS.AgentTimeout.Std() {
		h.AgentConnected = false
		h.Version++
	}
	i := h.instance
	over := (i.State == Terminated || i.State == Stopped) && now.Sub(i.changed) >= w.topology.ECS.DeregisterAfter.Std()
	if !over {
		return
	}
	for _, t := range w.tasksOn(i) {
		w.stopped(t, "TerminationNotice", "Host EC2 (instance "+i.ID+") "+i.State+".", now)
	}
	if i.State == Terminated {
		h.Status = "INACTIVE"
		h.Version++
	}
}

// room returns what is free on a host.
func (w *World) room(h *host) (cpu, memory int) {
	cpu, memory = h.CPU, h.Memory
	for _, t := range w.tasksOn(h.instance) {
		cpu -= t.CPU
		memory -= t.Memory
	}
	return cpu, memory
}

func (w *World) hostOf(i *instance) *host {
	for _, h := range w.hosts {
		if h.instance == i && h.Status != "INACTIVE" {
			return h
		}
	}
	return nil
}

package world

import (
	"fmt"
	"maps"
	"slices"
)

// Snapshot tells what the account looks like now.
func (w *World) Snapshot() Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Snapshot{}
	w.tellInstances(s)
	w.tellClusters(s)
	w.tellTargets(s)
	w.tellNetwork(s)
	w.tellFirewall(s)
	w.tellSchedules(s)
	return s
}

func (w *World) tellInstances(s Snapshot) {
	for _, i := range w.instances {
		if i.State == Terminated {
			continue
		}
		s.tell("instance "+i.ID, i.Tags, "state", i.State, "type", i.Type, "subnet", i.SubnetID, "address", i.PrivateIP, "group", i.Group,
			"termination protected", i.TerminationProtected, "stop protected", i.StopProtected)
	}
	for _, g := range w.groups {
		members := keep(w.membersOf(g), func(i *instance) bool { return i.member.lifecycle != "Terminating" })
		s.tell("auto scaling group "+g.Name, g.Tags, "min", g.Min, "desired", g.Desired, "max", g.Max, "suspended", listed(g.Suspended, identity),
			"new instances protected", g.NewInstancesProtected, "target groups", listed(g.TargetGroupARNs, identity),
			"members", listed(members, func(i *instance) string {
				return fmt.Sprintf("%s %s %s protected=%v", i.ID, i.member.lifecycle, i.member.health, i.member.protected)
			}))
	}
}

func (w *World) tellClusters(s Snapshot) {
	for _, c := range w.clusters {
		s.tell("cluster "+c.Name, c.Tags, "status", c.Status, "capacity providers", listed(c.CapacityProviders, identity))
	}
	for _, p := range w.providers {
		s.tell("capacity provider "+p.Name, nil, "managed scaling", p.ManagedScaling, "managed protection", p.ManagedProtection,
			"managed draining", p.ManagedDraining, "target capacity", p.TargetCapacity)
	}
	for _, h := range w.hosts {
		if h.Status != "INACTIVE" {
			s.tell("container instance "+h.ARN, h.Tags, "status", h.Status, "instance", h.InstanceID, "attributes", pairs(h.Attributes))
		}
	}
	for _, v := range w.services {
		s.tell("service "+v.Cluster+"/"+v.Name, v.Tags, "status", v.Status, "desired", v.settled(v.Desired), "task definition", v.TaskDefinition,
			"minimum healthy percent", v.MinHealthy, "maximum percent", v.MaxShare, "subnets", listed(v.SubnetIDs, identity))
	}
}

func (w *World) tellTargets(s Snapshot) {
	for _, b := range w.balancers {
		listeners := listed(b.Listeners, func(l Listener) string {
			return listed(l.Rules, func(r Rule) string {
				return fmt.Sprintf("%d %v %s %d", r.Priority, r.Paths, r.TargetGroup, r.FixedStatus)
			})
		})
		s.tell("load balancer "+b.Name, b.Tags, "state", b.State, "idle timeout", b.IdleTimeout, "rules", listeners)
	}
	for _, g := range w.targetGroups {
		tasks, others := 0, []string{}
		for _, t := range g.pool.Targets() {
			switch {
			case t.State == "draining":
			case slices.ContainsFunc(w.tasks, func(k *task) bool { return k.answersTo(t.ID, t.Port) }):
				tasks++
			default:
				others = append(others, fmt.Sprintf("%s:%d", t.ID, t.Port))
			}
		}
		s.tell("target group "+g.Name, g.Tags, "tasks", w.settledTargets(g, tasks), "other targets", listed(others, identity),
			"health check", fmt.Sprint(g.HealthPath, " ", g.HealthInterval, " ", g.HealthTimeout, " ", g.HealthyThreshold, "/", g.UnhealthyThreshold, " ", g.Matcher),
			"deregistration delay", g.DeregistrationDelay)
	}
}

// settled is a number of tasks that stays as it is until somebody changes it: a service that is scaled has any within its bounds.
func (s *service) settled(n int) string {
	if p := s.scaling; p != nil && !p.Suspended && p.Min <= n && n <= p.Max {
		return fmt.Sprintf("%d to %d", p.Min, p.Max)
	}
	return fmt.Sprint(n)
}

func (w *World) settledTargets(g *targetGroup, n int) string {
	for _, s := range w.services {
		if s.targets == g {
			return s.settled(n)
		}
	}
	return fmt.Sprint(n)
}

// pairs shows a map in the order of its keys.
func pairs(m map[string]string) string {
	return listed(slices.Collect(maps.Keys(m)), func(key string) string { return key + "=" + m[key] })
}

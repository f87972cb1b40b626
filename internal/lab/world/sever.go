package world

import "gameday/internal/lab/traffic"

// sever tells the data plane which targets the nodes of the load balancers cannot reach any more, or can again.
func (w *World) sever() {
	for _, t := range w.tasks {
		if t.program != nil && t.target.group != nil && t.LastStatus != TaskStopped {
			w.severTask(t)
		}
	}
}

// severTask does so for one task: requests cross the network ACLs around the node of the load balancer and around the task, and so do
// the answers.
func (w *World) severTask(t *task) {
	var c traffic.Cut
	to := w.network.subnet(t.SubnetID)
	c.Everywhere = true
	for _, b := range w.balancers {
		if b.Name != t.spec.LoadBalancer {
			continue
		}
		for zone, id := range b.Zones {
			if w.network.crossing(w.network.subnet(id), to, ephemeralAny, portRange{t.target.port, t.target.port}) == "" {
				c.Everywhere = false
			} else {
				c.Zones = append(c.Zones, zone)
			}
		}
	}
	t.target.group.pool.Cut(t.target.id, t.target.port, c)
}

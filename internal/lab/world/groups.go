package world

import (
	"fmt"
	"slices"
	"time"

	"gameday/internal/lab/topology"
)

// group is an Auto Scaling group.
type group struct {
	Group
	spec       *topology.Group
	image      string
	activities []*activity // oldest first
}

type activity struct {
	Activity
	instance *instance
}

// membership is an instance's place in its group. An empty lifecycle means that it has left.
type membership struct {
	lifecycle string // "Pending", "InService", "Terminating"
	health    string // "Healthy", "Unhealthy"
	protected bool   // from scale in
	sick      time.Time
}

// reconcileGroup notices what is wrong with a group, and after the topology's replace_after does something about it.
func (w *World) reconcileGroup(g *group, now time.Time) {
	standing := 0
	for _, i := range w.membersOf(g) {
		w.moveMember(g, i, now)
		if i.member.lifecycle == "Pending" || i.member.lifecycle == "InService" {
			standing++
		}
	}
	g.finish(now)
	for ; standing < g.Desired && !g.suspended("Launch"); standing++ {
		i := w.launch(g, w.thinnest(g), now)
		w.begin(g, i, "Launching a new EC2 instance: "+i.ID,
			fmt.Sprintf("At %s an instance was started in response to a difference between desired and actual capacity, increasing the capacity from %d to %d.",
				stamp(now), standing, standing+1), now)
	}
	for ; standing > g.Desired && !g.suspended("Terminate"); standing-- {
		i := w.dispensable(g)
		if i == nil {
			return // every instance is protected from scale in
		}
		w.dismiss(g, i, fmt.Sprintf("At %s an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from %d to %d.",
			stamp(now), standing, standing-1), now)
	}
}

// moveMember follows an instance's state, and dismisses it when it has been ill for long enough to be noticed.
func (w *World) moveMember(g *group, i *instance, now time.Time) {
	m := &i.member
	switch {
	case m.lifecycle == "Terminating" && i.State == Terminated:
		m.lifecycle = ""
		return
	case m.lifecycle == "Terminating":
		return
	case m.lifecycle == "Pending" && i.State == Running:
		m.lifecycle = "InService"
	}
	if i.State != Running && i.State != Pending && !g.suspended("HealthCheck") {
		m.health = "Unhealthy"
	}
	if m.health == "Healthy" {
		m.sick = time.Time{}
		return
	}
	if m.sick.IsZero() {
		m.sick = now
	}
	noticed := now.Sub(m.sick) >= g.spec.ReplaceAfter.Std() && now.Sub(i.Launched) >= g.GracePeriod
	if noticed && !g.suspended("ReplaceUnhealthy") {
		w.dismiss(g, i, fmt.Sprintf("At %s an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.", stamp(now)), now)
	}
}

// dismiss terminates a member, if it is not ended already, and lets the group have another.
func (w *World) dismiss(g *group, i *instance, cause string, now time.Time) {
	i.member.lifecycle = "Terminating"
	w.begin(g, i, "Terminating EC2 instance: "+i.ID, cause, now)
	w.terminate(i, now)
}

// thinnest returns the subnet whose zone has the fewest members, the first of them where several do.
func (w *World) thinnest(g *group) *subnet {
	count := map[string]int{}
	for _, i := range w.membersOf(g) {
		if i.member.lifecycle != "Terminating" {
			count[i.Zone]++
		}
	}
	private := w.private()
	return slices.MinFunc(private, func(a, b *subnet) int { return count[a.Zone] - count[b.Zone] })
}

// dispensable returns the oldest unprotected member of the fullest zone, nil where there is none.
func (w *World) dispensable(g *group) *instance {
	count := map[string]int{}
	var candidates []*instance
	for _, i := range w.membersOf(g) {
		if i.member.lifecycle == "Terminating" {
			continue
		}
		count[i.Zone]++
		if !i.member.protected {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return slices.MaxFunc(candidates, func(a, b *instance) int { return count[a.Zone] - count[b.Zone] })
}

func (w *World) membersOf(g *group) []*instance {
	var members []*instance
	for _, i := range w.instances {
		if i.group == g && i.member.lifecycle != "" {
			members = append(members, i)
		}
	}
	return members
}

func (g *group) suspended(process string) bool { return slices.Contains(g.Suspended, process) }

func (w *World) begin(g *group, i *instance, description, cause string, now time.Time) {
	g.activities = append(g.activities, &activity{Activity: Activity{
		ID: w.ids.uuid("activity"), Group: g.Name, Status: "InProgress", Description: description, Cause: cause, Started: now, Progress: 30,
	}, instance: i})
}

// finish closes the activities whose instance has arrived.
func (g *group) finish(now time.Time) {
	for _, a := range g.activities {
		launching := a.instance.member.lifecycle == "InService"
		if a.Status == "InProgress" && (a.instance.State == Terminated || launching) {
			a.Status, a.Progress, a.Ended = "Successful", 100, now
		}
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

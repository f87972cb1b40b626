package world

import (
	"cmp"
	"slices"
	"time"

	"gameday/internal/lab/topology"
)

// place creates one more task of a service where it fits best, nil where it fits nowhere.
func (w *World) place(s *service, now time.Time) *task {
	if s.Launch == "FARGATE" {
		in := slices.MinFunc(w.private(), func(a, b *subnet) int { return w.inZone(s, a.Zone) - w.inZone(s, b.Zone) })
		return w.announce(s, w.create(s, nil, in, now), now)
	}
	var fitting []*host
	for _, h := range w.hosts {
		if w.fits(s, h) {
			fitting = append(fitting, h)
		}
	}
	if len(fitting) == 0 {
		if !s.unplaced {
			w.event(s, now, "was unable to place a task because no container instance met all of its requirements.")
		}
		s.unplaced = true
		return nil
	}
	best := slices.MinFunc(fitting, func(a, b *host) int {
		return cmp.Or(
			w.inZone(s, a.instance.Zone)-w.inZone(s, b.instance.Zone),
			w.onHost(s, a)-w.onHost(s, b),
			len(w.tasksOn(a.instance))-len(w.tasksOn(b.instance)),
		)
	})
	return w.announce(s, w.create(s, best, best.instance.subnet, now), now)
}

func (w *World) announce(s *service, t *task, now time.Time) *task {
	s.unplaced = false
	w.event(s, now, "has started 1 tasks: (task %s).", t.ID)
	return t
}

// fits reports whether a host may take one more task of a service.
func (w *World) fits(s *service, h *host) bool {
	cpu, memory := w.room(h)
	definition := w.definitionByARN(s.TaskDefinition)
	switch {
	case h.cluster != s.cluster, !w.takesTasks(h.instance), cpu < definition.CPU, memory < definition.Memory:
		return false
	case s.spec.DistinctInstances || s.spec.Daemon:
		if w.onHost(s, h) > 0 {
			return false
		}
	}
	if m := topology.Constraint.FindStringSubmatch(s.spec.Constraint); m != nil {
		return (h.Attributes[m[1]] == m[3]) == (m[2] == "==")
	}
	return true
}

// inZone counts a service's tasks in a zone. A service that is not spread over zones has none to count.
func (w *World) inZone(s *service, zone string) int {
	if s.spec.Spread != "zone" && s.Launch != "FARGATE" {
		return 0
	}
	n := 0
	for _, t := range w.tasksOf(s) {
		if t.Zone == zone && t.DesiredStatus == "RUNNING" {
			n++
		}
	}
	return n
}

func (w *World) onHost(s *service, h *host) int {
	n := 0
	for _, t := range w.tasksOf(s) {
		if t.instance == h.instance {
			n++
		}
	}
	return n
}

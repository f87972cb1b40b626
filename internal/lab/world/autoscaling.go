package world

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gameday/internal/lab/topology"
)

// Groups returns every Auto Scaling group with its members.
func (w *World) Groups() []Group {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Group, len(w.groups))
	for n, g := range w.groups {
		v := g.Group
		v.Zones, v.SubnetIDs, v.Suspended = slices.Clone(v.Zones), slices.Clone(v.SubnetIDs), slices.Clone(v.Suspended)
		v.Tags = maps.Clone(v.Tags)
		for _, i := range w.membersOf(g) {
			v.Members = append(v.Members, i.asMember())
		}
		all[n] = v
	}
	return all
}

func (i *instance) asMember() Member {
	return Member{
		InstanceID: i.ID, Group: i.Group, Type: i.Type, Zone: i.Zone,
		Lifecycle: i.member.lifecycle, Health: i.member.health, Protected: i.member.protected,
	}
}

// Activities returns a group's history, newest first. Code: ValidationError.
func (w *World) Activities(name string) ([]Activity, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.group(name)
	if err != nil {
		return nil, err
	}
	all := make([]Activity, len(g.activities))
	for n, a := range g.activities {
		all[len(all)-1-n] = a.Activity
	}
	return all, nil
}

// SetDesiredCapacity asks a group for n instances. Code: ValidationError.
func (w *World) SetDesiredCapacity(name string, n int) error {
	return w.ResizeGroup(name, nil, nil, &n)
}

// ResizeGroup changes a group's size and its bounds; nil leaves one as it is. Code: ValidationError.
func (w *World) ResizeGroup(name string, minimum, maximum, desired *int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.group(name)
	if err != nil {
		return err
	}
	lo, hi := or(minimum, g.Min), or(maximum, g.Max)
	if lo > hi {
		return refuse("ValidationError", "Max bound, %d, must be greater than or equal to min bound, %d", hi, lo)
	}
	want := or(desired, min(max(g.Desired, lo), hi))
	switch {
	case want > hi:
		return refuse("ValidationError", "New SetDesiredCapacity value %d is above max value %d for the AutoScalingGroup.", want, hi)
	case want < lo:
		return refuse("ValidationError", "New SetDesiredCapacity value %d is below min value %d for the AutoScalingGroup.", want, lo)
	}
	g.Min, g.Max, g.Desired = lo, hi, want
	return nil
}

func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// TerminateInGroup terminates a member; shrink lowers the desired capacity so that it is not replaced. Code: ValidationError.
func (w *World) TerminateInGroup(id string, shrink bool) (Activity, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.memberByID(id)
	if err != nil {
		return Activity{}, err
	}
	if shrink && i.group.Desired <= i.group.Min {
		return Activity{}, refuse("ValidationError", "Currently, desiredSize equals minSize (%d). Terminating instance without replacement will violate group's min size constraint.", i.group.Min)
	}
	if shrink {
		i.group.Desired--
	}
	now := time.Now()
	w.dismiss(i.group, i, fmt.Sprintf("At %s instance %s was taken out of service in response to a user request.", stamp(now), id), now)
	return i.group.activities[len(i.group.activities)-1].Activity, nil
}

// ProtectFromScaleIn sets scale-in protection of members. Code: ValidationError.
func (w *World) ProtectFromScaleIn(name string, ids []string, on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.group(name)
	if err != nil {
		return err
	}
	var members []*instance
	for _, id := range ids {
		i, err := w.memberByID(id)
		if err != nil || i.group != g {
			return refuse("ValidationError", "The instance %s is not part of Auto Scaling group %s.", id, name)
		}
		members = append(members, i)
	}
	for _, i := range members {
		i.member.protected = on
	}
	return nil
}

// SetInstanceHealth tells a member's group that it is "Healthy" or "Unhealthy". Code: ValidationError.
func (w *World) SetInstanceHealth(id, health string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.memberByID(id)
	if err != nil {
		return err
	}
	if health != "Healthy" && health != "Unhealthy" {
		return refuse("ValidationError", "Valid instance health states are: [Healthy, Unhealthy].")
	}
	i.member.health = health
	return nil
}

// SuspendProcesses switches parts of a group off; no names means all. Code: ValidationError.
func (w *World) SuspendProcesses(name string, processes []string) error {
	return w.switchProcesses(name, processes, func(g *group, named []string) {
		for _, p := range named {
			if !g.suspended(p) {
				g.Suspended = append(g.Suspended, p)
			}
		}
	})
}

// ResumeProcesses switches parts of a group on again; no names means all. Code: ValidationError.
func (w *World) ResumeProcesses(name string, processes []string) error {
	return w.switchProcesses(name, processes, func(g *group, named []string) {
		g.Suspended = keep(g.Suspended, func(p string) bool { return !slices.Contains(named, p) })
	})
}

func (w *World) switchProcesses(name string, processes []string, do func(*group, []string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.group(name)
	if err != nil {
		return err
	}
	for _, p := range processes {
		if !slices.Contains(topology.Processes, p) {
			return refuse("ValidationError", "Invalid scaling process: %s", p)
		}
	}
	if len(processes) == 0 {
		processes = topology.Processes
	}
	do(g, processes)
	return nil
}

func (w *World) group(name string) (*group, error) {
	for _, g := range w.groups {
		if g.Name == name || g.ARN == name {
			return g, nil
		}
	}
	return nil, refuse("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup '%s' not found", name)
}

func (w *World) memberByID(id string) (*instance, error) {
	for _, i := range w.instances {
		if i.ID == id && i.group != nil && i.member.lifecycle != "" {
			return i, nil
		}
	}
	return nil, refuse("ValidationError", "Instance Id not found - No managed instance found for instance ID %s", id)
}

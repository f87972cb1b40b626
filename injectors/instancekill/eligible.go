package instancekill

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// against is the first reason not to kill an instance, "" if there is none.
func (k *InstanceKill) against(scope injectors.Scope, c candidate) string {
	missing := scope.MissingTag(c.tags)
	switch {
	case c.state != "running":
		return "it is " + c.state
	case missing != "":
		return fmt.Sprintf("it does not carry the tag %s that the guard requires", missing)
	case c.tags[cloud.RunTag] != "":
		return injectors.HeldBy(c.tags[cloud.RunTag])
	case k.stops() && c.spot:
		return "a spot instance cannot be stopped: use mode = \"terminate\""
	case k.stops() && c.instanceStore:
		return "its root device is an instance store, so it cannot be stopped: use mode = \"terminate\""
	case c.cluster != nil && c.container.Status != "ACTIVE":
		return fmt.Sprintf("cluster %s is already rid of it: its container instance is %s", c.cluster.Name, c.container.Status)
	case c.cluster != nil && !c.container.Connected:
		return "its ECS agent is not connected, so it is lost already"
	}
	if kept := keeps(c); len(kept) > 0 && !k.AllowStateful {
		return strings.Join(kept, ", ") + ": set allow_stateful = true if it may be lost"
	}
	return ""
}

// keeps says what state the tasks on the instance hold: "service search keeps docker volume "index"".
func keeps(c candidate) []string {
	var kept []string
	for _, t := range c.tasks {
		if len(t.State) > 0 {
			kept = append(kept, fmt.Sprintf("%s keeps %s", t, strings.Join(t.State, ", ")))
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// refuse explains why there is nobody, or not enough, to kill.
func (k *InstanceKill) refuse(matching int, left []injectors.LeftOut) error {
	if matching == 0 {
		return fmt.Errorf("no %s", k.sought())
	}
	var reasons []string
	for _, l := range left {
		reasons = append(reasons, l.Why)
	}
	slices.Sort(reasons)
	var lines []error
	for _, why := range slices.Compact(reasons) {
		var ids []string
		for _, l := range left {
			if l.Why == why {
				ids = append(ids, l.ID)
			}
		}
		lines = append(lines, fmt.Errorf("  %s: %s", strings.Join(ids, ", "), why))
	}
	return fmt.Errorf("%d of %d matching instances cannot be killed\n%w", len(left), matching, errors.Join(lines...))
}

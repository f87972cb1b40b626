package labtest

import (
	"slices"

	"gameday/internal/lab"
	"gameday/internal/lab/wire"
)

// Writes are the calls so far that changed something, like "ec2:StopInstances", in the order in which they ended.
func Writes(l *lab.Lab) []string {
	var all []string
	for _, c := range l.Calls() {
		if wire.Writes(c) {
			all = append(all, action(c))
		}
	}
	return all
}

// Undeclared are the actions of calls that are not among the permissions, each once.
func Undeclared(calls []wire.Call, permissions []string) []string {
	var all []string
	for _, c := range calls {
		if name := action(c); !slices.Contains(permissions, name) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func action(c wire.Call) string { return c.Service + ":" + c.Action }

// Package taskkill stops ECS tasks, on instances and on Fargate alike.
//
// StopTask asks the containers to end (SIGTERM), and kills them after their stop timeout. A stopped task does not
// come back, so Undo waits until its service has put another in its place.
package taskkill

import (
	_ "embed"
	"slices"

	"gameday/injectors"
	"gameday/internal/inventory"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// Kind is task_kill.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:        "task_kill",
		Summary:     "Stops ECS tasks, picked by service or id, on EC2 and on Fargate.",
		Undo:        "waits until the service has replaced them",
		New:         func() injectors.Injector { return &TaskKill{} },
		Step:        func() injectors.Step { return &Step{} },
		Permissions: permissions(),
		Page:        page,
		Example:     example,
	}
}

// permissions are the IAM actions of planning, doing and undoing.
func permissions() []string {
	all := slices.Concat(inventory.Permissions(), (&Step{}).Describe().Permissions)
	slices.Sort(all)
	return slices.Compact(all)
}

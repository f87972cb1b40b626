// Package instancekill takes EC2 instances away: terminated, stopped, stopped by force, or rebooted.
//
//	what matches ─► what is eligible ─► what is picked ─► a Step each
//	 select.go        eligible.go         plan.go          step.go, do.go, undo.go, whole.go
//
// Only a stop can be taken back. After any of the others, Undo waits until the Auto Scaling group, the cluster and
// the services have healed by themselves.
package instancekill

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

// Kind is instance_kill.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:        "instance_kill",
		Summary:     "Terminates, stops or reboots EC2 instances, picked by cluster, Auto Scaling group, tags or id.",
		Undo:        "starts what it stopped; waits until the rest has healed",
		New:         func() injectors.Injector { return &InstanceKill{Mode: Terminate} },
		Step:        func() injectors.Step { return &Step{} },
		Permissions: permissions(),
		Held:        true,
		Scan:        scan,
		Page:        page,
		Example:     example,
	}
}

// permissions are the IAM actions of planning, and of every mode.
func permissions() []string {
	all := slices.Concat(inventory.Permissions(), []string{
		"autoscaling:DescribeAutoScalingGroups",
		"ec2:DescribeInstanceAttribute",
		"ec2:DescribeInstances",
		"ecs:DescribeCapacityProviders",
	})
	for _, mode := range modes {
		all = append(all, (&Step{Mode: mode}).Describe().Permissions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Package ecsdeploy starts a deployment of an ECS service, as an operator or a pipeline would: of what runs already, or of
// another task definition.
//
//	        Do                      ECS                        Undo
//	former ────► deployment begins ────► rolled out, or stuck ────► former, rolled out again
//	                                └──► rolled back by its circuit breaker ──► nothing to restore
//
// Do returns once the deployment is under way: whether it completes is for a probe to measure. Where what runs is
// deployed anew there is nothing to restore, and Undo waits until the service is whole.
package ecsdeploy

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

// Kind is ecs_deploy.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:        "ecs_deploy",
		Summary:     "Starts a deployment of an ECS service, of what it runs or of another task definition.",
		Undo:        "sets the service back; waits until it is whole",
		New:         func() injectors.Injector { return &ECSDeploy{} },
		Step:        func() injectors.Step { return &Step{} },
		Permissions: permissions(),
		Held:        true,
		Scan:        scan,
		Page:        page,
		Example:     example,
	}
}

// permissions are the IAM actions of planning, doing and undoing.
func permissions() []string {
	all := slices.Concat(inventory.Permissions(), (&Step{Restores: true}).Describe().Permissions, []string{
		"ec2:DescribeInstances",
		"ec2:DescribeSubnets",
		"ec2:DescribeVpcEndpoints",
		"ecs:DescribeTaskDefinition",
	})
	slices.Sort(all)
	return slices.Compact(all)
}

package ecsdeploy

import "gameday/internal/attr"

// ECSDeploy names a service and what to deploy to it.
type ECSDeploy struct {
	Cluster    string `hcl:"cluster" doc:"the ECS cluster"`
	Service    string `hcl:"service" doc:"the service"`
	Definition string `hcl:"task_definition,optional" doc:"what to deploy, as family, family:revision or ARN: a family means its latest revision; absent, what runs now is deployed anew"`
	Desired    *int   `hcl:"desired_count,optional" doc:"how many tasks to want from then on; absent, as many as now"`
}

// Validate checks what the types of the attributes do not.
func (d *ECSDeploy) Validate() []attr.Problem {
	if d.Desired == nil || *d.Desired > 0 {
		return nil
	}
	return []attr.Problem{{
		Attr:    "desired_count",
		Summary: "Nothing to deploy",
		Detail:  "A deployment of no tasks deploys nothing. Set desired_count to 1 or more, or leave it away.",
	}}
}

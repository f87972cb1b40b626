// Package ecsservice measures whether an ECS service runs the tasks that it should, and whether its deployment is done.
package ecsservice

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// The values of measure.
const (
	running = "running"
	rollout = "rollout"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	Cluster string `hcl:"cluster" doc:"the ECS cluster, by name or ARN"`
	Service string `hcl:"service" doc:"the service, by name or ARN"`
	What    string `hcl:"measure,optional" doc:"\"running\": running tasks as a share of desired ones; \"rollout\": 100% while the newest deployment is completed, else 0%"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "ecs_service",
		Summary:     "running tasks of an ECS service against desired ones, or the state of its rollout",
		New:         func() probes.Probe { return &Probe{What: running} },
		Permissions: inventory.FindPermissions(),
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	if p.What == running || p.What == rollout {
		return nil
	}
	return []attr.Problem{{
		Attr:    "measure",
		Summary: `Wrong value for "measure"`,
		Detail:  `Write "running" for running tasks against desired ones, or "rollout" for the state of the newest deployment.`,
	}}
}

// Scale says that values are shares, and that a fall is for the worse.
func (p *Probe) Scale() probes.Scale {
	if p.What == rollout {
		return probes.Scale{Unit: probes.Ratio, Label: "rollout completed", Falls: true}
	}
	return probes.Scale{Unit: probes.Ratio, Label: "running share of desired tasks", Falls: true}
}

// Measure takes one reading now. A service that is missing, deleted or without what is measured is an error.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, _, _ time.Time) ([]probes.Reading, error) {
	now := time.Now()
	service, err := inventory.FindService(ctx, env, p.Cluster, p.Service)
	if err != nil {
		return nil, err
	}
	share := runningShare
	if p.What == rollout {
		share = rolledOut
	}
	value, err := share(service)
	if err != nil {
		return nil, fmt.Errorf("service %q in cluster %q: %w", p.Service, p.Cluster, err)
	}
	return []probes.Reading{{At: now, Value: value, Note: note(service)}}, nil
}

// runningShare is at most 1: tasks beyond the desired number, as a rolling deployment starts them, make up for nothing.
func runningShare(s types.Service) (float64, error) {
	have, want := inventory.Counts(s)
	if want == 0 {
		return 0, fmt.Errorf("it is scaled to zero tasks, so there is no share of them to measure")
	}
	return min(1, float64(have)/float64(want)), nil
}

func rolledOut(s types.Service) (float64, error) {
	switch inventory.Primary(s).RolloutState {
	case types.DeploymentRolloutStateCompleted:
		return 1, nil
	case "":
		return 0, fmt.Errorf("its deployments have no rollout state: only those that ECS itself rolls out do")
	default:
		return 0, nil
	}
}

// note is "5 of 6 running, 1 pending, rollout IN_PROGRESS: ECS deployment ... in progress."
func note(s types.Service) string {
	have, want := inventory.Counts(s)
	text := fmt.Sprintf("%d of %d running", have, want)
	if s.PendingCount > 0 {
		text += fmt.Sprintf(", %d pending", s.PendingCount)
	}
	d := inventory.Primary(s)
	if d.RolloutState != "" {
		text += fmt.Sprintf(", rollout %s", d.RolloutState)
	}
	if d.RolloutState == types.DeploymentRolloutStateFailed && d.RolloutStateReason != nil {
		text += ": " + *d.RolloutStateReason
	}
	return text
}

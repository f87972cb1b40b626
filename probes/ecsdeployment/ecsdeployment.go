// Package ecsdeployment measures the rollout of an ECS service: how long it takes, or how many of its tasks fail.
//
//	nothing is rolled out       0
//	a rollout goes on           what it has come to so far, open
//	it completes                what it came to, once
//	it fails, or is rolled back failed, whatever it came to
//
// rollout.go reads where a rollout stands from what ECS says of the service.
package ecsdeployment

import (
	"context"
	_ "embed"
	"fmt"
	"time"

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
	duration    = "duration"
	failedTasks = "failed_tasks"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	Cluster string `hcl:"cluster" doc:"name of the ECS cluster"`
	Service string `hcl:"service" doc:"name of the service"`
	What    string `hcl:"measure,optional" doc:"\"duration\": how long the rollout takes, 0s while there is none; \"failed_tasks\": how many of its tasks failed"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "ecs_deployment",
		Summary:     "how long a rollout of an ECS service takes, or how many of its tasks fail, and why",
		New:         func() probes.Probe { return &Probe{What: duration} },
		Permissions: append(inventory.FindPermissions(), inventory.FailurePermissions()...),
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	if p.What == duration || p.What == failedTasks {
		return nil
	}
	return []attr.Problem{{
		Attr:    "measure",
		Summary: `Wrong value for "measure"`,
		Detail:  `Write "duration" for how long the rollout takes, or "failed_tasks" for how many of its tasks failed.`,
	}}
}

// Scale says that values are durations, or numbers of tasks.
func (p *Probe) Scale() probes.Scale {
	if p.What == failedTasks {
		return probes.Scale{Unit: probes.Number, Label: "failed tasks of the rollout"}
	}
	return probes.Scale{Unit: probes.Seconds, Label: "duration of the rollout"}
}

// Measure takes one reading now, and before it one of every rollout that has ended since from. A service that is missing,
// or whose rollouts ECS does not keep the books of, is an error.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, from, _ time.Time) ([]probes.Reading, error) {
	now := time.Now()
	service, err := inventory.FindService(ctx, env, p.Cluster, p.Service)
	if err != nil {
		return nil, err
	}
	rollouts, err := rolledOut(service, from)
	if err != nil {
		return nil, fmt.Errorf("service %q in cluster %q: %w", p.Service, p.Cluster, err)
	}
	var readings []probes.Reading
	going := false
	for _, r := range rollouts {
		failures, err := inventory.Failed(ctx, env, p.Cluster, p.Service, r.id)
		if err != nil {
			return nil, err
		}
		readings = append(readings, p.reading(r, failures, now))
		going = going || r.ended.IsZero()
	}
	if !going {
		readings = append(readings, probes.Reading{At: now})
	}
	return readings, nil
}

// instant is the span of a reading that speaks of one moment in the past. A reading without any is taken for a look at
// the present, which speaks for the time that it took.
const instant = time.Nanosecond

// reading is what there is to say of a rollout: at its end, or else now.
func (p *Probe) reading(r rollout, failures inventory.Failures, now time.Time) probes.Reading {
	reading := probes.Reading{At: now, Open: true, Note: r.note(failures)}
	until := now
	if !r.ended.IsZero() {
		reading.At, reading.Span, reading.Open = r.ended, instant, false
		until = r.ended
	}
	if p.What == failedTasks {
		reading.Value = float64(max(r.failedTasks, failures.Tasks()))
		return reading
	}
	reading.Value, reading.Failed = max(0, until.Sub(r.began)).Seconds(), r.failed
	return reading
}

package ecsdeploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// warn says what somebody who knows ECS would raise before this is done.
func warn(ctx context.Context, env *cloud.Env, cluster *inventory.Cluster, s types.Service, d *types.TaskDefinition, step *Step) ([]string, error) {
	all := breakers(step.name(), s)
	wanted := int(s.DesiredCount)
	if step.After.Desired != nil {
		wanted = *step.After.Desired
	}
	if s.SchedulingStrategy != types.SchedulingStrategyDaemon {
		stuck, err := stuck(ctx, env, cluster, s, d, wanted)
		if err != nil {
			return nil, err
		}
		all = append(all, stuck...)
	}
	all = append(all, images(d)...)
	private, err := endpoints(ctx, env, cluster, s, d)
	return append(all, private...), err
}

// breakers says what ECS does about a rollout that fails.
func breakers(name string, s types.Service) []string {
	var all []string
	c := s.DeploymentConfiguration
	if c == nil {
		return nil
	}
	switch b := c.DeploymentCircuitBreaker; {
	case b == nil || !b.Enable:
		all = append(all, name+" has no deployment circuit breaker: a rollout that fails is tried again for ever")
	case !b.Rollback:
		all = append(all, name+" has a deployment circuit breaker that does not roll back: a rollout that fails stays half done, until the undo deploys once more")
	default:
		all = append(all, name+" has a deployment circuit breaker: a rollout that fails is rolled back by ECS")
	}
	if a := c.Alarms; a != nil && a.Enable && a.Rollback {
		all = append(all, fmt.Sprintf("%s is rolled back by ECS when one of its alarms goes off: %s", name, strings.Join(a.AlarmNames, ", ")))
	}
	return all
}

// images says which images may not be what they were, or come from outside.
func images(d *types.TaskDefinition) []string {
	var all []string
	for _, c := range d.ContainerDefinitions {
		i := read(aws.ToString(c.Image))
		if i.drifts {
			all = append(all, fmt.Sprintf("image %s may be another one by now: what is deployed need not be what runs", i.name))
		}
		if !i.ecr {
			all = append(all, fmt.Sprintf("image %s comes from %s, outside of AWS's private registries: where that cannot be reached, no new task starts", i.name, i.host))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

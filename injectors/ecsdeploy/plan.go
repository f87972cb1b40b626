package ecsdeploy

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Plan finds the service and what is to be deployed. It fails where ECS does not roll out the service itself, and where a
// rollout is under way, because what the service was before is not settled then.
func (d *ECSDeploy) Plan(ctx context.Context, env *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	cluster, err := inventory.Read(ctx, env, d.Cluster)
	if err != nil {
		return nil, err
	}
	service, err := inventory.FindService(ctx, env, d.Cluster, d.Service)
	if err != nil {
		return nil, err
	}
	known, _ := cluster.Service(d.Service)
	if missing := scope.MissingTag(known.Tags); missing != "" {
		return nil, fmt.Errorf("service %s/%s does not carry the tag %s that the guard requires", d.Cluster, d.Service, missing)
	}
	if run := known.Tags[cloud.RunTag]; run != "" {
		return nil, fmt.Errorf("service %s/%s cannot be deployed: %s", d.Cluster, d.Service, injectors.HeldBy(run))
	}
	if err := d.refuse(service); err != nil {
		return nil, fmt.Errorf("service %s/%s cannot be deployed: %w", d.Cluster, d.Service, err)
	}
	definition, err := d.definition(ctx, env, service)
	if err != nil {
		return nil, err
	}
	former, err := cluster.Record(ctx, env, d.Service)
	if err != nil {
		return nil, err
	}
	step := d.step(env, service, definition, former)
	warnings, err := warn(ctx, env, cluster, service, definition, step)
	if err != nil {
		return nil, err
	}
	running, name := len(cluster.Of(d.Service)), cluster.Name+"/"+d.Service
	from := injectors.Population{Name: "services of cluster " + cluster.Name, Size: len(cluster.Services)}
	return &injectors.Plan{
		Steps:    []injectors.Step{step},
		Targets:  []injectors.Target{{ID: name, Group: from.Name, Tags: known.Tags}},
		Groups:   []injectors.Population{from},
		Impacts:  []injectors.Impact{{What: "tasks of service " + name, Hit: running, Of: running}},
		Warnings: warnings,
	}, nil
}

// refuse is why the service cannot be deployed, or not be put back.
func (d *ECSDeploy) refuse(s types.Service) error {
	if c := s.DeploymentController; c != nil && c.Type != types.DeploymentControllerTypeEcs && c.Type != "" {
		return fmt.Errorf("its deployments belong to the controller %s, and only those that ECS itself rolls out can be started and put back here", c.Type)
	}
	switch daemon := s.SchedulingStrategy == types.SchedulingStrategyDaemon; {
	case d.Desired != nil && daemon:
		return errors.New("it runs a task on every instance, so it has no desired_count: remove that")
	case d.Desired == nil && s.DesiredCount == 0 && !daemon:
		return errors.New("it is scaled to zero, so there is nothing to deploy: set desired_count, or pick another service")
	}
	if state := inventory.Primary(s).RolloutState; state != types.DeploymentRolloutStateCompleted {
		return fmt.Errorf("its last rollout is %s: wait until it is COMPLETED, for what to go back to is not settled before", state)
	}
	return nil
}

// definition resolves what is to be deployed.
func (d *ECSDeploy) definition(ctx context.Context, env *cloud.Env, s types.Service) (*types.TaskDefinition, error) {
	name := aws.ToString(s.TaskDefinition)
	if d.Definition != "" {
		name = d.Definition
	}
	out, err := ecs.NewFromConfig(env.AWS).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(name)})
	if err != nil {
		return nil, fmt.Errorf("look up task definition %s: %w", path.Base(name), err)
	}
	if out.TaskDefinition.Status != types.TaskDefinitionStatusActive {
		return nil, fmt.Errorf("task definition %s is %s: ECS deploys only those that are ACTIVE", path.Base(name), out.TaskDefinition.Status)
	}
	return out.TaskDefinition, nil
}

// step records all that Undo needs.
func (d *ECSDeploy) step(env *cloud.Env, service types.Service, definition *types.TaskDefinition, former inventory.Former) *Step {
	s := &Step{
		Region: env.AWS.Region, Cluster: former.Cluster, Service: former.Service, ARN: aws.ToString(service.ServiceArn),
		Deployment: aws.ToString(inventory.Primary(service).Id),
		Before:     versionOf(service, d.Desired != nil),
		After:      Version{Definition: path.Base(aws.ToString(definition.TaskDefinitionArn)), Desired: d.Desired},
		Former:     former,
	}
	s.Restores = !s.Before.equals(s.After)
	return s
}

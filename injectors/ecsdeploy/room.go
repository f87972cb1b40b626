package ecsdeploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// stuck warns of a rollout that cannot begin: it may neither stop a task first nor start one more, or there is no room
// for one more.
func stuck(ctx context.Context, env *cloud.Env, cluster *inventory.Cluster, s types.Service, d *types.TaskDefinition, wanted int) ([]string, error) {
	least, most := span(s, wanted)
	name := "service " + cluster.Name + "/" + aws.ToString(s.ServiceName)
	switch {
	case least < wanted:
		return nil, nil // it stops one first
	case most <= wanted:
		return []string{fmt.Sprintf("%s can never be rolled out: with %s wanted its minimumHealthyPercent lets none stop, and its maximumPercent lets none start", name, injectors.Counted(wanted, "task"))}, nil
	}
	if s.LaunchType == types.LaunchTypeFargate || slices.ContainsFunc(s.CapacityProviderStrategy, onFargate) {
		return nil, nil
	}
	room, err := roomFor(ctx, env, cluster, s, d)
	if err != nil || room {
		return nil, err
	}
	return []string{fmt.Sprintf("no instance has room for another task of %s, and its minimumHealthyPercent lets none stop first: the rollout waits until there is room", name)}, nil
}

func onFargate(c types.CapacityProviderStrategyItem) bool {
	return aws.ToString(c.CapacityProvider) == "FARGATE" || aws.ToString(c.CapacityProvider) == "FARGATE_SPOT"
}

// span is how many tasks must be healthy and may run during a rollout, as ECS rounds them.
func span(s types.Service, wanted int) (least, most int) {
	low, high := 100, 200
	if c := s.DeploymentConfiguration; c != nil {
		low, high = int(aws.ToInt32(c.MinimumHealthyPercent)), int(aws.ToInt32(c.MaximumPercent))
	}
	return (wanted*low + 99) / 100, wanted * high / 100
}

// need is what one task takes of an instance.
type need struct {
	cpu, memory int32
	alone       bool // no second task of the service beside it
}

// needOf adds up what the containers ask for, unless the task asks for all of them.
func needOf(s types.Service, d *types.TaskDefinition) need {
	n := need{alone: slices.ContainsFunc(s.PlacementConstraints, func(c types.PlacementConstraint) bool {
		return c.Type == types.PlacementConstraintTypeDistinctInstance
	})}
	for _, c := range d.ContainerDefinitions {
		n.cpu += c.Cpu
		n.memory += max(aws.ToInt32(c.MemoryReservation), aws.ToInt32(c.Memory))
		for _, p := range c.PortMappings { // a port of the instance's is taken once
			n.alone = n.alone || aws.ToInt32(p.HostPort) != 0 && d.NetworkMode != types.NetworkModeAwsvpc
		}
	}
	if whole, err := strconv.Atoi(aws.ToString(d.Cpu)); err == nil {
		n.cpu = int32(whole)
	}
	if whole, err := strconv.Atoi(aws.ToString(d.Memory)); err == nil {
		n.memory = int32(whole)
	}
	return n
}

// roomFor reports whether an instance can take another task of the service.
func roomFor(ctx context.Context, env *cloud.Env, cluster *inventory.Cluster, s types.Service, d *types.TaskDefinition) (bool, error) {
	taken := map[string]bool{}
	for _, t := range cluster.Of(aws.ToString(s.ServiceName)) {
		taken[t.Instance] = true
	}
	var arns []string
	for _, i := range cluster.Instances {
		if i.Connected && i.Status == "ACTIVE" {
			arns = append(arns, i.ARN)
		}
	}
	n := needOf(s, d)
	for some := range slices.Chunk(arns, 100) {
		out, err := ecs.NewFromConfig(env.AWS).DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
			Cluster: aws.String(cluster.Name), ContainerInstances: some,
		})
		if err != nil {
			return false, fmt.Errorf("describe the instances of cluster %s: %w", cluster.Name, err)
		}
		for _, i := range out.ContainerInstances {
			if left(i, "CPU") >= n.cpu && left(i, "MEMORY") >= n.memory && !(n.alone && taken[aws.ToString(i.ContainerInstanceArn)]) {
				return true, nil
			}
		}
	}
	return false, nil
}

func left(i types.ContainerInstance, resource string) int32 {
	for _, r := range i.RemainingResources {
		if aws.ToString(r.Name) == resource {
			return r.IntegerValue
		}
	}
	return 0
}

package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/world"
)

func (s ecsService) listContainerInstances(in *ecs.ListContainerInstancesInput) (*ecs.ListContainerInstancesOutput, error) {
	if err := only("InvalidParameterException", in, "Cluster", "Status", "MaxResults", "NextToken"); err != nil {
		return nil, err
	}
	all, err := s.world.ContainerInstances(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	if in.Status != "" {
		all = slices.DeleteFunc(all, func(c world.ContainerInstance) bool { return c.Status != string(in.Status) })
	}
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 100), all, func(c world.ContainerInstance) string { return c.ARN })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListContainerInstancesOutput{NextToken: next, ContainerInstanceArns: []string{}}
	for _, c := range page {
		out.ContainerInstanceArns = append(out.ContainerInstanceArns, c.ARN)
	}
	return out, nil
}

func (s ecsService) describeContainerInstances(in *ecs.DescribeContainerInstancesInput) (*ecs.DescribeContainerInstancesOutput, error) {
	if err := between("Container instances", in.ContainerInstances, 1, 100); err != nil {
		return nil, err
	}
	all, err := s.world.ContainerInstances(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	found, missing := lookup(all, in.ContainerInstances,
		func(c world.ContainerInstance) string { return c.ARN },
		func(ref string) string { return s.arn("container-instance", in.Cluster, ref) })
	withTags := slices.Contains(in.Include, ecstypes.ContainerInstanceFieldTags)
	return &ecs.DescribeContainerInstancesOutput{ContainerInstances: ecsContainerInstances(found, withTags), Failures: missing}, nil
}

// updateContainerInstancesState drains container instances, or takes them back.
func (s ecsService) updateContainerInstancesState(in *ecs.UpdateContainerInstancesStateInput) (*ecs.UpdateContainerInstancesStateOutput, error) {
	if err := between("Container instances", in.ContainerInstances, 1, 10); err != nil {
		return nil, err
	}
	changed, err := s.world.DrainContainerInstances(aws.ToString(in.Cluster), in.ContainerInstances, string(in.Status))
	if err != nil {
		return nil, err
	}
	return &ecs.UpdateContainerInstancesStateOutput{
		ContainerInstances: ecsContainerInstances(changed, false),
		Failures:           []ecstypes.Failure{},
	}, nil
}

func ecsContainerInstances(list []world.ContainerInstance, withTags bool) []ecstypes.ContainerInstance {
	out := make([]ecstypes.ContainerInstance, 0, len(list))
	for _, c := range list {
		instance := ecstypes.ContainerInstance{
			ContainerInstanceArn: aws.String(c.ARN),
			Ec2InstanceId:        aws.String(c.InstanceID),
			CapacityProviderName: optional(c.CapacityProvider),
			Status:               aws.String(c.Status),
			AgentConnected:       c.AgentConnected,
			RegisteredAt:         moment(c.Registered),
			RunningTasksCount:    int32(c.RunningTasks),
			PendingTasksCount:    int32(c.PendingTasks),
			RegisteredResources:  ecsResources(c.CPU, c.Memory),
			RemainingResources:   ecsResources(c.FreeCPU, c.FreeMemory),
			Attachments:          []ecstypes.Attachment{},
			Attributes:           []ecstypes.Attribute{},
			Tags:                 []ecstypes.Tag{},
			Version:              c.Version,
			VersionInfo:          &ecstypes.VersionInfo{AgentVersion: aws.String("1.86.0"), DockerVersion: aws.String("DockerVersion: 25.0.3")},
		}
		for _, name := range sortedKeys(c.Attributes) {
			instance.Attributes = append(instance.Attributes, ecstypes.Attribute{Name: aws.String(name), Value: optional(c.Attributes[name])})
		}
		if withTags {
			instance.Tags = ecsTags(c.Tags)
		}
		out = append(out, instance)
	}
	return out
}

func ecsResources(cpu, memory int) []ecstypes.Resource {
	return []ecstypes.Resource{
		{Name: aws.String("CPU"), Type: aws.String("INTEGER"), IntegerValue: int32(cpu)},
		{Name: aws.String("MEMORY"), Type: aws.String("INTEGER"), IntegerValue: int32(memory)},
	}
}

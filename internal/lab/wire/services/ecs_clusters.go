package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/world"
)

func (s ecsService) listClusters(in *ecs.ListClustersInput) (*ecs.ListClustersOutput, error) {
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 100), s.world.Clusters(), func(c world.Cluster) string { return c.ARN })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListClustersOutput{NextToken: next, ClusterArns: []string{}}
	for _, c := range page {
		out.ClusterArns = append(out.ClusterArns, c.ARN)
	}
	return out, nil
}

func (s ecsService) describeClusters(in *ecs.DescribeClustersInput) (*ecs.DescribeClustersOutput, error) {
	if err := between("Clusters", in.Clusters, 0, 100); err != nil {
		return nil, err
	}
	wanted := in.Clusters
	if len(wanted) == 0 {
		wanted = []string{"default"}
	}
	account := s.world.Account()
	found, missing := lookup(s.world.Clusters(), wanted,
		func(c world.Cluster) string { return c.ARN },
		func(ref string) string {
			return "arn:aws:ecs:" + account.Region + ":" + account.ID + ":cluster/" + clusterName(&ref)
		})
	out := &ecs.DescribeClustersOutput{Clusters: []ecstypes.Cluster{}, Failures: missing}
	for _, c := range found {
		cluster := ecstypes.Cluster{
			ClusterArn:                        aws.String(c.ARN),
			ClusterName:                       aws.String(c.Name),
			Status:                            aws.String(c.Status),
			ActiveServicesCount:               int32(c.ActiveServices),
			PendingTasksCount:                 int32(c.PendingTasks),
			RunningTasksCount:                 int32(c.RunningTasks),
			RegisteredContainerInstancesCount: int32(c.ContainerInstances),
			CapacityProviders:                 append([]string{}, c.CapacityProviders...),
			DefaultCapacityProviderStrategy:   []ecstypes.CapacityProviderStrategyItem{},
			Settings:                          []ecstypes.ClusterSetting{},
			Statistics:                        []ecstypes.KeyValuePair{},
			Tags:                              []ecstypes.Tag{},
		}
		if slices.Contains(in.Include, ecstypes.ClusterFieldTags) {
			cluster.Tags = ecsTags(c.Tags)
		}
		out.Clusters = append(out.Clusters, cluster)
	}
	return out, nil
}

func (s ecsService) describeCapacityProviders(in *ecs.DescribeCapacityProvidersInput) (*ecs.DescribeCapacityProvidersOutput, error) {
	arn := func(p world.CapacityProvider) string { return p.ARN }
	account := s.world.Account()
	full := func(ref string) string {
		return "arn:aws:ecs:" + account.Region + ":" + account.ID + ":capacity-provider/" + ref
	}
	found, missing := s.world.CapacityProviders(), []ecstypes.Failure{}
	for _, name := range []string{"FARGATE", "FARGATE_SPOT"} { // every account has these
		found = append(found, world.CapacityProvider{Name: name, ARN: full(name)})
	}
	if len(in.CapacityProviders) > 0 {
		found, missing = lookup(found, in.CapacityProviders, arn, full)
	}
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 100), found, arn)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeCapacityProvidersOutput{NextToken: next, CapacityProviders: []ecstypes.CapacityProvider{}, Failures: missing}
	for _, p := range page {
		out.CapacityProviders = append(out.CapacityProviders, ecsCapacityProvider(p))
	}
	return out, nil
}

func ecsCapacityProvider(p world.CapacityProvider) ecstypes.CapacityProvider {
	out := ecstypes.CapacityProvider{
		CapacityProviderArn: aws.String(p.ARN),
		Name:                aws.String(p.Name),
		Status:              ecstypes.CapacityProviderStatusActive,
		Tags:                []ecstypes.Tag{},
	}
	if p.GroupARN == "" {
		return out
	}
	out.AutoScalingGroupProvider = &ecstypes.AutoScalingGroupProvider{
		AutoScalingGroupArn: aws.String(p.GroupARN),
		ManagedScaling: &ecstypes.ManagedScaling{
			Status:         enabled[ecstypes.ManagedScalingStatus](p.ManagedScaling),
			TargetCapacity: number(p.TargetCapacity),
		},
		ManagedTerminationProtection: enabled[ecstypes.ManagedTerminationProtection](p.ManagedProtection),
		ManagedDraining:              enabled[ecstypes.ManagedDraining](p.ManagedDraining),
	}
	return out
}

// enabled is ECS's way to say yes or no.
func enabled[E ~string](on bool) E {
	if on {
		return "ENABLED"
	}
	return "DISABLED"
}

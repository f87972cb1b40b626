package services

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

func (s ecsService) listServices(in *ecs.ListServicesInput) (*ecs.ListServicesOutput, error) {
	all, err := s.world.Services(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(v world.Service) bool {
		return in.LaunchType != "" && string(in.LaunchType) != v.Launch ||
			in.SchedulingStrategy != "" && string(in.SchedulingStrategy) != v.Scheduling
	})
	page, next, err := cut(ecsPage(in.NextToken, in.MaxResults, 10), all, func(v world.Service) string { return v.ARN })
	if err != nil {
		return nil, err
	}
	out := &ecs.ListServicesOutput{NextToken: next, ServiceArns: []string{}}
	for _, v := range page {
		out.ServiceArns = append(out.ServiceArns, v.ARN)
	}
	return out, nil
}

func (s ecsService) describeServices(in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	if err := between("Services", in.Services, 1, 10); err != nil {
		return nil, err
	}
	all, err := s.world.Services(aws.ToString(in.Cluster))
	if err != nil {
		return nil, err
	}
	found, missing := lookup(all, in.Services,
		func(v world.Service) string { return v.ARN },
		func(ref string) string { return s.arn("service", in.Cluster, ref) })
	out := &ecs.DescribeServicesOutput{Services: []ecstypes.Service{}, Failures: missing}
	for _, v := range found {
		service := ecsServiceOf(v)
		if slices.Contains(in.Include, ecstypes.ServiceFieldTags) {
			service.Tags = ecsTags(v.Tags)
		}
		out.Services = append(out.Services, service)
	}
	return out, nil
}

func (s ecsService) updateService(in *ecs.UpdateServiceInput) (*ecs.UpdateServiceOutput, error) {
	if err := only("InvalidParameterException", in, "Cluster", "Service", "DesiredCount", "TaskDefinition", "ForceNewDeployment", "DeploymentConfiguration"); err != nil {
		return nil, err
	}
	change := world.ServiceChange{
		Desired:        count(in.DesiredCount),
		TaskDefinition: in.TaskDefinition,
		Force:          in.ForceNewDeployment,
	}
	if d := in.DeploymentConfiguration; d != nil {
		if err := only("InvalidParameterException", d, "MinimumHealthyPercent", "MaximumPercent", "DeploymentCircuitBreaker", "Strategy"); err != nil {
			return nil, err
		}
		if d.Strategy != "" && d.Strategy != ecstypes.DeploymentStrategyRolling {
			return nil, protocol.Faultf("InvalidParameterException", "The lab only rolls: it has no deployment strategy %s.", d.Strategy)
		}
		if b := d.DeploymentCircuitBreaker; b != nil {
			change.CircuitBreaker, change.Rollback = &b.Enable, &b.Rollback
		}
		change.MinHealthy, change.MaxShare = count(d.MinimumHealthyPercent), count(d.MaximumPercent)
	}
	v, err := s.world.UpdateService(aws.ToString(in.Cluster), aws.ToString(in.Service), change)
	if err != nil {
		return nil, err
	}
	service := ecsServiceOf(v)
	return &ecs.UpdateServiceOutput{Service: &service}, nil
}

func ecsServiceOf(v world.Service) ecstypes.Service {
	out := ecstypes.Service{
		ServiceArn:           aws.String(v.ARN),
		ServiceName:          aws.String(v.Name),
		ClusterArn:           aws.String(v.ClusterARN),
		Status:               aws.String(v.Status),
		CreatedAt:            moment(v.Created),
		DesiredCount:         int32(v.Desired),
		RunningCount:         int32(v.Running),
		PendingCount:         int32(v.Pending),
		SchedulingStrategy:   ecstypes.SchedulingStrategy(v.Scheduling),
		TaskDefinition:       aws.String(v.TaskDefinition),
		NetworkConfiguration: ecsNetwork(v.SubnetIDs),
		DeploymentController: &ecstypes.DeploymentController{Type: ecstypes.DeploymentControllerTypeEcs},
		DeploymentConfiguration: &ecstypes.DeploymentConfiguration{
			MinimumHealthyPercent:    number(v.MinHealthy),
			MaximumPercent:           number(v.MaxShare),
			DeploymentCircuitBreaker: &ecstypes.DeploymentCircuitBreaker{Enable: v.CircuitBreaker, Rollback: v.CircuitRollback},
		},
		Deployments:          []ecstypes.Deployment{},
		Events:               []ecstypes.ServiceEvent{},
		LoadBalancers:        []ecstypes.LoadBalancer{},
		PlacementConstraints: []ecstypes.PlacementConstraint{},
		PlacementStrategy:    []ecstypes.PlacementStrategy{},
		ServiceRegistries:    []ecstypes.ServiceRegistry{},
		Tags:                 []ecstypes.Tag{},
	}
	out.LaunchType, out.CapacityProviderStrategy = ecsLaunch(v.Launch, v.CapacityProvider)
	if len(v.LoadBalancers) > 0 {
		out.HealthCheckGracePeriodSeconds = wholeSeconds(v.GracePeriod)
	}
	for _, d := range v.Deployments {
		out.Deployments = append(out.Deployments, ecsDeployment(v, d))
	}
	for _, e := range v.Events {
		out.Events = append(out.Events, ecstypes.ServiceEvent{Id: aws.String(e.ID), CreatedAt: moment(e.At), Message: aws.String(e.Message)})
	}
	for _, b := range v.LoadBalancers {
		out.LoadBalancers = append(out.LoadBalancers, ecstypes.LoadBalancer{
			TargetGroupArn: aws.String(b.TargetGroupARN),
			ContainerName:  aws.String(b.Container),
			ContainerPort:  number(b.Port),
		})
	}
	for _, p := range v.PlacementConstraints {
		out.PlacementConstraints = append(out.PlacementConstraints, ecstypes.PlacementConstraint{
			Type: ecstypes.PlacementConstraintType(p.Type), Expression: optional(p.Field),
		})
	}
	for _, p := range v.PlacementStrategy {
		out.PlacementStrategy = append(out.PlacementStrategy, ecstypes.PlacementStrategy{
			Type: ecstypes.PlacementStrategyType(p.Type), Field: optional(p.Field),
		})
	}
	return out
}

func ecsDeployment(v world.Service, d world.Deployment) ecstypes.Deployment {
	out := ecstypes.Deployment{
		Id:                   aws.String(d.ID),
		Status:               aws.String(d.Status),
		TaskDefinition:       aws.String(d.TaskDefinition),
		DesiredCount:         int32(d.Desired),
		RunningCount:         int32(d.Running),
		PendingCount:         int32(d.Pending),
		FailedTasks:          int32(d.Failed),
		CreatedAt:            moment(d.Created),
		UpdatedAt:            moment(d.Updated),
		NetworkConfiguration: ecsNetwork(v.SubnetIDs),
		RolloutState:         ecstypes.DeploymentRolloutState(d.RolloutState),
		RolloutStateReason:   aws.String(d.RolloutReason),
	}
	out.LaunchType, out.CapacityProviderStrategy = ecsLaunch(v.Launch, v.CapacityProvider)
	return out
}

// ecsLaunch is either a launch type or a capacity provider: a service with the one has no other.
func ecsLaunch(launch, provider string) (ecstypes.LaunchType, []ecstypes.CapacityProviderStrategyItem) {
	if provider == "" {
		return ecstypes.LaunchType(launch), nil
	}
	return "", []ecstypes.CapacityProviderStrategyItem{{CapacityProvider: aws.String(provider), Weight: 1}}
}

// ecsNetwork is only there for tasks with a network interface of their own.
func ecsNetwork(subnets []string) *ecstypes.NetworkConfiguration {
	if len(subnets) == 0 {
		return nil
	}
	return &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{
		Subnets:        subnets,
		SecurityGroups: []string{},
		AssignPublicIp: ecstypes.AssignPublicIpDisabled,
	}}
}

package inventory

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Service is an ECS service.
type Service struct {
	Name, ARN    string
	Desired      int
	Daemon       bool // one task on every instance
	Deploying    bool // a rollout is under way, or what it replaces is not gone yet
	TargetGroups []string
	Subnets      []string // that its tasks may start in, where they have network interfaces of their own
	Tags         map[string]string
}

// services reads all services of a cluster, by name.
func services(ctx context.Context, client *ecs.Client, cluster string) ([]Service, error) {
	arns, err := listServices(ctx, client, cluster)
	if err != nil {
		return nil, err
	}
	described, err := describeServices(ctx, client, cluster, arns)
	if err != nil {
		return nil, err
	}
	var found []Service
	for _, s := range described {
		found = append(found, serviceOf(s))
	}
	slices.SortFunc(found, by(func(s Service) string { return s.Name }))
	return found, nil
}

func serviceOf(s types.Service) Service {
	_, desired := Counts(s)
	return Service{
		Name:         aws.ToString(s.ServiceName),
		ARN:          aws.ToString(s.ServiceArn),
		Desired:      desired,
		Daemon:       s.SchedulingStrategy == types.SchedulingStrategyDaemon,
		Deploying:    slices.ContainsFunc(s.Deployments, unfinished) || len(s.TaskSets) > 1,
		TargetGroups: targetGroups(s),
		Subnets:      subnets(s),
		Tags:         tagMap(s.Tags),
	}
}

// unfinished reports whether a deployment is being rolled out, or still on its way out. Only ECS's own rolling updates have a
// rollout state.
func unfinished(d types.Deployment) bool {
	return d.RolloutState == types.DeploymentRolloutStateInProgress || aws.ToString(d.Status) == "ACTIVE"
}

// targetGroups are those that the service registers its tasks with, itself or by the task sets that serve.
func targetGroups(s types.Service) []string {
	balancers := slices.Clone(s.LoadBalancers)
	for _, set := range serving(s) {
		balancers = append(balancers, set.LoadBalancers...)
	}
	var arns []string
	for _, b := range balancers {
		if b.TargetGroupArn != nil && !slices.Contains(arns, *b.TargetGroupArn) {
			arns = append(arns, *b.TargetGroupArn)
		}
	}
	return arns
}

func subnets(s types.Service) []string {
	if s.NetworkConfiguration == nil || s.NetworkConfiguration.AwsvpcConfiguration == nil {
		return nil
	}
	return s.NetworkConfiguration.AwsvpcConfiguration.Subnets
}

func tagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return m
}

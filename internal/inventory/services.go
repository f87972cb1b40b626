package inventory

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Service is an ECS service.
type Service struct {
	Name         string
	Desired      int
	Daemon       bool // one task on every instance
	Deploying    bool // a rollout is under way
	TargetGroups []string
	Subnets      []string // that its tasks may start in, where they have network interfaces of their own
	Tags         map[string]string
}

// services reads all services of a cluster, by name.
func services(ctx context.Context, client *ecs.Client, cluster string) ([]Service, error) {
	var found []Service
	pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{
		Cluster:    aws.String(cluster),
		MaxResults: aws.Int32(10), // as many as one describe call takes
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the services of cluster %s: %w", cluster, err)
		}
		if len(page.ServiceArns) == 0 {
			continue
		}
		described, err := describe(ctx, client, cluster, page.ServiceArns)
		if err != nil {
			return nil, err
		}
		found = append(found, described...)
	}
	slices.SortFunc(found, by(func(s Service) string { return s.Name }))
	return found, nil
}

// describe reads up to ten services. Those that do not exist, or not any more, are left away.
func describe(ctx context.Context, client *ecs.Client, cluster string, names []string) ([]Service, error) {
	out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster:  aws.String(cluster),
		Services: names,
		Include:  []types.ServiceField{types.ServiceFieldTags},
	})
	if err != nil {
		return nil, fmt.Errorf("describe the services of cluster %s: %w", cluster, err)
	}
	var found []Service
	for _, s := range out.Services {
		if aws.ToString(s.Status) == "INACTIVE" {
			continue
		}
		found = append(found, Service{
			Name:         aws.ToString(s.ServiceName),
			Desired:      int(s.DesiredCount),
			Daemon:       s.SchedulingStrategy == types.SchedulingStrategyDaemon,
			Deploying:    slices.ContainsFunc(s.Deployments, inProgress),
			TargetGroups: targetGroups(s),
			Subnets:      subnets(s),
			Tags:         tagMap(s.Tags),
		})
	}
	return found, nil
}

func inProgress(d types.Deployment) bool {
	return d.RolloutState == types.DeploymentRolloutStateInProgress
}

func targetGroups(s types.Service) []string {
	var arns []string
	for _, b := range s.LoadBalancers {
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

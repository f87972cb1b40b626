package ecsservice

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// find returns the service, or says which services or clusters there are instead.
func find(ctx context.Context, env *cloud.Env, cluster, service string) (types.Service, error) {
	client := ecs.NewFromConfig(env.AWS)
	fail := func(err error) (types.Service, error) {
		return types.Service{}, fmt.Errorf("find service %q in cluster %q: %w", service, cluster, err)
	}
	out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{service}})
	if missing := new(types.ClusterNotFoundException); errors.As(err, &missing) {
		all, err := clusters(ctx, client)
		if err != nil {
			return fail(err)
		}
		return types.Service{}, cloud.NoSuch("cluster", cluster, all)
	}
	if err != nil {
		return fail(err)
	}
	if len(out.Services) == 0 {
		all, err := services(ctx, client, cluster)
		if err != nil {
			return fail(err)
		}
		return types.Service{}, fmt.Errorf("cluster %q: %w", cluster, cloud.NoSuch("service", service, all))
	}
	if s := out.Services[0]; aws.ToString(s.Status) == "INACTIVE" {
		return types.Service{}, fmt.Errorf("service %q in cluster %q was deleted", service, cluster)
	}
	return out.Services[0], nil
}

func clusters(ctx context.Context, client *ecs.Client) ([]string, error) {
	var found []string
	pages := ecs.NewListClustersPaginator(client, &ecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, names(page.ClusterArns)...)
	}
	return found, nil
}

func services(ctx context.Context, client *ecs.Client, cluster string) ([]string, error) {
	var found []string
	pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{Cluster: aws.String(cluster)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, names(page.ServiceArns)...)
	}
	return found, nil
}

// names are what the ARNs end in.
func names(arns []string) []string {
	out := make([]string, len(arns))
	for i, arn := range arns {
		out[i] = arn[strings.LastIndex(arn, "/")+1:]
	}
	return out
}

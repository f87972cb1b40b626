package inventory

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// mostListed is how many ARNs one call lists.
const mostListed = 100

// clusters lists the names of the region's clusters, sorted.
func clusters(ctx context.Context, client *ecs.Client) ([]string, error) {
	var names []string
	pages := ecs.NewListClustersPaginator(client, &ecs.ListClustersInput{MaxResults: aws.Int32(mostListed)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list clusters: %w", err)
		}
		names = append(names, bases(page.ClusterArns)...)
	}
	slices.Sort(names)
	return names, nil
}

func listServices(ctx context.Context, client *ecs.Client, cluster string) ([]string, error) {
	var arns []string
	pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{Cluster: aws.String(cluster), MaxResults: aws.Int32(mostListed)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the services of cluster %s: %w", cluster, err)
		}
		arns = append(arns, page.ServiceArns...)
	}
	return arns, nil
}

func listInstances(ctx context.Context, client *ecs.Client, cluster string) ([]string, error) {
	var arns []string
	pages := ecs.NewListContainerInstancesPaginator(client, &ecs.ListContainerInstancesInput{
		Cluster: aws.String(cluster), MaxResults: aws.Int32(mostListed),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the instances of cluster %s: %w", cluster, err)
		}
		arns = append(arns, page.ContainerInstanceArns...)
	}
	return arns, nil
}

// listTasks lists the tasks that match, of which cluster is the only condition that has to be there.
func listTasks(ctx context.Context, client *ecs.Client, match ecs.ListTasksInput) ([]string, error) {
	var arns []string
	match.MaxResults = aws.Int32(mostListed)
	pages := ecs.NewListTasksPaginator(client, &match)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list tasks of cluster %s: %w", aws.ToString(match.Cluster), err)
		}
		arns = append(arns, page.TaskArns...)
	}
	return arns, nil
}

// bases are what the ARNs end in.
func bases(arns []string) []string {
	names := make([]string, len(arns))
	for i, arn := range arns {
		names[i] = path.Base(arn)
	}
	return names
}

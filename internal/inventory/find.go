package inventory

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// FindPermissions are the IAM actions that FindService may call.
func FindPermissions() []string {
	return []string{"ecs:DescribeServices", "ecs:ListClusters", "ecs:ListServices"}
}

// FindService returns a service as ECS describes it, tags included. It fails where there is none, and says which services
// or clusters there are instead.
func FindService(ctx context.Context, env *cloud.Env, cluster, service string) (types.Service, error) {
	client := ecs.NewFromConfig(env.AWS)
	fail := func(err error) (types.Service, error) {
		return types.Service{}, fmt.Errorf("find service %q in cluster %q: %w", service, cluster, err)
	}
	out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster:  aws.String(cluster),
		Services: []string{service},
		Include:  []types.ServiceField{types.ServiceFieldTags},
	})
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
		all, err := serviceNames(ctx, client, cluster)
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

// Primary is the newest deployment of a service; older ones are on their way out.
func Primary(s types.Service) types.Deployment {
	for _, d := range s.Deployments {
		if aws.ToString(d.Status) == "PRIMARY" {
			return d
		}
	}
	return types.Deployment{}
}

func serviceNames(ctx context.Context, client *ecs.Client, cluster string) ([]string, error) {
	var found []string
	pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{Cluster: aws.String(cluster)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, arn := range page.ServiceArns {
			found = append(found, path.Base(arn))
		}
	}
	return found, nil
}

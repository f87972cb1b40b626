package inventory

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// FindPermissions are the IAM actions that FindService may call.
func FindPermissions() []string {
	return []string{"ecs:DescribeServices", "ecs:ListClusters", "ecs:ListServices"}
}

// FindService returns a service as ECS describes it, tags included, by the names or ARNs of it and its cluster. It fails
// where there is none, and says which services or clusters there are instead.
func FindService(ctx context.Context, env *cloud.Env, cluster, service string) (types.Service, error) {
	client := ecs.NewFromConfig(env.AWS)
	fail := func(err error) (types.Service, error) {
		return types.Service{}, fmt.Errorf("find service %q in cluster %q: %w", service, cluster, err)
	}
	found, err := describeServices(ctx, client, cluster, []string{service})
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
	if len(found) == 0 {
		arns, err := listServices(ctx, client, cluster)
		if err != nil {
			return fail(err)
		}
		return types.Service{}, fmt.Errorf("cluster %q: %w", cluster, cloud.NoSuch("service", service, bases(arns)))
	}
	return found[0], nil
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

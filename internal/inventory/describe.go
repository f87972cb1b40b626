package inventory

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// How many things one call describes.
const (
	describable         = 100 // container instances, tasks
	describableServices = 10
)

// DescribeTasks describes tasks of a cluster, given by id or ARN. Those that ECS has forgotten are left away.
func DescribeTasks(ctx context.Context, env *cloud.Env, cluster string, refs []string) ([]types.Task, error) {
	return describeTasks(ctx, ecs.NewFromConfig(env.AWS), cluster, refs)
}

func describeTasks(ctx context.Context, client *ecs.Client, cluster string, refs []string) ([]types.Task, error) {
	what := "describe tasks of cluster " + cluster
	return inBatches(what, refs, describable, func(some []string) ([]types.Task, []types.Failure, error) {
		out, err := client.DescribeTasks(ctx, &ecs.DescribeTasksInput{
			Cluster: aws.String(cluster), Tasks: some, Include: []types.TaskField{types.TaskFieldTags},
		})
		if err != nil {
			return nil, nil, err
		}
		return out.Tasks, out.Failures, nil
	})
}

// describeServices describes services, given by name or ARN. Those that do not exist, or not any more, are left away.
func describeServices(ctx context.Context, client *ecs.Client, cluster string, refs []string) ([]types.Service, error) {
	what := "describe services of cluster " + cluster
	found, err := inBatches(what, refs, describableServices, func(some []string) ([]types.Service, []types.Failure, error) {
		out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{
			Cluster: aws.String(cluster), Services: some, Include: []types.ServiceField{types.ServiceFieldTags},
		})
		if err != nil {
			return nil, nil, err
		}
		return out.Services, out.Failures, nil
	})
	return slices.DeleteFunc(found, func(s types.Service) bool { return aws.ToString(s.Status) == "INACTIVE" }), err
}

func describeInstances(ctx context.Context, client *ecs.Client, cluster string, arns []string) ([]types.ContainerInstance, error) {
	what := "describe instances of cluster " + cluster
	return inBatches(what, arns, describable, func(some []string) ([]types.ContainerInstance, []types.Failure, error) {
		out, err := client.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
			Cluster: aws.String(cluster), ContainerInstances: some,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.ContainerInstances, out.Failures, nil
	})
}

// inBatches describes things, so many with each call.
func inBatches[T any](what string, refs []string, most int, describe func(some []string) ([]T, []types.Failure, error)) ([]T, error) {
	var all []T
	for some := range slices.Chunk(refs, most) {
		found, failures, err := describe(some)
		if err == nil {
			err = Answered(failures)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// Answered fails where ECS did not describe something although it may be there. What is MISSING may have gone since it was
// listed; anything else must not be taken for gone.
func Answered(failures []types.Failure) error {
	for _, f := range failures {
		reason := aws.ToString(f.Reason)
		if reason == "MISSING" {
			continue
		}
		if f.Detail != nil {
			reason += " (" + *f.Detail + ")"
		}
		return fmt.Errorf("ECS says %s of %s", reason, path.Base(aws.ToString(f.Arn)))
	}
	return nil
}

package inventory

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// Instance is a container instance of a cluster.
type Instance struct {
	ID        string // of the EC2 instance
	ARN       string
	Status    string // "ACTIVE", "DRAINING"
	Connected bool   // its agent talks to ECS
	Zone      string // "" where its agent did not say
	Provider  string // its capacity provider, "" if none
}

// Instances reads the container instances of a cluster that are not INACTIVE, by the EC2 instance's id.
func Instances(ctx context.Context, env *cloud.Env, cluster string) ([]Instance, error) {
	client := ecs.NewFromConfig(env.AWS)
	arns, err := listInstances(ctx, client, cluster)
	if err != nil {
		return nil, err
	}
	described, err := describeInstances(ctx, client, cluster, arns)
	if err != nil {
		return nil, err
	}
	var found []Instance
	for _, i := range described {
		if aws.ToString(i.Status) == "INACTIVE" {
			continue
		}
		found = append(found, Instance{
			ID:        aws.ToString(i.Ec2InstanceId),
			ARN:       aws.ToString(i.ContainerInstanceArn),
			Status:    aws.ToString(i.Status),
			Connected: i.AgentConnected,
			Zone:      zoneOf(i),
			Provider:  aws.ToString(i.CapacityProviderName),
		})
	}
	slices.SortFunc(found, by(func(i Instance) string { return i.ID }))
	return found, nil
}

// zoneOf is the availability zone that the agent registered the instance with.
func zoneOf(i types.ContainerInstance) string {
	for _, a := range i.Attributes {
		if aws.ToString(a.Name) == "ecs.availability-zone" {
			return aws.ToString(a.Value)
		}
	}
	return ""
}

package inventory

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
)

// Former is a service as it was before a fault: what its recovery is measured against. It is data, and survives JSON.
type Former struct {
	Cluster string
	Service string
	Pools   []Pool // the target groups that it registers its tasks with
}

// Record remembers a service of the cluster.
func (c *Cluster) Record(ctx context.Context, env *cloud.Env, service string) (Former, error) {
	f := Former{Cluster: c.Name, Service: service}
	s, _ := c.Service(service)
	for _, arn := range s.TargetGroups {
		p, err := RecordPool(ctx, env, arn)
		if err != nil {
			return Former{}, err
		}
		f.Pools = append(f.Pools, p)
	}
	return f, nil
}

// Lack says what the service still lacks to be whole, "" if nothing: as many running tasks as it wants now, and as
// many healthy targets as it had, or as it wants now if that is fewer, in the target groups that it still uses. Tasks on the container instance gone (an ARN,
// "" for none) do not count, for ECS calls them running until it notices. A service that was deleted lacks nothing.
func (f Former) Lack(ctx context.Context, env *cloud.Env, gone string) (string, error) {
	client := ecs.NewFromConfig(env.AWS)
	found, err := describeServices(ctx, client, f.Cluster, []string{f.Service})
	if err != nil || len(found) == 0 {
		return "", err
	}
	all, err := tasks(ctx, client, ecs.ListTasksInput{Cluster: aws.String(f.Cluster), ServiceName: aws.String(f.Service)})
	if err != nil {
		return "", err
	}
	running := 0
	for _, t := range all {
		if t.Running && (gone == "" || t.Instance != gone) {
			running++
		}
	}
	_, desired := Counts(found[0])
	if running < desired {
		return fmt.Sprintf("%d of %d tasks of service %s/%s run", running, desired, f.Cluster, f.Service), nil
	}
	registered := targetGroups(found[0])
	for _, p := range f.Pools {
		if !slices.Contains(registered, p.TargetGroup) {
			continue
		}
		if lack, err := p.Lack(ctx, env, desired); lack != "" || err != nil {
			return lack, err
		}
	}
	return "", nil
}

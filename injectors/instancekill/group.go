package instancekill

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"gameday/internal/cloud"
)

// group is an Auto Scaling group as AWS describes it.
type group types.AutoScalingGroup

func (g *group) name() string { return aws.ToString(g.AutoScalingGroupName) }

// desired is what the group wants, in units of capacity: instances, unless they are weighted.
func (g *group) desired() int { return int(aws.ToInt32(g.DesiredCapacity)) }

// capacity is what those of its instances count together. Every instance carries its weight, if there are weights: by type
// in a mixed instances policy, or because the group wants so many vCPUs or so much memory.
func (g *group) capacity(ids []string) int {
	sum := 0
	for _, i := range g.Instances {
		if !slices.Contains(ids, aws.ToString(i.InstanceId)) {
			continue
		}
		weight, err := strconv.Atoi(aws.ToString(i.WeightedCapacity))
		if err != nil {
			weight = 1
		}
		sum += weight
	}
	return sum
}

func (g *group) member(id string) (types.Instance, bool) {
	at := slices.IndexFunc(g.Instances, func(i types.Instance) bool { return aws.ToString(i.InstanceId) == id })
	if at < 0 {
		return types.Instance{}, false
	}
	return g.Instances[at], true
}

func (g *group) members() []string {
	var ids []string
	for _, i := range g.Instances {
		ids = append(ids, aws.ToString(i.InstanceId))
	}
	return ids
}

// suspended reports whether one of the group's processes is switched off.
func (g *group) suspended(process string) bool {
	return slices.ContainsFunc(g.SuspendedProcesses, func(p types.SuspendedProcess) bool { return aws.ToString(p.ProcessName) == process })
}

// inService returns the members that are in service, and that the group means to keep.
func (g *group) inService() []string {
	var ids []string
	for _, i := range g.Instances {
		if i.LifecycleState == types.LifecycleStateInService && strings.EqualFold(aws.ToString(i.HealthStatus), "Healthy") {
			ids = append(ids, aws.ToString(i.InstanceId))
		}
	}
	return ids
}

// readGroups reads the Auto Scaling groups of these names, all there are if none is given. Those that do not exist
// are left away.
func readGroups(ctx context.Context, env *cloud.Env, names ...string) (map[string]*group, error) {
	found := map[string]*group{}
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(autoscaling.NewFromConfig(env.AWS),
		&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: names})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe Auto Scaling groups: %w", err)
		}
		for _, g := range page.AutoScalingGroups {
			own := group(g)
			found[own.name()] = &own
		}
	}
	return found, nil
}

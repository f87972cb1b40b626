package instancekill

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// candidate is an instance that matches the selection, with all that speaks for and against killing it.
type candidate struct {
	id, zone, state string
	tags            map[string]string
	spot            bool
	instanceStore   bool               // its root device is gone once it stops
	cluster         *inventory.Cluster // nil where it is in none
	container       inventory.Instance // of cluster
	tasks           []inventory.Task   // on it
	group           *group             // nil where it is in none
}

// selectAll returns every instance that matches, in whatever state, by id.
func (k *InstanceKill) selectAll(ctx context.Context, env *cloud.Env) ([]candidate, error) {
	groups, err := readGroups(ctx, env)
	if err != nil {
		return nil, err
	}
	var clusters []*inventory.Cluster
	var within [][]string // each a set of ids that the instance has to be in
	if len(k.IDs) > 0 {
		within = append(within, k.IDs)
	}
	if k.AutoScalingGroup != "" {
		g, known := groups[k.AutoScalingGroup]
		if !known {
			return nil, cloud.NoSuch("Auto Scaling group", k.AutoScalingGroup, slices.Collect(maps.Keys(groups)))
		}
		within = append(within, g.members())
	}
	if k.Cluster != "" {
		c, err := inventory.Read(ctx, env, k.Cluster)
		if err != nil {
			return nil, err
		}
		if _, known := c.Service(k.Service); k.Service != "" && !known {
			return nil, c.NoService(k.Service)
		}
		clusters = append(clusters, c)
		within = append(within, instancesOf(c))
	}
	instances, err := k.describe(ctx, env, within)
	if err != nil {
		return nil, err
	}
	if k.Cluster == "" {
		if clusters, err = inventory.Holding(ctx, env, idsOf(instances)); err != nil {
			return nil, err
		}
	}
	var matching []candidate
	for _, i := range instances {
		c := candidateOf(i, clusters, groups)
		if k.matches(c) {
			matching = append(matching, c)
		}
	}
	return matching, k.complete(matching)
}

// describe returns the instances that are in all sets of within and carry the tags, by id.
func (k *InstanceKill) describe(ctx context.Context, env *cloud.Env, within [][]string) ([]types.Instance, error) {
	const perFilter = 200
	var filters []types.Filter
	for key, value := range k.Tags {
		filters = append(filters, types.Filter{Name: aws.String("tag:" + key), Values: []string{value}})
	}
	if len(within) == 0 {
		return describeInstances(ctx, env, filters)
	}
	var found []types.Instance
	for ids := range slices.Chunk(common(within), perFilter) {
		page, err := describeInstances(ctx, env, append(slices.Clone(filters), types.Filter{Name: aws.String("instance-id"), Values: ids}))
		if err != nil {
			return nil, err
		}
		found = append(found, page...)
	}
	return found, nil
}

func describeInstances(ctx context.Context, env *cloud.Env, filters []types.Filter) ([]types.Instance, error) {
	var found []types.Instance
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(env.AWS), &ec2.DescribeInstancesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe instances: %w", err)
		}
		for _, r := range page.Reservations {
			found = append(found, r.Instances...)
		}
	}
	slices.SortFunc(found, func(a, b types.Instance) int {
		return strings.Compare(aws.ToString(a.InstanceId), aws.ToString(b.InstanceId))
	})
	return found, nil
}

func candidateOf(i types.Instance, clusters []*inventory.Cluster, groups map[string]*group) candidate {
	c := candidate{
		id:            aws.ToString(i.InstanceId),
		tags:          map[string]string{},
		spot:          i.InstanceLifecycle == types.InstanceLifecycleTypeSpot,
		instanceStore: i.RootDeviceType == types.DeviceTypeInstanceStore,
	}
	if i.Placement != nil {
		c.zone = aws.ToString(i.Placement.AvailabilityZone)
	}
	if i.State != nil {
		c.state = string(i.State.Name)
	}
	for _, t := range i.Tags {
		c.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	for _, cluster := range clusters {
		if container, in := cluster.Instance(c.id); in {
			c.cluster, c.container, c.tasks = cluster, container, cluster.On(c.id)
		}
	}
	for _, g := range groups {
		if _, in := g.member(c.id); in {
			c.group = g
		}
	}
	return c
}

// matches reports whether the instance is what was asked for. EC2's filters know wildcards, ours do not, so tags are
// compared once more.
func (k *InstanceKill) matches(c candidate) bool {
	for key, value := range k.Tags {
		if have, carries := c.tags[key]; !carries || have != value {
			return false
		}
	}
	if k.Zone != "" && c.zone != k.Zone {
		return false
	}
	if k.Service == "" {
		return true
	}
	service, _ := c.cluster.Service(k.Service)
	return running(c, service.Name) > 0
}

// complete fails where instances that were asked for by id do not match the rest of the selection, or do not exist.
func (k *InstanceKill) complete(matching []candidate) error {
	var missing []string
	for _, id := range k.IDs {
		if !slices.ContainsFunc(matching, func(c candidate) bool { return c.id == id }) {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("no %s: %s", k.sought(), strings.Join(missing, ", "))
	}
	return nil
}

// sought says what is looked for: "instance in cluster web and eu-west-1a".
func (k *InstanceKill) sought() string {
	var conditions []string
	if k.Cluster != "" {
		conditions = append(conditions, "in cluster "+k.Cluster)
	}
	if k.Service != "" {
		conditions = append(conditions, "with a running task of service "+k.Service)
	}
	if k.AutoScalingGroup != "" {
		conditions = append(conditions, "in Auto Scaling group "+k.AutoScalingGroup)
	}
	for _, key := range slices.Sorted(maps.Keys(k.Tags)) {
		conditions = append(conditions, fmt.Sprintf("tagged %s=%s", key, k.Tags[key]))
	}
	if k.Zone != "" {
		conditions = append(conditions, "in zone "+k.Zone)
	}
	if len(conditions) == 0 {
		return "such instance"
	}
	return "instance " + strings.Join(conditions, " and ")
}

func instancesOf(c *inventory.Cluster) []string {
	var ids []string
	for _, i := range c.Instances {
		ids = append(ids, i.ID)
	}
	return ids
}

func idsOf(instances []types.Instance) []string {
	var ids []string
	for _, i := range instances {
		ids = append(ids, aws.ToString(i.InstanceId))
	}
	return ids
}

// common returns what is in all of sets, sorted.
func common(sets [][]string) []string {
	var in []string
	for _, id := range sets[0] {
		if !slices.ContainsFunc(sets[1:], func(other []string) bool { return !slices.Contains(other, id) }) {
			in = append(in, id)
		}
	}
	slices.Sort(in)
	return slices.Compact(in)
}

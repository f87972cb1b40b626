package instancekill

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// lack says what is still missing from the system as it was, "" if nothing. What others changed in the meantime
// counts as it is now: a group or a service that wants less is whole with less.
//
//	                    still there               gone for good
//	stop, force_stop    the instance alone        its group, cluster and services
//	terminate, reboot   its group, cluster and services
func (s *Step) lack(ctx context.Context, env *cloud.Env, client *ec2.Client) (string, error) {
	now, err := s.look(ctx, client, env.RunID)
	if err != nil {
		return "", err
	}
	if !now.gone() && now.state != "running" {
		return fmt.Sprintf("%s is %s", s.Instance, now.state), nil
	}
	if s.stops() && !now.gone() {
		return s.lackAlone(ctx, env)
	}
	var serving []string // the instances that the cluster should be able to use
	if !now.gone() {
		serving = []string{s.Instance}
	}
	if s.Group != "" {
		group, lack, err := s.lackInGroup(ctx, env, now)
		if lack != "" || err != nil {
			return lack, err
		}
		serving = group
	}
	if s.Cluster == "" {
		return "", nil
	}
	return s.lackInCluster(ctx, env, now, serving)
}

// lackAlone looks at the running instance, and at nothing that depends on others: they may wait for their own undo, or be
// broken for reasons of their own.
func (s *Step) lackAlone(ctx context.Context, env *cloud.Env) (string, error) {
	var tasks []inventory.Task
	if s.Cluster != "" {
		instances, err := inventory.Instances(ctx, env, s.Cluster)
		if err != nil {
			return "", err
		}
		at := slices.IndexFunc(instances, func(i inventory.Instance) bool { return i.ID == s.Instance })
		if at < 0 || !instances[at].Connected {
			return fmt.Sprintf("the ECS agent of %s is not connected", s.Instance), nil
		}
		if tasks, err = inventory.TasksOn(ctx, env, s.Cluster, instances[at].ARN); err != nil {
			return "", err
		}
	}
	for _, arn := range s.Serves {
		if lack, err := inventory.Ailing(ctx, env, arn, addresses(s.Instance, tasks)); lack != "" || err != nil {
			return lack, err
		}
	}
	return "", nil
}

// lackInGroup looks at the Auto Scaling group: as much capacity in service as it wants, and their targets healthy.
// It also returns those instances. A group that was deleted lacks nothing.
func (s *Step) lackInGroup(ctx context.Context, env *cloud.Env, now sight) (serving []string, lack string, err error) {
	groups, err := readGroups(ctx, env, s.Group)
	if err != nil {
		return nil, "", err
	}
	g, exists := groups[s.Group]
	if !exists {
		return nil, "", nil
	}
	serving = g.inService()
	if now.gone() { // which the group may not have noticed yet
		serving = slices.DeleteFunc(serving, func(id string) bool { return id == s.Instance })
	}
	if have := g.capacity(serving); have < g.desired() {
		return nil, fmt.Sprintf("Auto Scaling group %s has %d in service and wants %d", s.Group, have, g.desired()), nil
	}
	for _, p := range s.Pools {
		if lack, err := p.Lack(ctx, env, len(serving)); lack != "" || err != nil {
			return nil, lack, err
		}
	}
	return serving, "", nil
}

// lackInCluster looks at the ECS cluster: of the instances that serve, it can use as many as before, and the services
// that ran on the lost one are whole.
func (s *Step) lackInCluster(ctx context.Context, env *cloud.Env, now sight, serving []string) (string, error) {
	instances, err := inventory.Instances(ctx, env, s.Cluster)
	if err != nil {
		return "", err
	}
	for _, i := range instances {
		if i.ID == s.Instance && !now.gone() && !i.Connected {
			return fmt.Sprintf("the ECS agent of %s is not connected", s.Instance), nil
		}
	}
	if n, want := connected(instances, serving), min(s.Connected, len(serving)); n < want {
		return fmt.Sprintf("%d of %d instances are connected to cluster %s", n, want, s.Cluster), nil
	}
	dead := ""
	if now.gone() {
		dead = s.ContainerInstance // which ECS may not have noticed yet
	}
	for _, f := range s.Services {
		if lack, err := f.Lack(ctx, env, dead); lack != "" || err != nil {
			return lack, err
		}
	}
	return "", nil
}

// connected counts those of the EC2 instances whose ECS agent is connected.
func connected(instances []inventory.Instance, ids []string) int {
	n := 0
	for _, i := range instances {
		if i.Connected && slices.Contains(ids, i.ID) {
			n++
		}
	}
	return n
}

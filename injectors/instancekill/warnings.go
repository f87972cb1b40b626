package instancekill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// warnings is what somebody who knows AWS would raise before this is done.
func (k *InstanceKill) warnings(ctx context.Context, env *cloud.Env, picked []candidate) ([]string, error) {
	all := lastTasks(picked)
	all = append(all, allStateful(picked)...)
	for _, c := range picked {
		protected, err := k.protected(ctx, env, c)
		if err != nil {
			return nil, err
		}
		all = append(all, protected...)
		all = append(all, k.replacement(c)...)
	}
	managed, err := managedProtection(ctx, env, picked)
	if err != nil {
		return nil, err
	}
	all = append(all, managed...)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// lastTasks warns of services that lose all of their running tasks.
func lastTasks(picked []candidate) []string {
	var all []string
	for _, cluster := range clustersOf(picked) {
		lost := within(picked, cluster)
		for _, name := range servicesOf(lost) {
			hit, of := share(cluster, lost, name)
			if hit == 0 || hit < of {
				continue
			}
			where := strings.Join(with(lost, name), ", ")
			if of == 1 {
				all = append(all, fmt.Sprintf("%s runs the last task of service %s/%s: until another one serves, nobody does", where, cluster.Name, name))
			} else {
				all = append(all, fmt.Sprintf("all %d running tasks of service %s/%s are on %s: until others serve, nobody does", of, cluster.Name, name, where))
			}
		}
	}
	return all
}

// allStateful warns of state that was allowed to be lost.
func allStateful(picked []candidate) []string {
	var all []string
	for _, c := range picked {
		for _, kept := range keeps(c) {
			all = append(all, fmt.Sprintf("%s: %s", c.id, kept))
		}
	}
	return all
}

// protected warns where somebody has asked EC2 or the group to keep the instance.
func (k *InstanceKill) protected(ctx context.Context, env *cloud.Env, c candidate) ([]string, error) {
	var all []string
	attribute, what, call := ec2types.InstanceAttributeNameDisableApiTermination, "termination", "TerminateInstances"
	if k.stops() {
		attribute, what, call = ec2types.InstanceAttributeNameDisableApiStop, "stop", "StopInstances"
	}
	if k.Mode != Reboot {
		out, err := ec2.NewFromConfig(env.AWS).DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{
			InstanceId: aws.String(c.id), Attribute: attribute,
		})
		if err != nil {
			return nil, fmt.Errorf("look at the %s protection of %s: %w", what, c.id, err)
		}
		if on(out.DisableApiTermination) || on(out.DisableApiStop) {
			all = append(all, fmt.Sprintf("%s has %s protection: EC2 will refuse %s until it is taken off", c.id, what, call))
		}
	}
	if c.group == nil {
		return all, nil
	}
	if m, _ := c.group.member(c.id); aws.ToBool(m.ProtectedFromScaleIn) {
		all = append(all, fmt.Sprintf("%s is protected from scale in, which keeps Auto Scaling group %s from ending it, but not this: ask who wanted it kept", c.id, c.group.name()))
	}
	return all, nil
}

func on(a *ec2types.AttributeBooleanValue) bool { return a != nil && aws.ToBool(a.Value) }

// replacement warns where the instance's group gets in the way of the undo, or would not heal.
func (k *InstanceKill) replacement(c candidate) []string {
	if c.group == nil {
		if k.Mode == Terminate {
			return []string{c.id + " is in no Auto Scaling group: nothing will replace it"}
		}
		return nil
	}
	name := c.group.name()
	replaces := !slices.ContainsFunc([]string{"HealthCheck", "ReplaceUnhealthy", "Terminate"}, c.group.suspended)
	switch {
	case k.stops() && replaces:
		return []string{fmt.Sprintf("Auto Scaling group %s takes a stopped instance for unhealthy and terminates it, so %s may be replaced before it can be started again: "+
			"suspend the group's ReplaceUnhealthy process if it has to come back, or say mode = \"terminate\" if it need not", name, c.id)}
	case k.Mode == Terminate && (c.group.suspended("Launch") || c.group.suspended("HealthCheck") || c.group.suspended("ReplaceUnhealthy")):
		return []string{fmt.Sprintf("Auto Scaling group %s has suspended %s: it will not replace %s", name, strings.Join(suspensions(c.group), ", "), c.id)}
	}
	return nil
}

// suspensions are the group's suspended processes that it takes to replace an instance.
func suspensions(g *group) []string {
	return slices.DeleteFunc([]string{"Launch", "HealthCheck", "ReplaceUnhealthy"}, func(p string) bool { return !g.suspended(p) })
}

// managedProtection warns of capacity providers that keep instances with tasks from being scaled in.
func managedProtection(ctx context.Context, env *cloud.Env, picked []candidate) ([]string, error) {
	var names []string
	for _, c := range picked {
		if c.container.Provider != "" && !slices.Contains(names, c.container.Provider) {
			names = append(names, c.container.Provider)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	out, err := ecs.NewFromConfig(env.AWS).DescribeCapacityProviders(ctx, &ecs.DescribeCapacityProvidersInput{CapacityProviders: names})
	if err == nil {
		err = inventory.Answered(out.Failures)
	}
	if err != nil {
		return nil, fmt.Errorf("describe capacity providers: %w", err)
	}
	var all []string
	for _, p := range out.CapacityProviders {
		if g := p.AutoScalingGroupProvider; g != nil && g.ManagedTerminationProtection == ecstypes.ManagedTerminationProtectionEnabled {
			all = append(all, fmt.Sprintf("capacity provider %s manages termination protection: it never ends an instance that has tasks, and this does", aws.ToString(p.Name)))
		}
	}
	return all, nil
}

// with are the ids of the instances that run a task of the service.
func with(lost []candidate, service string) []string {
	var ids []string
	for _, c := range lost {
		if running(c, service) > 0 {
			ids = append(ids, c.id)
		}
	}
	return ids
}

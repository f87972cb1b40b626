package instancekill

import (
	"context"
	"fmt"
	"slices"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Plan picks among the eligible instances. Instances named by id have to be eligible, all of them; others are left
// out where they are not.
func (k *InstanceKill) Plan(ctx context.Context, env *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	matching, err := k.selectAll(ctx, env)
	if err != nil {
		return nil, err
	}
	eligible, left := injectors.Sift(matching,
		func(c candidate) string { return c.id },
		func(c candidate) string { return k.against(scope, c) })
	if len(eligible) == 0 || len(k.IDs) > 0 && len(left) > 0 {
		return nil, k.refuse(len(matching), left)
	}
	picked, err := injectors.Pick(scope, eligible, k.amount())
	if err != nil && len(left) > 0 {
		return nil, fmt.Errorf("%w: %w", err, k.refuse(len(matching), left))
	}
	if err != nil {
		return nil, err
	}
	plan := &injectors.Plan{LeftOut: left}
	for _, c := range picked {
		step, err := k.step(ctx, env, c)
		if err != nil {
			return nil, err
		}
		plan.Steps = append(plan.Steps, step)
		where := k.population(c, matching)
		plan.Targets = append(plan.Targets, injectors.Target{ID: c.id, Group: where.Name, Tags: c.tags})
		if where.Name != "" && !slices.Contains(plan.Groups, where) {
			plan.Groups = append(plan.Groups, where)
		}
	}
	plan.Impacts = impacts(picked)
	plan.Warnings, err = k.warnings(ctx, env, picked)
	return plan, err
}

// step records all that Undo needs to know of the instance and of what depends on it.
func (k *InstanceKill) step(ctx context.Context, env *cloud.Env, c candidate) (*Step, error) {
	s := &Step{Mode: k.Mode, Instance: c.id, Zone: c.zone, Region: env.AWS.Region}
	if k.stops() {
		var err error
		if s.Serves, err = serves(ctx, env, c); err != nil {
			return nil, err
		}
	}
	if c.group != nil {
		s.Group = c.group.name()
		for _, arn := range c.group.TargetGroupARNs {
			p, err := inventory.RecordPool(ctx, env, arn)
			if err != nil {
				return nil, err
			}
			s.Pools = append(s.Pools, p)
		}
	}
	if c.cluster == nil {
		return s, nil
	}
	s.Cluster, s.ContainerInstance = c.cluster.Name, c.container.ARN
	serving := []string{c.id}
	if c.group != nil {
		serving = c.group.inService()
	}
	s.Connected = connected(c.cluster.Instances, serving)
	for _, t := range c.tasks {
		if t.Running {
			s.Tasks = append(s.Tasks, t.ARN)
		}
	}
	for _, name := range servicesOn(c) {
		f, err := c.cluster.Record(ctx, env, name)
		if err != nil {
			return nil, err
		}
		s.Services = append(s.Services, f)
	}
	return s, nil
}

// serves finds the target groups in which the instance, or a task on it, is a healthy target.
func serves(ctx context.Context, env *cloud.Env, c candidate) ([]string, error) {
	var groups []string
	if c.group != nil {
		groups = append(groups, c.group.TargetGroupARNs...)
	}
	for _, name := range servicesOn(c) {
		service, _ := c.cluster.Service(name)
		groups = append(groups, service.TargetGroups...)
	}
	slices.Sort(groups)
	var all []string
	for _, arn := range slices.Compact(groups) {
		healthy, err := inventory.Serves(ctx, env, arn, addresses(c.id, c.tasks))
		if err != nil {
			return nil, err
		}
		if healthy {
			all = append(all, arn)
		}
	}
	return all, nil
}

// addresses are what load balancers may know an instance by: its id, and the addresses of the tasks on it.
func addresses(id string, tasks []inventory.Task) []string {
	all := []string{id}
	for _, t := range tasks {
		if t.Address != "" {
			all = append(all, t.Address)
		}
	}
	return all
}

// population is what the instance was picked from, as far as it is of use at the moment: its cluster, else its group,
// else what the tags match. An instance that is only known by its id was picked from nothing.
func (k *InstanceKill) population(c candidate, matching []candidate) injectors.Population {
	switch {
	case c.cluster != nil:
		return injectors.Population{Name: "instances of cluster " + c.cluster.Name, Size: c.cluster.Usable("")}
	case c.group != nil:
		return injectors.Population{Name: "instances of Auto Scaling group " + c.group.name(), Size: len(c.group.inService())}
	case len(k.IDs) == 0:
		running := slices.DeleteFunc(slices.Clone(matching), func(m candidate) bool { return m.state != "running" })
		return injectors.Population{Name: "running instances that match", Size: len(running)}
	}
	return injectors.Population{}
}

// servicesOn are the services that have a task on the instance, by name.
func servicesOn(c candidate) []string {
	var names []string
	for _, t := range c.tasks {
		if t.Service != "" {
			names = append(names, t.Service)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

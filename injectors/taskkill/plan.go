package taskkill

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Plan picks among the eligible tasks. Tasks named by id have to be eligible, all of them; others are left out where
// they are not.
func (k *TaskKill) Plan(ctx context.Context, env *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	cluster, err := inventory.Read(ctx, env, k.Cluster)
	if err != nil {
		return nil, err
	}
	matching, err := k.selectAll(cluster)
	if err != nil {
		return nil, err
	}
	eligible, left := injectors.Sift(matching,
		func(t inventory.Task) string { return t.ID },
		func(t inventory.Task) string { return k.against(scope, t) })
	if len(eligible) == 0 || len(k.Tasks) > 0 && len(left) > 0 {
		return nil, refuse(len(matching), left)
	}
	picked, err := injectors.Pick(scope, eligible, k.amount())
	if err != nil && len(left) > 0 {
		return nil, fmt.Errorf("%w: %w", err, refuse(len(matching), left))
	}
	if err != nil {
		return nil, err
	}
	plan := &injectors.Plan{LeftOut: left, Impacts: impacts(cluster, picked), Warnings: warnings(cluster, picked)}
	for _, t := range picked {
		step, err := k.step(ctx, env, cluster, t)
		if err != nil {
			return nil, err
		}
		plan.Steps = append(plan.Steps, step)
		from := population(cluster, t)
		plan.Targets = append(plan.Targets, injectors.Target{ID: t.ID, Group: from.Name, Tags: t.Tags})
		if !slices.Contains(plan.Groups, from) {
			plan.Groups = append(plan.Groups, from)
		}
	}
	return plan, nil
}

// selectAll returns the tasks that match, by id.
func (k *TaskKill) selectAll(cluster *inventory.Cluster) ([]inventory.Task, error) {
	service, known := cluster.Service(k.Service)
	if k.Service != "" && !known {
		return nil, cluster.NoService(k.Service)
	}
	matching := slices.DeleteFunc(slices.Clone(cluster.Tasks), func(t inventory.Task) bool {
		return k.Service != "" && t.Service != service.Name || k.Zone != "" && t.Zone != k.Zone || len(k.Tasks) > 0 && !named(k.Tasks, t)
	})
	var missing []string
	for _, id := range k.Tasks {
		if !slices.ContainsFunc(matching, func(t inventory.Task) bool { return named([]string{id}, t) }) {
			missing = append(missing, path.Base(id))
		}
	}
	switch {
	case len(missing) > 0:
		return nil, fmt.Errorf("no %s, or it is being stopped already: %s", k.sought(), strings.Join(missing, ", "))
	case len(matching) == 0:
		return nil, fmt.Errorf("no %s", k.sought())
	}
	return matching, nil
}

func named(ids []string, t inventory.Task) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return id == t.ID || id == t.ARN })
}

// sought says what is looked for: "task of service conversations in cluster web".
func (k *TaskKill) sought() string {
	text := "task"
	if k.Service != "" {
		text += " of service " + k.Service
	}
	text += " in cluster " + k.Cluster
	if k.Zone != "" {
		text += " and zone " + k.Zone
	}
	return text
}

// against is the first reason not to stop a task, "" if there is none.
func (k *TaskKill) against(scope injectors.Scope, t inventory.Task) string {
	missing := scope.MissingTag(t.Tags)
	switch {
	case !t.Running:
		return "it does not run yet"
	case missing != "":
		return fmt.Sprintf("neither it nor its service carries the tag %s that the guard requires", missing)
	case len(t.State) > 0 && !k.AllowStateful:
		return fmt.Sprintf("%s keeps %s: set allow_stateful = true if it may be lost", t, strings.Join(t.State, ", "))
	}
	return ""
}

// refuse explains why there is nobody, or not enough, to stop.
func refuse(matching int, left []injectors.LeftOut) error {
	var lines []error
	for _, l := range left {
		lines = append(lines, fmt.Errorf("  %s: %s", l.ID, l.Why))
	}
	return fmt.Errorf("%d of %d matching tasks cannot be stopped\n%w", len(left), matching, errors.Join(lines...))
}

// step records all that Undo needs to know of the task and its service.
func (k *TaskKill) step(ctx context.Context, env *cloud.Env, cluster *inventory.Cluster, t inventory.Task) (*Step, error) {
	s := &Step{Region: env.AWS.Region, Cluster: cluster.Name, Task: t.ARN, Zone: t.Zone, Reason: k.Reason}
	if t.Service == "" {
		return s, nil
	}
	service, err := cluster.Record(ctx, env, t.Service)
	s.Service = &service
	return s, err
}

// population is what the task was picked from: its service, or what no service owns.
func population(cluster *inventory.Cluster, t inventory.Task) injectors.Population {
	name := "tasks of service " + cluster.Name + "/" + t.Service
	if t.Service == "" {
		name = "tasks of cluster " + cluster.Name + " that no service owns"
	}
	return injectors.Population{Name: name, Size: len(cluster.Of(t.Service))}
}

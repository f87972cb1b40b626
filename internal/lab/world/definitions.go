package world

import (
	"fmt"
	"slices"
	"time"
)

// RegisterTaskDefinition adds the next revision of a family, made of d but for what AWS gives out itself. Code: ClientException.
func (w *World) RegisterTaskDefinition(d TaskDefinition) (TaskDefinition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case d.Family == "":
		return TaskDefinition{}, refuse("ClientException", "Family should not be null or empty.")
	case len(d.Containers) != 1:
		return TaskDefinition{}, refuse("ClientException", "The lab runs tasks of exactly one container.")
	case d.Containers[0].Name == "" || d.Containers[0].Image == "":
		return TaskDefinition{}, refuse("ClientException", "Container.image and Container.name should not be null or empty.")
	}
	d = d.clone()
	d.Revision = 1
	for _, known := range w.definitions {
		if known.Family == d.Family {
			d.Revision = known.Revision + 1
		}
	}
	d.ARN, d.Status, d.Created = w.revisionARN(d.Family, d.Revision), "ACTIVE", time.Now()
	w.definitions = append(w.definitions, d)
	return d.clone(), nil
}

// DeregisterTaskDefinition makes a revision ("family:revision" or its ARN) inactive: what runs of it runs on, and no service can be
// changed to it. Code: ClientException.
func (w *World) DeregisterTaskDefinition(ref string) (TaskDefinition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found, err := w.definition(ref)
	if err != nil {
		return TaskDefinition{}, refuse("ClientException", "The specified task definition does not exist.")
	}
	i := slices.IndexFunc(w.definitions, func(d TaskDefinition) bool { return d.ARN == found.ARN })
	if d := &w.definitions[i]; d.Status == "ACTIVE" {
		d.Status, d.Deregistered = "INACTIVE", time.Now()
	}
	return w.definitions[i].clone(), nil
}

// ServiceDeployments returns what deployments a service (name or ARN) has had, the newest first, without those that are long past.
// Codes: ClusterNotFoundException, ServiceNotFoundException.
func (w *World) ServiceDeployments(cluster, ref string) ([]Deployment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := w.service(cluster, ref)
	if err != nil {
		return nil, err
	}
	var all []Deployment
	for _, d := range s.history {
		shown := d.Deployment
		shown.Running, shown.Pending = w.count(s, d)
		all = append(all, shown)
	}
	return all, nil
}

// StopDeployment has a service go back to its last completed deployment, where the one of that id is under way.
// Codes: ClusterNotFoundException, ServiceNotFoundException, ServiceDeploymentNotFoundException, ConflictException.
func (w *World) StopDeployment(cluster, ref, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := w.service(cluster, ref)
	if err != nil {
		return err
	}
	p := s.primary()
	switch {
	case !slices.ContainsFunc(s.history, func(d *deployment) bool { return d.ID == id }):
		return refuse("ServiceDeploymentNotFoundException", "The service deployment was not found.")
	case p.ID != id || p.RolloutState != "IN_PROGRESS":
		return refuse("ConflictException", "The service deployment is not in progress.")
	}
	now := time.Now()
	if !w.rollBack(s, "ECS deployment was stopped by the user: rolling back to deploymentId ", now) {
		return refuse("ConflictException", "There is no completed service deployment to go back to.")
	}
	p.Updated, p.Finished = now, now
	return nil
}

func (w *World) service(cluster, ref string) (*service, error) {
	c, err := w.cluster(cluster)
	if err != nil {
		return nil, err
	}
	for _, s := range w.services {
		if s.cluster == c && (s.Name == ref || s.ARN == ref) {
			return s, nil
		}
	}
	return nil, refuse("ServiceNotFoundException", "Service not found.")
}

func (w *World) revisionARN(family string, revision int) string {
	return w.arn("ecs", fmt.Sprintf("task-definition/%s:%d", family, revision))
}

package world

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

type cluster struct{ Cluster }

// Clusters returns every cluster.
func (w *World) Clusters() []Cluster {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Cluster, len(w.clusters))
	for n, c := range w.clusters {
		v := c.Cluster
		v.CapacityProviders, v.Tags = slices.Clone(v.CapacityProviders), maps.Clone(v.Tags)
		for _, h := range w.hosts {
			if h.cluster == c && h.Status != "INACTIVE" {
				v.ContainerInstances++
			}
		}
		for _, s := range w.services {
			if s.cluster == c {
				running, pending := w.count(s, nil)
				v.ActiveServices++
				v.RunningTasks += running
				v.PendingTasks += pending
			}
		}
		all[n] = v
	}
	return all
}

// CapacityProviders returns every capacity provider.
func (w *World) CapacityProviders() []CapacityProvider {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.providers)
}

// ContainerInstances returns a cluster's container instances, without those that are INACTIVE.
// A cluster is named by name or ARN, here and below. Code: ClusterNotFoundException.
func (w *World) ContainerInstances(name string) ([]ContainerInstance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.cluster(name)
	if err != nil {
		return nil, err
	}
	var all []ContainerInstance
	for _, h := range w.hosts {
		if h.cluster == c && h.Status != "INACTIVE" {
			all = append(all, w.showHost(h))
		}
	}
	return all, nil
}

func (w *World) showHost(h *host) ContainerInstance {
	v := h.ContainerInstance
	v.Attributes, v.Tags = maps.Clone(v.Attributes), maps.Clone(v.Tags)
	v.FreeCPU, v.FreeMemory = w.room(h)
	for _, t := range w.tasksOn(h.instance) {
		if t.LastStatus == TaskRunning {
			v.RunningTasks++
		} else if t.pending() {
			v.PendingTasks++
		}
	}
	return v
}

func (t *task) pending() bool {
	return t.LastStatus == TaskProvisioning || t.LastStatus == TaskPending || t.LastStatus == TaskActivating
}

// Services returns a cluster's services. Code: ClusterNotFoundException.
func (w *World) Services(name string) ([]Service, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.cluster(name)
	if err != nil {
		return nil, err
	}
	var all []Service
	for _, s := range w.services {
		if s.cluster == c {
			all = append(all, w.showService(s))
		}
	}
	return all, nil
}

func (w *World) showService(s *service) Service {
	v := s.Service
	v.Running, v.Pending = w.count(s, nil)
	v.Desired, v.Threshold = w.desired(s), s.threshold()
	v.Tags, v.Events, v.SubnetIDs = maps.Clone(v.Tags), slices.Clone(v.Events), slices.Clone(v.SubnetIDs)
	v.LoadBalancers = slices.Clone(v.LoadBalancers)
	v.PlacementConstraints, v.PlacementStrategy = slices.Clone(v.PlacementConstraints), slices.Clone(v.PlacementStrategy)
	for _, d := range s.deployments {
		shown := d.Deployment
		shown.Running, shown.Pending = w.count(s, d)
		if d == s.primary() {
			shown.Desired = v.Desired
		}
		v.Deployments = append(v.Deployments, shown)
	}
	return v
}

// count returns a service's running and pending tasks, those of one deployment where d is given.
func (w *World) count(s *service, d *deployment) (running, pending int) {
	for _, t := range w.tasksOf(s) {
		switch {
		case d != nil && t.deployment != d:
		case t.LastStatus == TaskRunning:
			running++
		case t.pending():
			pending++
		}
	}
	return running, pending
}

// Tasks returns a cluster's tasks in the order of creation, stopped ones included for an hour. Code: ClusterNotFoundException.
func (w *World) Tasks(name string) ([]Task, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.cluster(name)
	if err != nil {
		return nil, err
	}
	var all []Task
	for _, t := range w.tasks {
		if t.service.cluster == c {
			all = append(all, t.Task)
		}
	}
	return all, nil
}

// TaskDefinitions returns every revision of every family.
func (w *World) TaskDefinitions() []TaskDefinition {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]TaskDefinition, len(w.definitions))
	for n, d := range w.definitions {
		all[n] = d.clone()
	}
	return all
}

// TaskDefinition finds one by ARN, "family:revision", or "family" for its latest revision. Code: ClientException.
func (w *World) TaskDefinition(ref string) (TaskDefinition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, err := w.definition(ref)
	if err != nil {
		return TaskDefinition{}, err
	}
	return d.clone(), nil
}

func (d TaskDefinition) clone() TaskDefinition {
	d.Containers, d.Volumes, d.Tags = slices.Clone(d.Containers), slices.Clone(d.Volumes), maps.Clone(d.Tags)
	for i, c := range d.Containers {
		d.Containers[i].Command = slices.Clone(c.Command)
		d.Containers[i].Environment, d.Containers[i].Mounts = maps.Clone(c.Environment), maps.Clone(c.Mounts)
	}
	return d
}

// StopTask stops a task (id or ARN): it leaves its target group, gets SIGTERM, and SIGKILL after its stop timeout. Stopping
// a stopped task changes nothing. Codes: ClusterNotFoundException, InvalidParameterException.
func (w *World) StopTask(name, ref, reason string) (Task, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.cluster(name)
	if err != nil {
		return Task{}, err
	}
	for _, t := range w.tasks {
		if t.service.cluster == c && (t.ID == ref || t.ARN == ref) {
			if reason == "" {
				reason = "Task stopped by user"
			}
			t.halt("UserInitiated", reason, time.Now())
			return t.Task, nil
		}
	}
	return Task{}, refuse("InvalidParameterException", "The referenced task was not found.")
}

// UpdateService changes a service (name or ARN). A change of the task definition, or Force, begins a new deployment.
// Codes: ClusterNotFoundException, ServiceNotFoundException, ClientException, InvalidParameterException.
func (w *World) UpdateService(name, ref string, change ServiceChange) (Service, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := w.service(name, ref)
	if err != nil {
		return Service{}, err
	}
	switch {
	case change.Desired != nil && *change.Desired < 0:
		return Service{}, refuse("InvalidParameterException", "desiredCount cannot be negative.")
	case change.Desired != nil && s.Scheduling == "DAEMON":
		return Service{}, refuse("InvalidParameterException", "The daemon scheduling strategy does not support a desired count for services. Remove a desired count value and try again.")
	}
	definition := s.TaskDefinition
	if change.TaskDefinition != nil {
		d, err := w.definition(*change.TaskDefinition)
		if err != nil {
			return Service{}, err
		}
		if d.Status != "ACTIVE" {
			return Service{}, refuse("ClientException", "TaskDefinition is inactive")
		}
		definition = d.ARN
	}
	s.Desired, s.MinHealthy, s.MaxShare = or(change.Desired, s.Desired), or(change.MinHealthy, s.MinHealthy), or(change.MaxShare, s.MaxShare)
	if change.Force || definition != s.TaskDefinition {
		s.TaskDefinition = definition
		w.deploy(s, time.Now())
	}
	s.CircuitBreaker, s.CircuitRollback = or(change.CircuitBreaker, s.CircuitBreaker), or(change.Rollback, s.CircuitRollback)
	s.steady = false
	return w.showService(s), nil
}

// DrainContainerInstances sets container instances (id or ARN) to "DRAINING", whereupon their services' tasks are replaced
// elsewhere, or back to "ACTIVE". Codes: ClusterNotFoundException, InvalidParameterException.
func (w *World) DrainContainerInstances(name string, refs []string, status string) ([]ContainerInstance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.cluster(name)
	if err != nil {
		return nil, err
	}
	if status != "ACTIVE" && status != "DRAINING" {
		return nil, refuse("InvalidParameterException", "Container instance status should be one of [ACTIVE, DRAINING].")
	}
	var found []*host
	for _, ref := range refs {
		n := slices.IndexFunc(w.hosts, func(h *host) bool {
			return h.cluster == c && h.Status != "INACTIVE" && (h.ARN == ref || strings.HasSuffix(h.ARN, "/"+ref))
		})
		if n < 0 {
			return nil, refuse("InvalidParameterException", "Container instance %s not found.", ref)
		}
		found = append(found, w.hosts[n])
	}
	var all []ContainerInstance
	for _, h := range found {
		h.Status = status
		h.Version++
		all = append(all, w.showHost(h))
	}
	return all, nil
}

func (w *World) cluster(ref string) (*cluster, error) {
	if ref == "" {
		ref = "default"
	}
	for _, c := range w.clusters {
		if c.Name == ref || c.ARN == ref {
			return c, nil
		}
	}
	return nil, refuse("ClusterNotFoundException", "Cluster not found.")
}

func (w *World) clusterNamed(name string) *cluster {
	for _, c := range w.clusters {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (w *World) definition(ref string) (TaskDefinition, error) {
	if i := strings.Index(ref, ":task-definition/"); i >= 0 {
		ref = ref[i+len(":task-definition/"):]
	}
	family, revision, exact := strings.Cut(ref, ":")
	for _, d := range slices.Backward(w.definitions) {
		if d.Family == family && (!exact && d.Status == "ACTIVE" || strconv.Itoa(d.Revision) == revision) {
			return d, nil
		}
	}
	return TaskDefinition{}, refuse("ClientException", "Unable to describe task definition.")
}

// definitionByARN finds what a service refers to, which must be there.
func (w *World) definitionByARN(arn string) TaskDefinition {
	d, err := w.definition(arn)
	if err != nil {
		panic("world: a service without a task definition: " + arn)
	}
	return d
}

// Package inventory reads an ECS cluster: its instances, tasks and services, what of them holds state, and
// whether a service that was hurt is whole again.
//
// It only ever looks. Kinds of faults that pick from a cluster share it, so that they agree on what is eligible.
package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/cloud"
)

// Permissions are the IAM actions that Read, All, Holding and Lack may call.
func Permissions() []string {
	return []string{
		"ecs:DescribeClusters",
		"ecs:DescribeContainerInstances",
		"ecs:DescribeServices",
		"ecs:DescribeTaskDefinition",
		"ecs:DescribeTasks",
		"ecs:ListClusters",
		"ecs:ListContainerInstances",
		"ecs:ListServices",
		"ecs:ListTasks",
		"elasticloadbalancing:DescribeTargetHealth",
	}
}

// Cluster is an ECS cluster at one moment.
type Cluster struct {
	Name      string
	Instances []Instance // registered and not INACTIVE, by the EC2 instance's id
	Services  []Service  // by name
	Tasks     []Task     // that ECS wants to run, by id
}

// Read reads the cluster of that name or ARN. It fails where there is none, and says which there are.
func Read(ctx context.Context, env *cloud.Env, name string) (*Cluster, error) {
	client := ecs.NewFromConfig(env.AWS)
	out, err := client.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: []string{name}})
	if err == nil {
		err = Answered(out.Failures)
	}
	if err != nil {
		return nil, fmt.Errorf("look up cluster %s: %w", name, err)
	}
	if len(out.Clusters) == 0 || aws.ToString(out.Clusters[0].Status) == "INACTIVE" {
		names, err := clusters(ctx, client)
		if err != nil {
			return nil, err
		}
		return nil, cloud.NoSuch("ECS cluster", name, names)
	}
	c, err := named(ctx, env, aws.ToString(out.Clusters[0].ClusterName))
	if err != nil {
		return nil, err
	}
	return c, c.fill(ctx, client)
}

// All reads every cluster of the region, by name.
func All(ctx context.Context, env *cloud.Env) ([]*Cluster, error) {
	return those(ctx, env, func(*Cluster) bool { return true })
}

// Holding reads every cluster of the region that has one of these EC2 instances registered, by name.
func Holding(ctx context.Context, env *cloud.Env, ids []string) ([]*Cluster, error) {
	return those(ctx, env, func(c *Cluster) bool {
		return slices.ContainsFunc(c.Instances, func(i Instance) bool { return slices.Contains(ids, i.ID) })
	})
}

// those reads the clusters that are wanted for their instances.
func those(ctx context.Context, env *cloud.Env, wanted func(*Cluster) bool) ([]*Cluster, error) {
	client := ecs.NewFromConfig(env.AWS)
	names, err := clusters(ctx, client)
	if err != nil {
		return nil, err
	}
	var all []*Cluster
	for _, name := range names {
		c, err := named(ctx, env, name)
		if err != nil {
			return nil, err
		}
		if !wanted(c) {
			continue
		}
		if err := c.fill(ctx, client); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// named is a cluster of which only the instances are read.
func named(ctx context.Context, env *cloud.Env, name string) (*Cluster, error) {
	instances, err := Instances(ctx, env, name)
	return &Cluster{Name: name, Instances: instances}, err
}

// fill reads what runs in the cluster.
func (c *Cluster) fill(ctx context.Context, client *ecs.Client) error {
	var err error
	if c.Services, err = services(ctx, client, c.Name); err != nil {
		return err
	}
	if c.Tasks, err = tasks(ctx, client, ecs.ListTasksInput{Cluster: aws.String(c.Name)}); err != nil {
		return err
	}
	return c.settle(ctx, client)
}

// Instance returns the cluster's container instance on an EC2 instance.
func (c *Cluster) Instance(id string) (Instance, bool) {
	at := slices.IndexFunc(c.Instances, func(i Instance) bool { return i.ID == id })
	if at < 0 {
		return Instance{}, false
	}
	return c.Instances[at], true
}

// Usable counts the instances that ECS can place tasks on, in a zone or, for "", in all.
func (c *Cluster) Usable(zone string) int {
	n := 0
	for _, i := range c.Instances {
		if i.Connected && i.Status == "ACTIVE" && (zone == "" || i.Zone == zone) {
			n++
		}
	}
	return n
}

// Service returns the cluster's service of that name or ARN.
func (c *Cluster) Service(name string) (Service, bool) {
	at := slices.IndexFunc(c.Services, func(s Service) bool { return s.Name == name || s.ARN == name })
	if at < 0 {
		return Service{}, false
	}
	return c.Services[at], true
}

// NoService is the error for a service that the cluster does not have.
func (c *Cluster) NoService(name string) error {
	var names []string
	for _, s := range c.Services {
		names = append(names, s.Name)
	}
	return cloud.NoSuch("service in cluster "+c.Name, name, names)
}

// On returns the tasks on an EC2 instance.
func (c *Cluster) On(id string) []Task {
	i, known := c.Instance(id)
	if !known {
		return nil
	}
	return c.where(func(t Task) bool { return t.Instance == i.ARN })
}

// Of returns the running tasks of a service.
func (c *Cluster) Of(service string) []Task {
	return c.where(func(t Task) bool { return t.Service == service && t.Running })
}

func (c *Cluster) where(wanted func(Task) bool) []Task {
	var found []Task
	for _, t := range c.Tasks {
		if wanted(t) {
			found = append(found, t)
		}
	}
	return found
}

// by compares by one key.
func by[T any, K cmp.Ordered](key func(T) K) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(key(a), key(b)) }
}

package inventory

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// Task is a task that ECS wants to run.
type Task struct {
	ID, ARN    string
	Service    string // "" where no service owns it
	Instance   string // ARN of its container instance, "" on Fargate
	Zone       string
	Subnet     string // that its own network interface is in, "" where it uses its instance's
	Address    string // IPv4, of its own network interface, "" where it uses its instance's
	Running    bool   // and not on its way there
	Definition string
	Tags       map[string]string // its own, and its service's where it has none of that key
	State      []string          // what it keeps that another task in its place would lack; see state.go
}

// String names the task as people speak of it: by its service if it has one.
func (t Task) String() string {
	if t.Service == "" {
		return "task " + t.ID
	}
	return "service " + t.Service
}

// tasks reads the tasks that match and that ECS wants to run, by id. Their State is not known yet.
func tasks(ctx context.Context, client *ecs.Client, match ecs.ListTasksInput) ([]Task, error) {
	arns, err := listTasks(ctx, client, match)
	if err != nil {
		return nil, err
	}
	described, err := describeTasks(ctx, client, aws.ToString(match.Cluster), arns)
	if err != nil {
		return nil, err
	}
	var found []Task
	for _, t := range described {
		if aws.ToString(t.DesiredStatus) == "RUNNING" {
			found = append(found, taskOf(t))
		}
	}
	slices.SortFunc(found, by(func(t Task) string { return t.ID }))
	return found, nil
}

// TasksOn reads the tasks that ECS wants to run on a container instance, given by ARN, by id.
func TasksOn(ctx context.Context, env *cloud.Env, cluster, instance string) ([]Task, error) {
	return tasks(ctx, ecs.NewFromConfig(env.AWS), ecs.ListTasksInput{Cluster: aws.String(cluster), ContainerInstance: aws.String(instance)})
}

func taskOf(t types.Task) Task {
	service, _ := strings.CutPrefix(aws.ToString(t.Group), "service:")
	if service == aws.ToString(t.Group) {
		service = ""
	}
	return Task{
		ID:         path.Base(aws.ToString(t.TaskArn)),
		ARN:        aws.ToString(t.TaskArn),
		Service:    service,
		Instance:   aws.ToString(t.ContainerInstanceArn),
		Zone:       aws.ToString(t.AvailabilityZone),
		Subnet:     ofInterface(t, "subnetId"),
		Address:    ofInterface(t, "privateIPv4Address"),
		Running:    aws.ToString(t.LastStatus) == "RUNNING",
		Definition: aws.ToString(t.TaskDefinitionArn),
		Tags:       tagMap(t.Tags),
	}
}

// ofInterface is a detail of the network interface that ECS has made for the task, "" where there is none.
func ofInterface(t types.Task, detail string) string {
	for _, a := range t.Attachments {
		for _, d := range a.Details {
			if aws.ToString(a.Type) == "ElasticNetworkInterface" && aws.ToString(d.Name) == detail {
				return aws.ToString(d.Value)
			}
		}
	}
	return ""
}

// settle gives every task its state and its service's tags.
func (c *Cluster) settle(ctx context.Context, client *ecs.Client) error {
	definitions := map[string]*types.TaskDefinition{}
	for i := range c.Tasks {
		t := &c.Tasks[i]
		if definitions[t.Definition] == nil {
			out, err := client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(t.Definition)})
			if err != nil {
				return fmt.Errorf("describe task definition %s: %w", path.Base(t.Definition), err)
			}
			definitions[t.Definition] = out.TaskDefinition
		}
		owner, _ := c.Service(t.Service)
		t.State = state(definitions[t.Definition], owner.Daemon)
		tags := maps.Clone(owner.Tags)
		if tags == nil {
			tags = map[string]string{}
		}
		maps.Copy(tags, t.Tags)
		t.Tags = tags
	}
	return nil
}

// Running counts those of the tasks, given by ARN, that still run.
func Running(ctx context.Context, env *cloud.Env, cluster string, arns []string) (int, error) {
	described, err := DescribeTasks(ctx, env, cluster, arns)
	n := 0
	for _, t := range described {
		if taskOf(t).Running {
			n++
		}
	}
	return n, err
}

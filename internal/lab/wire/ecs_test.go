package wire_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire"
)

var web = aws.String("web")

func tasksOf(t *testing.T, client *ecs.Client, in ecs.ListTasksInput) []string {
	t.Helper()
	in.Cluster = web
	var arns []string
	pages := ecs.NewListTasksPaginator(client, &in, func(o *ecs.ListTasksPaginatorOptions) { o.Limit = 2 })
	for pages.HasMorePages() {
		page := must(pages.NextPage(t.Context()))(t).TaskArns
		if len(page) > 2 {
			t.Errorf("a page of %d", len(page))
		}
		arns = append(arns, page...)
	}
	return arns
}

func TestClusters(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	arns := must(client.ListClusters(t.Context(), nil))(t).ClusterArns
	if len(arns) != 1 || !strings.HasSuffix(arns[0], ":cluster/web") {
		t.Fatalf("got %v", arns)
	}
	out := must(client.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{
		Clusters: []string{arns[0], "nowhere"}, Include: []ecstypes.ClusterField{ecstypes.ClusterFieldTags},
	}))(t)
	if c := out.Clusters[0]; *c.ClusterName != "web" || c.RegisteredContainerInstancesCount != 6 || c.RunningTasksCount != 4 || *c.Tags[0].Value != "news" {
		t.Errorf("got %+v", c)
	}
	if f := out.Failures; len(f) != 1 || *f[0].Reason != "MISSING" || *f[0].Arn != "arn:aws:ecs:eu-west-1:123456789012:cluster/nowhere" {
		t.Errorf("got %+v", f)
	}
	_, err := client.ListServices(t.Context(), &ecs.ListServicesInput{Cluster: aws.String("nowhere")})
	wantCode(t, err, "ClusterNotFoundException")
	providers := must(client.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{CapacityProviders: out.Clusters[0].CapacityProviders}))(t)
	if len(providers.CapacityProviders) == 0 || len(providers.Failures) != 0 {
		t.Errorf("got %+v", providers)
	}
	tags := must(client.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: &arns[0]}))(t).Tags
	if len(tags) != 1 || *tags[0].Key != "team" {
		t.Errorf("got %v", tags)
	}
}

func TestContainerInstances(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	list := func(status ecstypes.ContainerInstanceStatus) []string {
		var arns []string
		pages := ecs.NewListContainerInstancesPaginator(client, &ecs.ListContainerInstancesInput{Cluster: web, Status: status, MaxResults: aws.Int32(4)})
		for pages.HasMorePages() {
			arns = append(arns, must(pages.NextPage(t.Context()))(t).ContainerInstanceArns...)
		}
		return arns
	}
	arns := list("")
	if len(arns) != 6 {
		t.Fatalf("want 6, got %v", arns)
	}
	out := must(client.DescribeContainerInstances(t.Context(), &ecs.DescribeContainerInstancesInput{
		Cluster: web, ContainerInstances: []string{arns[0], arns[1][strings.LastIndex(arns[1], "/")+1:], "gone"},
	}))(t)
	if len(out.ContainerInstances) != 2 || len(out.Failures) != 1 {
		t.Fatalf("got %+v", out)
	}
	c := out.ContainerInstances[0]
	zone := slices.ContainsFunc(c.Attributes, func(a ecstypes.Attribute) bool { return *a.Name == "ecs.availability-zone" })
	if !c.AgentConnected || *c.Status != "ACTIVE" || !strings.HasPrefix(*c.Ec2InstanceId, "i-") || !zone || c.RegisteredResources[0].IntegerValue != 2048 {
		t.Errorf("got %+v", c)
	}
	must(client.UpdateContainerInstancesState(t.Context(), &ecs.UpdateContainerInstancesStateInput{
		Cluster: web, ContainerInstances: arns[:1], Status: ecstypes.ContainerInstanceStatusDraining,
	}))(t)
	if draining := list(ecstypes.ContainerInstanceStatusDraining); !slices.Equal(draining, arns[:1]) {
		t.Errorf("got %v", draining)
	}
	if active := list(ecstypes.ContainerInstanceStatusActive); len(active) != 5 {
		t.Errorf("got %v", active)
	}
	_, err := client.DescribeContainerInstances(t.Context(), &ecs.DescribeContainerInstancesInput{Cluster: web, ContainerInstances: []string{}})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Cluster: web, Filter: aws.String("agentConnected == true")})
	wantCode(t, err, "InvalidParameterException")
}

func TestServices(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	var arns []string
	pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{Cluster: web, MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		arns = append(arns, must(pages.NextPage(t.Context()))(t).ServiceArns...)
	}
	if len(arns) != 2 {
		t.Fatalf("got %v", arns)
	}
	if fargate := must(client.ListServices(t.Context(), &ecs.ListServicesInput{Cluster: web, LaunchType: ecstypes.LaunchTypeFargate}))(t).ServiceArns; len(fargate) != 1 {
		t.Errorf("got %v", fargate)
	}
	stable := ecs.NewServicesStableWaiter(client, func(o *ecs.ServicesStableWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	in := &ecs.DescribeServicesInput{Cluster: web, Services: []string{"front"}, Include: []ecstypes.ServiceField{ecstypes.ServiceFieldTags}}
	v := must(stable.WaitForOutput(t.Context(), in, patience))(t).Services[0]
	if v.RunningCount != 3 || v.DesiredCount != 3 || len(v.Deployments) != 1 || v.Deployments[0].RolloutState != "COMPLETED" || *v.Tags[0].Key != "tier" {
		t.Errorf("got %+v", v)
	}
	if len(v.LoadBalancers) != 1 || !strings.Contains(*v.LoadBalancers[0].TargetGroupArn, ":targetgroup/") {
		t.Errorf("got %+v", v.LoadBalancers)
	}
	must(client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: aws.String("front"), DesiredCount: aws.Int32(5)}))(t)
	if v := must(stable.WaitForOutput(t.Context(), in, patience))(t).Services[0]; v.RunningCount != 5 {
		t.Errorf("got %+v", v)
	}
	must(client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: aws.String("front"), ForceNewDeployment: true}))(t)
	if after := must(stable.WaitForOutput(t.Context(), in, patience))(t).Services[0]; *after.Deployments[0].Id == *v.Deployments[0].Id {
		t.Error("no new deployment")
	}
}

func TestServicesCarryTags(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	arn := aws.String("arn:aws:ecs:eu-west-1:123456789012:service/web/front")
	tags := func() string {
		var all []string
		for _, t := range must(client.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: arn}))(t).Tags {
			all = append(all, *t.Key+"="+*t.Value)
		}
		return strings.Join(all, " ")
	}
	before := tags()
	must(client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: arn, Tags: []ecstypes.Tag{{Key: aws.String("a"), Value: aws.String("1")}}}))(t)
	must(client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: arn, Tags: []ecstypes.Tag{{Key: aws.String("a"), Value: aws.String("2")}}}))(t)
	if got := tags(); got != "a=2 "+before {
		t.Errorf("got %q", got)
	}
	must(client.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "none"}}))(t)
	if got := tags(); got != before {
		t.Errorf("got %q, want %q", got, before)
	}
	_, err := client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: aws.String(*arn + "x"), Tags: []ecstypes.Tag{}})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: arn, Tags: []ecstypes.Tag{{Key: aws.String("a"), Value: aws.String(strings.Repeat("x", 257))}}})
	wantCode(t, err, "InvalidParameterException")
}

func TestServiceCallsRefuse(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	many := make([]string, 11)
	for i := range many {
		many[i] = fmt.Sprint("s", i)
	}
	_, err := client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: web, Services: many})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: web, Services: []string{}})
	wantCode(t, err, "InvalidParameterException")
	out := must(client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: web, Services: many[:1]}))(t)
	if len(out.Services) != 0 || len(out.Failures) != 1 || *out.Failures[0].Arn != "arn:aws:ecs:eu-west-1:123456789012:service/web/s0" {
		t.Errorf("got %+v", out.Failures)
	}
	_, err = client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: aws.String("none"), DesiredCount: aws.Int32(1)})
	wantCode(t, err, "ServiceNotFoundException")
	_, err = client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: aws.String("front"), EnableExecuteCommand: aws.Bool(true)})
	if got := wantCode(t, err, "InvalidParameterException"); !strings.Contains(got, "EnableExecuteCommand") {
		t.Errorf("got %q", got)
	}
	_, err = client.ListServices(t.Context(), &ecs.ListServicesInput{Cluster: web, MaxResults: aws.Int32(101)})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.ListServices(t.Context(), &ecs.ListServicesInput{Cluster: web, NextToken: aws.String("xyz")})
	wantCode(t, err, "InvalidParameterException")
}

func TestTasks(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	front := tasksOf(t, client, ecs.ListTasksInput{ServiceName: aws.String("front")})
	if len(front) != 3 {
		t.Fatalf("got %v", front)
	}
	described := must(client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Cluster: web, Tasks: append([]string{"gone"}, front...)}))(t)
	if len(described.Tasks) != 3 || len(described.Failures) != 1 || *described.Failures[0].Reason != "MISSING" {
		t.Fatalf("got %+v", described)
	}
	task := described.Tasks[0]
	if *task.LastStatus != "RUNNING" || *task.Group != "service:front" || *task.Containers[0].LastStatus != "RUNNING" || task.StartedAt == nil || task.StoppedAt != nil {
		t.Errorf("got %+v", task)
	}
	for _, c := range []struct {
		in   ecs.ListTasksInput
		want int
	}{
		{ecs.ListTasksInput{}, 4},
		{ecs.ListTasksInput{LaunchType: ecstypes.LaunchTypeFargate}, 1},
		{ecs.ListTasksInput{LaunchType: ecstypes.LaunchTypeEc2}, 3},
		{ecs.ListTasksInput{ContainerInstance: task.ContainerInstanceArn}, 1},
		{ecs.ListTasksInput{Family: aws.String("front")}, 3},
		{ecs.ListTasksInput{Family: aws.String("other")}, 0},
		{ecs.ListTasksInput{StartedBy: task.StartedBy}, 3},
		{ecs.ListTasksInput{DesiredStatus: ecstypes.DesiredStatusStopped}, 0},
	} {
		if got := tasksOf(t, client, c.in); len(got) != c.want {
			t.Errorf("%+v: want %d, got %v", c.in, c.want, got)
		}
	}
	stopped := must(client.StopTask(t.Context(), &ecs.StopTaskInput{Cluster: web, Task: task.TaskArn, Reason: aws.String("gameday")}))(t).Task
	if *stopped.DesiredStatus != "STOPPED" || *stopped.StoppedReason != "gameday" || stopped.StopCode != ecstypes.TaskStopCodeUserInitiated {
		t.Errorf("got %+v", stopped)
	}
	waiter := ecs.NewTasksStoppedWaiter(client, func(o *ecs.TasksStoppedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	if err := waiter.Wait(t.Context(), &ecs.DescribeTasksInput{Cluster: web, Tasks: []string{*task.TaskArn}}, patience); err != nil {
		t.Fatal(err)
	}
	if got := tasksOf(t, client, ecs.ListTasksInput{DesiredStatus: ecstypes.DesiredStatusStopped}); !slices.Equal(got, []string{*task.TaskArn}) {
		t.Errorf("got %v", got)
	}
	_, err := client.ListTasks(t.Context(), &ecs.ListTasksInput{Cluster: web, ServiceName: aws.String("none")})
	wantCode(t, err, "ServiceNotFoundException")
	_, err = client.StopTask(t.Context(), &ecs.StopTaskInput{Cluster: web, Task: aws.String("none")})
	wantCode(t, err, "InvalidParameterException")
}

func TestTaskDefinitions(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	up := must(client.ListTaskDefinitions(t.Context(), nil))(t).TaskDefinitionArns
	down := must(client.ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{Sort: ecstypes.SortOrderDesc}))(t).TaskDefinitionArns
	slices.Reverse(down)
	if len(up) != 2 || !slices.Equal(up, down) {
		t.Errorf("up %v, down reversed %v", up, down)
	}
	for _, ref := range []string{"front", "front:1", up[0]} {
		d := must(client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &ref}))(t).TaskDefinition
		if *d.TaskDefinitionArn != up[0] || *d.Family != "front" || len(d.ContainerDefinitions) != 1 || *d.ContainerDefinitions[0].StopTimeout != 1 {
			t.Errorf("%s: got %+v", ref, d)
		}
	}
	_, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("none")})
	wantCode(t, err, "ClientException")
}

package wire_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/lab/wire"
)

// eventually waits, with a deadline that no machine needs, until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

var front = aws.String("front")

func described(t *testing.T, client *ecs.Client) ecstypes.Service {
	t.Helper()
	return must(client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: web, Services: []string{*front}}))(t).Services[0]
}

func TestARevisionIsRegisteredDeployedAndTakenBack(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	former := must(client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: front}))(t).TaskDefinition
	container := former.ContainerDefinitions[0]
	container.Image = aws.String("nobody.example.com/front:2")
	in := &ecs.RegisterTaskDefinitionInput{
		Family: former.Family, Cpu: former.Cpu, Memory: former.Memory, NetworkMode: former.NetworkMode, RequiresCompatibilities: former.RequiresCompatibilities,
		ContainerDefinitions: []ecstypes.ContainerDefinition{container}, Tags: []ecstypes.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}},
	}
	next := must(client.RegisterTaskDefinition(t.Context(), in))(t).TaskDefinition
	again := must(client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: front, Include: []ecstypes.TaskDefinitionField{"TAGS"}}))(t)
	if next.Revision != 2 || *again.TaskDefinition.TaskDefinitionArn != *next.TaskDefinitionArn || len(again.Tags) != 1 ||
		*again.TaskDefinition.Cpu != *former.Cpu || again.TaskDefinition.ContainerDefinitions[0].LogConfiguration == nil {
		t.Errorf("got %+v", again)
	}
	updated := must(client.UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: web, Service: front, TaskDefinition: aws.String("front:2"),
		DeploymentConfiguration: &ecstypes.DeploymentConfiguration{DeploymentCircuitBreaker: &ecstypes.DeploymentCircuitBreaker{Enable: true, Rollback: true}},
	}))(t).Service
	failing := *updated.Deployments[0].Id
	if len(updated.Deployments) != 2 || *updated.Deployments[0].Status != "PRIMARY" || *updated.Deployments[1].Status != "ACTIVE" ||
		updated.Deployments[0].RolloutState != ecstypes.DeploymentRolloutStateInProgress {
		t.Errorf("got %+v", updated.Deployments)
	}
	eventually(t, "the circuit breaker goes back", func() bool { return *described(t, client).TaskDefinition == *former.TaskDefinitionArn })
	if d := described(t, client).Deployments[0]; *d.Id == failing {
		t.Errorf("got %+v", d)
	}
	stopped := must(client.ListTasks(t.Context(), &ecs.ListTasksInput{Cluster: web, StartedBy: &failing, DesiredStatus: ecstypes.DesiredStatusStopped}))(t).TaskArns
	task := must(client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Cluster: web, Tasks: stopped}))(t).Tasks[0]
	if task.StopCode != ecstypes.TaskStopCodeTaskFailedToStart || *task.Containers[0].Image != "nobody.example.com/front:2" ||
		*task.Containers[0].Reason != `CannotPullContainerError: Error response from daemon: failed to resolve reference "nobody.example.com/front:2": failed to do request: `+
			`Head "https://nobody.example.com/v2/front/manifests/2": dial tcp: lookup nobody.example.com on 10.0.0.2:53: no such host` {
		t.Errorf("got %s: %s", task.StopCode, *task.Containers[0].Reason)
	}
	eventually(t, "it has gone back", func() bool {
		return described(t, client).Deployments[0].RolloutState == ecstypes.DeploymentRolloutStateCompleted
	})

	history := must(client.ListServiceDeployments(t.Context(), &ecs.ListServiceDeploymentsInput{Cluster: web, Service: front}))(t).ServiceDeployments
	if len(history) != 2 || history[0].Status != ecstypes.ServiceDeploymentStatusRollbackSuccessful || history[1].Status != ecstypes.ServiceDeploymentStatusSuccessful {
		t.Fatalf("got %+v", history)
	}
	whole := must(client.DescribeServiceDeployments(t.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*history[0].ServiceDeploymentArn, "none"}}))(t)
	if b := whole.ServiceDeployments[0].DeploymentCircuitBreaker; len(whole.Failures) != 1 || b.FailureCount < b.Threshold || b.Threshold != 3 ||
		b.Status != ecstypes.ServiceDeploymentRollbackMonitorsStatusTriggered {
		t.Errorf("got %+v", whole)
	}

	must(client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: next.TaskDefinitionArn}))(t)
	_, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: front, TaskDefinition: next.TaskDefinitionArn})
	wantCode(t, err, "ClientException")
	if latest := must(client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: front}))(t); latest.TaskDefinition.Revision != 1 {
		t.Errorf("got %+v", latest.TaskDefinition)
	}
	if families := must(client.ListTaskDefinitionFamilies(t.Context(), &ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: front}))(t).Families; len(families) != 1 {
		t.Errorf("got %v", families)
	}
}

func TestADeploymentUnderWayIsStopped(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	stop := func() error {
		list := must(client.ListServiceDeployments(t.Context(), &ecs.ListServiceDeploymentsInput{Cluster: web, Service: front}))(t).ServiceDeployments
		_, err := client.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: list[0].ServiceDeploymentArn})
		return err
	}
	wantCode(t, stop(), "ConflictException")
	before := *described(t, client).Deployments[0].Id
	must(client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: front, ForceNewDeployment: true}))(t)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the former deployment is back", func() bool {
		d := described(t, client).Deployments
		return *d[0].Id == before && d[0].RolloutState == ecstypes.DeploymentRolloutStateCompleted && len(d) == 1
	})
}

func TestAForcedDeploymentReplacesEveryTask(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := ecs.NewFromConfig(cfg)
	id := *must(client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: web, Service: front, ForceNewDeployment: true}))(t).Service.Deployments[0].Id
	eventually(t, "it is completed", func() bool {
		d := described(t, client).Deployments[0]
		return *d.Id == id && d.RolloutState == ecstypes.DeploymentRolloutStateCompleted
	})
	v := described(t, client)
	if d := v.Deployments[0]; d.RunningCount != 3 || d.FailedTasks != 0 || *d.RolloutStateReason != "ECS deployment "+id+" completed." {
		t.Errorf("got %+v", d)
	}
	if *v.Events[0].Message != "(service front) has reached a steady state." || *v.Events[1].Message != "(service front) (deployment "+id+") deployment completed." {
		t.Errorf("got %s, %s", *v.Events[0].Message, *v.Events[1].Message)
	}
}

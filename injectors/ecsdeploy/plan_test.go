package ecsdeploy

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/attr"
)

func TestWhereAnImageComesFrom(t *testing.T) {
	for name, want := range map[string]image{
		"nginx":                             {host: "docker.io", drifts: true},
		"nginx:1.27":                        {host: "docker.io"},
		"library/nginx:latest":              {host: "docker.io", drifts: true},
		"nginx@sha256:0123":                 {host: "docker.io"},
		"public.ecr.aws/nginx/nginx:1":      {host: "public.ecr.aws"},
		"registry.corp:5000/web":            {host: "registry.corp:5000", drifts: true},
		"registry.corp:5000/web:7":          {host: "registry.corp:5000"},
		"registry.corp/web:latest@sha256:0": {host: "registry.corp"},
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:41":         {host: "123456789012.dkr.ecr.eu-west-1.amazonaws.com", ecr: true},
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web:41":     {host: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", ecr: true},
		"123456789012.dkr-ecr.eu-west-1.on.aws/web:41":                {host: "123456789012.dkr-ecr.eu-west-1.on.aws", ecr: true},
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/w": {host: "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example", drifts: true},
	} {
		want.name = name
		if got := read(name); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestHowManyTasksARolloutKeepsTo(t *testing.T) {
	for _, c := range []struct{ wanted, low, high, least, most int }{
		{6, 100, 200, 6, 12}, {6, 66, 100, 4, 6}, {1, 50, 100, 1, 1}, {3, 0, 150, 0, 4},
	} {
		s := types.Service{DeploymentConfiguration: &types.DeploymentConfiguration{
			MinimumHealthyPercent: aws.Int32(int32(c.low)), MaximumPercent: aws.Int32(int32(c.high)),
		}}
		if least, most := span(s, c.wanted); least != c.least || most != c.most {
			t.Errorf("%d tasks, %d%% to %d%%: got %d to %d, want %d to %d", c.wanted, c.low, c.high, least, most, c.least, c.most)
		}
	}
}

func TestWhatCannotBeDeployed(t *testing.T) {
	done := types.Deployment{Status: aws.String("PRIMARY"), RolloutState: types.DeploymentRolloutStateCompleted}
	going := types.Deployment{Status: aws.String("PRIMARY"), RolloutState: types.DeploymentRolloutStateInProgress}
	two := 2
	for _, c := range []struct {
		name    string
		deploy  ECSDeploy
		service types.Service
		says    string // "" if it can
	}{
		{"a usual service", ECSDeploy{}, types.Service{DesiredCount: 2, Deployments: []types.Deployment{done}}, ""},
		{"CodeDeploy's", ECSDeploy{}, types.Service{DesiredCount: 2, DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}}, "CODE_DEPLOY"},
		{"somebody else's", ECSDeploy{}, types.Service{DesiredCount: 2, DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}}, "EXTERNAL"},
		{"one that is being deployed", ECSDeploy{}, types.Service{DesiredCount: 2, Deployments: []types.Deployment{going}}, "IN_PROGRESS"},
		{"one of no tasks", ECSDeploy{}, types.Service{Deployments: []types.Deployment{done}}, "scaled to zero"},
		{"one of no tasks, that gets some", ECSDeploy{Desired: &two}, types.Service{Deployments: []types.Deployment{done}}, ""},
		{"a daemon", ECSDeploy{}, types.Service{SchedulingStrategy: types.SchedulingStrategyDaemon, Deployments: []types.Deployment{done}}, ""},
		{"a daemon of some size", ECSDeploy{Desired: &two}, types.Service{SchedulingStrategy: types.SchedulingStrategyDaemon, Deployments: []types.Deployment{done}}, "desired_count"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.deploy.refuse(c.service)
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestWhatATaskNeeds(t *testing.T) {
	d := &types.TaskDefinition{NetworkMode: types.NetworkModeBridge, ContainerDefinitions: []types.ContainerDefinition{
		{Cpu: 100, Memory: aws.Int32(200)},
		{Cpu: 50, Memory: aws.Int32(300), MemoryReservation: aws.Int32(100)},
	}}
	if n := needOf(types.Service{}, d); n != (need{cpu: 150, memory: 500}) {
		t.Errorf("by container: %+v", n)
	}
	d.Cpu, d.Memory = aws.String("256"), aws.String("1024")
	d.ContainerDefinitions[0].PortMappings = []types.PortMapping{{HostPort: aws.Int32(80)}}
	if n := needOf(types.Service{}, d); n != (need{cpu: 256, memory: 1024, alone: true}) {
		t.Errorf("as a whole, with a port of the instance's: %+v", n)
	}
	d.NetworkMode = types.NetworkModeAwsvpc
	if n := needOf(types.Service{}, d); n.alone {
		t.Errorf("with a port of its own: %+v", n)
	}
}

func TestBreakers(t *testing.T) {
	breaker := func(enable, rollback bool) types.Service {
		return types.Service{DeploymentConfiguration: &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: enable, Rollback: rollback},
			Alarms:                   &types.DeploymentAlarms{Enable: true, Rollback: rollback, AlarmNames: []string{"slow"}},
		}}
	}
	for _, c := range []struct {
		service types.Service
		says    string
	}{
		{breaker(false, false), "no deployment circuit breaker"},
		{breaker(true, false), "does not roll back"},
		{breaker(true, true), "rolled back by ECS\nservice web/app is rolled back by ECS when one of its alarms goes off: slow"},
	} {
		if got := strings.Join(breakers("service web/app", c.service), "\n"); !strings.Contains(got, c.says) {
			t.Errorf("got %q, want %q", got, c.says)
		}
	}
}

func TestMarksAreReadBack(t *testing.T) {
	six := 6
	for _, v := range []Version{{"web:41", nil}, {"web:41", &six}} {
		got, ok := unmarked(v.mark())
		if !ok || got.mark() != v.mark() || !got.equals(v) {
			t.Errorf("%q came back as %q", v.mark(), got.mark())
		}
	}
	for _, bad := range []string{"", "web:41 many"} {
		if v, ok := unmarked(bad); ok {
			t.Errorf("%q was read as %v", bad, v)
		}
	}
	arn := "arn:aws:ecs:eu-west-1:123456789012:service/web/app"
	f, ok := foundBy("eu-west-1", arn, map[string]string{"gameday:run": "run-1", wasTag: "web:41 6", leftTag: "web:42 6"})
	if s := f.Step.(*Step); !ok || f.Run != "run-1" || s.Cluster != "web" || s.Service != "app" || !s.Restores || s.Before.String() != "web:41 with 6 tasks wanted" {
		t.Errorf("found %+v", f)
	}
	if f, ok := foundBy("eu-west-1", arn, map[string]string{"gameday:run": "run-1"}); ok {
		t.Errorf("somebody else's tag was taken for ours: %+v", f)
	}
}

var _ attr.Validator = (*ECSDeploy)(nil)

package inventory

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ended is a stopped task of one container.
func ended(code types.TaskStopCode, why string, c types.Container) types.Task {
	c.Name, c.Image = aws.String("app"), aws.String("nginx:1")
	return types.Task{StartedBy: aws.String("ecs-svc/1"), StopCode: code, StoppedReason: aws.String(why), Containers: []types.Container{c}}
}

func TestFailuresSayWhyAndWithWhichImage(t *testing.T) {
	tests := []struct {
		name string
		task types.Task
		want string // "" if it did not fail
	}{
		{"an image that cannot be pulled", ended("TaskFailedToStart", "Task failed to start", types.Container{Reason: aws.String("CannotPullContainerError: i/o timeout")}),
			"1x CannotPullContainerError: i/o timeout (image nginx:1)"},
		{"on Fargate the task says it", ended("TaskFailedToStart", "ResourceInitializationError: unable to\npull registry auth", types.Container{}),
			"1x ResourceInitializationError: unable to pull registry auth (image nginx:1)"},
		{"a program that ends", ended("EssentialContainerExited", "Essential container in task exited", types.Container{ExitCode: aws.Int32(3)}),
			"1x exit code 3 of container app (image nginx:1)"},
		{"one that is never healthy", ended("ServiceSchedulerInitiated", "Task failed ELB health checks", types.Container{ExitCode: aws.Int32(143)}),
			"1x Task failed ELB health checks (image nginx:1)"},
		{"one that is not wanted any more", ended("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", types.Container{}), ""},
		{"one that somebody stopped", ended("UserInitiated", "Task stopped by user", types.Container{ExitCode: aws.Int32(137)}), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := failures([]types.Task{test.task}, "ecs-svc/1").String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if other := failures([]types.Task{test.task}, "ecs-svc/2"); len(other) > 0 {
				t.Errorf("another deployment is blamed: %v", other)
			}
		})
	}
}

func TestEveryReasonIsGivenOnce(t *testing.T) {
	pull := func(why string) types.Task {
		return ended("TaskFailedToStart", "Task failed to start", types.Container{Reason: aws.String(why)})
	}
	f := failures([]types.Task{
		ended("EssentialContainerExited", "", types.Container{ExitCode: aws.Int32(1)}),
		pull("dial tcp 10.0.0.1:443: i/o timeout"),
		pull("dial tcp 10.0.0.2:443: i/o timeout, request 01234567-0123-0123-0123-0123456789ab"),
		pull("dial tcp 10.0.0.3:443: i/o timeout, request 76543210-0123-0123-0123-0123456789ab"),
	}, "ecs-svc/1")
	if want := "2x dial tcp 10.0.0.2:443: i/o timeout, request "; !strings.HasPrefix(f.String(), want) || f.Tasks() != 4 {
		t.Errorf("%d tasks: %s\nwant 4: %s...", f.Tasks(), f, want)
	}
	if long := failures([]types.Task{pull(strings.Repeat("ä", 1000))}, "ecs-svc/1"); len([]rune(long[0].Reason)) > longestReason+30 {
		t.Errorf("%d characters", len([]rune(long[0].Reason)))
	}
}

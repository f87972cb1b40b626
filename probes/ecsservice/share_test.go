package ecsservice

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func service(running, desired int32, rollout types.DeploymentRolloutState) types.Service {
	return types.Service{
		RunningCount: running,
		DesiredCount: desired,
		Deployments: []types.Deployment{
			{Status: aws.String("ACTIVE"), RolloutState: types.DeploymentRolloutStateCompleted},
			{Status: aws.String("PRIMARY"), RolloutState: rollout, RolloutStateReason: aws.String("tasks failed to start.")},
		},
	}
}

func TestRunningShare(t *testing.T) {
	for _, c := range []struct {
		running, desired int32
		want             float64
	}{{6, 6, 1}, {3, 6, 0.5}, {0, 6, 0}, {9, 6, 1}} {
		got, err := runningShare(service(c.running, c.desired, ""))
		if err != nil || got != c.want {
			t.Errorf("%d of %d: got %v, %v, want %v", c.running, c.desired, got, err, c.want)
		}
	}
	if got, err := runningShare(service(0, 0, "")); err == nil {
		t.Errorf("0 of 0: got %v, want an error", got)
	}
}

func TestRolledOutLooksAtTheNewestDeployment(t *testing.T) {
	for state, want := range map[types.DeploymentRolloutState]float64{
		types.DeploymentRolloutStateCompleted:  1,
		types.DeploymentRolloutStateInProgress: 0,
		types.DeploymentRolloutStateFailed:     0,
	} {
		if got, err := rolledOut(service(6, 6, state)); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", state, got, err, want)
		}
	}
	if got, err := rolledOut(service(6, 6, "")); err == nil {
		t.Errorf("no rollout state: got %v, want an error", got)
	}
}

func TestNote(t *testing.T) {
	pending := service(5, 6, types.DeploymentRolloutStateInProgress)
	pending.PendingCount = 1
	for want, s := range map[string]types.Service{
		"6 of 6 running, rollout COMPLETED":                      service(6, 6, types.DeploymentRolloutStateCompleted),
		"5 of 6 running, 1 pending, rollout IN_PROGRESS":         pending,
		"2 of 6 running, rollout FAILED: tasks failed to start.": service(2, 6, types.DeploymentRolloutStateFailed),
		"2 of 6 running": service(2, 6, ""),
	} {
		if got := note(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

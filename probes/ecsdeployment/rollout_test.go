package ecsdeployment

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/inventory"
)

var t0 = time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }

func deployed(id, status string, state types.DeploymentRolloutState, created int) types.Deployment {
	return types.Deployment{Id: aws.String(id), Status: aws.String(status), RolloutState: state, CreatedAt: aws.Time(at(created)), DesiredCount: 3}
}

func event(seconds int, text string) types.ServiceEvent {
	return types.ServiceEvent{CreatedAt: aws.Time(at(seconds)), Message: aws.String("(service web) " + text)}
}

// seen is the part of a rollout that these tests are about.
type seen struct {
	id           string
	began, ended int // -1 while it goes on
	failed       bool
}

func TestWhereARolloutStands(t *testing.T) {
	const (
		done   = types.DeploymentRolloutStateCompleted
		going  = types.DeploymentRolloutStateInProgress
		failed = types.DeploymentRolloutStateFailed
	)
	old := deployed("old", "PRIMARY", done, -9000)
	tests := []struct {
		name        string
		deployments []types.Deployment
		events      []types.ServiceEvent // the newest first, as ECS has them
		want        []seen
	}{
		{"nothing happens", []types.Deployment{old}, nil, nil},
		{"the last one was long ago", []types.Deployment{old}, []types.ServiceEvent{event(-8000, "(deployment old) deployment completed.")}, nil},
		{"one goes on", []types.Deployment{deployed("new", "PRIMARY", going, 10), deployed("old", "ACTIVE", done, -9000)}, nil, []seen{{"new", 10, -1, false}}},
		{"it has completed", []types.Deployment{deployed("new", "PRIMARY", done, 10)},
			[]types.ServiceEvent{event(40, "has reached a steady state."), event(40, "(deployment new) deployment completed.")}, []seen{{"new", 10, 40, false}}},
		{"it began long ago, and has completed", []types.Deployment{deployed("new", "PRIMARY", done, -50)},
			[]types.ServiceEvent{event(40, "(deployment new) deployment completed.")}, []seen{{"new", -50, 40, false}}},
		{"it has failed, and stays", []types.Deployment{deployed("new", "PRIMARY", failed, 10), deployed("old", "ACTIVE", done, -9000)},
			[]types.ServiceEvent{event(40, "(deployment new) deployment failed: tasks failed to start.")}, []seen{{"new", 10, -1, true}}},
		{"it has failed, and is rolled back", []types.Deployment{deployed("old", "PRIMARY", going, -9000), deployed("new", "ACTIVE", failed, 10)},
			[]types.ServiceEvent{event(40, "rolling back to deployment old."), event(40, "(deployment new) deployment failed: tasks failed to start.")},
			[]seen{{"new", 10, -1, true}}},
		{"it is gone, and not all of the former one is back", []types.Deployment{deployed("old", "PRIMARY", going, -9000)},
			[]types.ServiceEvent{event(40, "(deployment new) deployment failed: tasks failed to start.")}, []seen{{"new", 40, -1, true}}},
		{"it has been rolled back", []types.Deployment{old},
			[]types.ServiceEvent{event(60, "(deployment old) deployment completed."), event(40, "(deployment new) deployment failed: tasks failed to start.")},
			[]seen{{"new", 40, 40, true}}},
		{"it was rolled back long ago", []types.Deployment{old},
			[]types.ServiceEvent{event(-60, "(deployment old) deployment completed."), event(-80, "(deployment new) deployment failed: tasks failed to start.")}, nil},
		{"another after one that failed", []types.Deployment{deployed("newer", "PRIMARY", going, 50), deployed("new", "ACTIVE", failed, 10)},
			[]types.ServiceEvent{event(40, "(deployment new) deployment failed: tasks failed to start.")}, []seen{{"new", 10, 40, true}, {"newer", 50, -1, false}}},
		{"another after one that completed", []types.Deployment{deployed("newer", "PRIMARY", going, 50), deployed("new", "ACTIVE", done, 10)},
			[]types.ServiceEvent{event(40, "(deployment new) deployment completed.")}, []seen{{"new", 10, 40, false}, {"newer", 50, -1, false}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rollouts, err := rolledOut(types.Service{Deployments: test.deployments, Events: test.events}, at(0))
			if err != nil {
				t.Fatal(err)
			}
			var got []seen
			for _, r := range rollouts {
				s := seen{r.id, int(r.began.Sub(t0).Seconds()), -1, r.failed}
				if !r.ended.IsZero() {
					s.ended = int(r.ended.Sub(t0).Seconds())
				}
				got = append(got, s)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
	if _, err := rolledOut(types.Service{Deployments: []types.Deployment{deployed("new", "PRIMARY", "", 10)}}, at(0)); err == nil {
		t.Error("a deployment without a rollout state was measured")
	}
}

func TestReadings(t *testing.T) {
	one := inventory.Failures{{Reason: "CannotPullContainerError (image nginx:1)", Tasks: 2}}
	going := rollout{id: "new", began: at(10), running: 1, wanted: 3, failedTasks: 1}
	completed := rollout{id: "new", began: at(10), ended: at(40)}
	broken := rollout{id: "new", began: at(10), failed: true, wanted: 3, reason: "tasks failed to start."}
	took, failed := &Probe{What: duration}, &Probe{What: failedTasks}

	if r := took.reading(going, one, at(20)); r.Value != 10 || !r.Open || r.Failed || !r.At.Equal(at(20)) ||
		r.Note != "1 of 3 new tasks run, 2 failed: 2x CannotPullContainerError (image nginx:1)" {
		t.Errorf("going on: %+v", r)
	}
	if r := took.reading(completed, nil, at(50)); r.Value != 30 || r.Open || r.Failed || !r.At.Equal(at(40)) || r.Span == 0 {
		t.Errorf("completed: %+v", r)
	}
	if r := took.reading(broken, one, at(20)); r.Value != 10 || !r.Failed ||
		r.Note != "0 of 3 new tasks run, the rollout failed: tasks failed to start, 2 failed: 2x CannotPullContainerError (image nginx:1)" {
		t.Errorf("failed: %+v", r)
	}
	if r := failed.reading(going, one, at(20)); r.Value != 2 || !r.Open {
		t.Errorf("going on: %+v", r)
	}
	if r := failed.reading(rollout{failedTasks: 3}, one, at(20)); r.Value != 3 {
		t.Errorf("ECS counts more than it remembers: %+v", r)
	}
	if r := failed.reading(broken, nil, at(20)); r.Value != 0 || r.Failed {
		t.Errorf("no task of a rollout failed, and it is held against them: %+v", r)
	}
}

package inventory_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

func TestNothingIsLeftOutOfALargeCluster(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{Topology: "testdata/crowd.hcl"})
	c, err := inventory.Read(t.Context(), env, "web")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 12 || len(c.Tasks) != 131 || len(c.Of("crowd")) != 120 {
		t.Errorf("got %d services, %d tasks, %d of them of the crowd, want 12, 131 and 120", len(c.Services), len(c.Tasks), len(c.Of("crowd")))
	}
}

func TestNamesAndARNsFindTheSame(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	s, err := inventory.FindService(t.Context(), env, "web", "conversations")
	if err != nil {
		t.Fatal(err)
	}
	again, err := inventory.FindService(t.Context(), env, *s.ClusterArn, *s.ServiceArn)
	if err != nil || aws.ToString(again.ServiceName) != "conversations" {
		t.Errorf("found %q, %v", aws.ToString(again.ServiceName), err)
	}
	c, err := inventory.Read(t.Context(), env, *s.ClusterArn)
	if err != nil {
		t.Fatal(err)
	}
	if service, known := c.Service(*s.ServiceArn); c.Name != "web" || !known || service.Name != "conversations" {
		t.Errorf("cluster %q has service %+v", c.Name, service)
	}
	if failures, err := inventory.Failed(t.Context(), env, *s.ClusterArn, *s.ServiceArn, "none"); len(failures) > 0 || err != nil {
		t.Errorf("failed: %v, %v", failures, err)
	}
	for _, ref := range []string{"conversation", *s.ServiceArn + "s"} {
		if _, err := inventory.FindService(t.Context(), env, *s.ClusterArn, ref); err == nil || !strings.Contains(err.Error(), `there are: "articles", "comments", "conversations"`) {
			t.Errorf("%s: got %v", ref, err)
		}
	}
}

// answering is env where ECS answers an action with other values in some fields.
func answering(t *testing.T, env *cloud.Env, action string, change func(answer map[string]any)) *cloud.Env {
	return labtest.Edit(env, action, func(text string) string {
		var answer map[string]any
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Error(err)
		}
		change(answer)
		edited, err := json.Marshal(answer)
		if err != nil {
			t.Error(err)
		}
		return string(edited)
	})
}

func TestWhatECSDoesNotSayIsNotTakenForGone(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	looks := map[string]func(context.Context, *cloud.Env) error{
		"DescribeClusters": func(ctx context.Context, env *cloud.Env) error {
			_, err := inventory.Read(ctx, env, "web")
			return err
		},
		"DescribeContainerInstances": func(ctx context.Context, env *cloud.Env) error {
			_, err := inventory.Instances(ctx, env, "web")
			return err
		},
		"DescribeServices": func(ctx context.Context, env *cloud.Env) error {
			_, err := inventory.FindService(ctx, env, "web", "conversations")
			return err
		},
		"DescribeTasks": func(ctx context.Context, env *cloud.Env) error {
			_, err := inventory.DescribeTasks(ctx, env, "web", []string{"0123456789abcdef0123456789abcdef"})
			return err
		},
	}
	for action, look := range looks {
		t.Run(action, func(t *testing.T) {
			failing := func(reason string) *cloud.Env {
				return answering(t, env, action, func(answer map[string]any) {
					answer["failures"] = []any{map[string]any{"arn": "arn:aws:ecs:eu-west-1:123456789012:x/it", "reason": reason, "detail": "try later"}}
				})
			}
			if err := look(t.Context(), failing("MISSING")); err != nil {
				t.Errorf("gone: %v", err)
			}
			err := look(t.Context(), failing("UNREACHABLE"))
			if err == nil || !strings.Contains(err.Error(), "ECS says UNREACHABLE (try later) of it") {
				t.Errorf("not said: %v", err)
			}
		})
	}
}

// set is a task set as ECS describes it.
func set(status, group string, running, desired int) map[string]any {
	return map[string]any{
		"status": status, "runningCount": running, "computedDesiredCount": desired,
		"loadBalancers": []any{map[string]any{"targetGroupArn": group}},
	}
}

func TestServicesThatOthersDeploy(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	for _, c := range []struct {
		name             string
		sets             []any
		groups           string // that the service's tasks are registered with
		running, desired int
	}{
		{"one that serves", []any{set("PRIMARY", "blue", 2, 3)}, "blue", 2, 3},
		{"its successor does not yet", []any{set("ACTIVE", "green", 1, 6), set("PRIMARY", "blue", 6, 6)}, "blue", 6, 6},
		{"its predecessor does not any more", []any{set("DRAINING", "blue", 4, 6), set("PRIMARY", "green", 6, 6)}, "green", 6, 6},
		{"nobody said which", []any{set("ACTIVE", "blue", 1, 2), set("DRAINING", "old", 9, 9), set("ACTIVE", "green", 2, 2)}, "blue green", 3, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := answering(t, env, "DescribeServices", func(answer map[string]any) {
				for _, s := range answer["services"].([]any) {
					s.(map[string]any)["loadBalancers"] = []any{}
					s.(map[string]any)["taskSets"] = c.sets
				}
			})
			cluster, err := inventory.Read(t.Context(), env, "web")
			if err != nil {
				t.Fatal(err)
			}
			service, _ := cluster.Service("conversations")
			if got := strings.Join(service.TargetGroups, " "); got != c.groups || service.Desired != c.desired {
				t.Errorf("%d wanted, behind %q, want %d behind %q", service.Desired, got, c.desired, c.groups)
			}
			found, err := inventory.FindService(t.Context(), env, "web", "conversations")
			if err != nil {
				t.Fatal(err)
			}
			if running, desired := inventory.Counts(found); running != c.running || desired != c.desired {
				t.Errorf("counts %d of %d, want %d of %d", running, desired, c.running, c.desired)
			}
		})
	}
}

func TestADeploymentIsOverWhenItsPredecessorIsGone(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	deployment := func(status, rollout string) any { return map[string]any{"status": status, "rolloutState": rollout} }
	for _, c := range []struct {
		name        string
		deployments []any
		sets        []any
		want        bool
	}{
		{"over", []any{deployment("PRIMARY", "COMPLETED")}, nil, false},
		{"failed, and given up", []any{deployment("PRIMARY", "FAILED")}, nil, false},
		{"rolled out", []any{deployment("PRIMARY", "IN_PROGRESS")}, nil, true},
		{"its predecessor still runs", []any{deployment("PRIMARY", ""), deployment("ACTIVE", "")}, nil, true},
		{"one set of tasks", nil, []any{set("PRIMARY", "blue", 2, 2)}, false},
		{"two of them", nil, []any{set("PRIMARY", "blue", 2, 2), set("ACTIVE", "green", 0, 2)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := answering(t, env, "DescribeServices", func(answer map[string]any) {
				for _, s := range answer["services"].([]any) {
					s.(map[string]any)["deployments"], s.(map[string]any)["taskSets"] = c.deployments, c.sets
				}
			})
			cluster, err := inventory.Read(t.Context(), env, "web")
			if err != nil {
				t.Fatal(err)
			}
			if service, _ := cluster.Service("conversations"); service.Deploying != c.want {
				t.Errorf("deploying: %v", service.Deploying)
			}
		})
	}
}

// A service that was deployed meanwhile may have its tasks behind another load balancer.
func TestOnlyTargetGroupsStillInUseCount(t *testing.T) {
	_, env := labtest.Start(t, lab.Options{})
	c, err := inventory.Read(t.Context(), env, "web")
	if err != nil {
		t.Fatal(err)
	}
	now, err := c.Record(t.Context(), env, "conversations")
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.Record(t.Context(), env, "comments")
	if err != nil {
		t.Fatal(err)
	}
	before.Service, before.Pools[0].Healthy = "conversations", 6 // of which three are left
	if lack, err := before.Lack(t.Context(), env, ""); lack != "" || err != nil {
		t.Errorf("not used any more: lacks %q, %v", lack, err)
	}
	env = labtest.Edit(env, "DescribeTargetHealth", func(answer string) string {
		return strings.Replace(answer, "<State>healthy</State>", "<State>initial</State>", 1)
	})
	if lack, err := now.Lack(t.Context(), env, ""); lack != "5 of 6 targets of conversations are healthy" || err != nil {
		t.Errorf("still used: lacks %q, %v", lack, err)
	}
}

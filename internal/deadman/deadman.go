// Package deadman is a dead man's switch: AWS itself ends a fault should everybody who could be lost.
//
// Before a fault is done, the API calls that end it are left with EventBridge Scheduler as one-time schedules with
// universal targets. They are postponed for as long as the run lives, and deleted after the undo.
//
//	Arm ──► armed ──Postpone──► armed ──► … ──► Disarm
//	          │ nobody postpones it
//	          ▼
//	     AWS makes the call, and deletes the schedule
//
// What Scheduler needs to know: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
package deadman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/cloud"
)

// Permissions are the IAM actions that a switch needs. Scheduler takes on the role, which may do what the calls do.
func Permissions() []string {
	return []string{"iam:PassRole", "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", "scheduler:ListSchedules", "scheduler:UpdateSchedule"}
}

// Grace is how long after the last sign of life AWS ends a fault. Scheduler is true to the minute on AWS.
func Grace(env *cloud.Env) time.Duration {
	if env.Local() {
		return 20 * time.Second
	}
	return 10 * time.Minute
}

// Switch is the dead man's switch of one run, whose id is in its Env.
type Switch struct {
	env    *cloud.Env
	client *scheduler.Client
	role   string // ARN
}

// New makes the switch of the run that env acts for. AWS makes the calls with that role.
func New(env *cloud.Env, role string) *Switch {
	return &Switch{env: env, client: scheduler.NewFromConfig(env.AWS), role: role}
}

// Arm leaves the calls that end a step's fault with AWS, to be made at a moment, each by itself. It may be called
// again: what is armed already is postponed.
func (s *Switch) Arm(ctx context.Context, step int, calls []cloud.Call, at time.Time) error {
	for i, call := range calls {
		input, err := s.schedule(s.name(step, i), call, at)
		if err != nil {
			return err
		}
		_, err = s.client.CreateSchedule(ctx, input)
		var exists *types.ConflictException
		if errors.As(err, &exists) { // an earlier attempt got through after all
			err = s.postpone(ctx, *input.Name, at)
		}
		if err != nil {
			return fmt.Errorf("leave the undo of step %d with AWS: %w", step, err)
		}
	}
	return nil
}

// ErrFired says that AWS has ended the fault, because nobody postponed that for too long.
var ErrFired = errors.New("the dead man's switch has gone off: AWS has ended the fault")

// Postpone puts off everything that is armed for a step. ErrFired says that nothing is any more.
func (s *Switch) Postpone(ctx context.Context, step int, until time.Time) error {
	names, err := s.armed(ctx, s.prefix(step))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return ErrFired
	}
	for _, name := range names {
		if err := s.postpone(ctx, name, until); err != nil {
			return fmt.Errorf("postpone the dead man's switch of step %d: %w", step, err)
		}
	}
	return nil
}

// Disarm takes back everything that is armed for a step, and returns how much that was: nothing where the switch has gone
// off. It may be called again, and where nothing is.
func (s *Switch) Disarm(ctx context.Context, step int) (int, error) {
	n, err := s.delete(ctx, s.prefix(step))
	if err != nil {
		return n, fmt.Errorf("disarm the dead man's switch of step %d: %w", step, err)
	}
	return n, nil
}

// DisarmRun takes back everything that is armed for any step of the run.
func (s *Switch) DisarmRun(ctx context.Context) error {
	if _, err := s.delete(ctx, runPrefix(s.env.RunID)); err != nil {
		return fmt.Errorf("disarm the dead man's switch of run %s: %w", s.env.RunID, err)
	}
	return nil
}

func (s *Switch) delete(ctx context.Context, prefix string) (int, error) {
	names, err := s.armed(ctx, prefix)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		_, err := s.client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: &name})
		var gone *types.ResourceNotFoundException
		if err != nil && !errors.As(err, &gone) {
			return 0, err
		}
	}
	return len(names), nil
}

// ByHand is an AWS CLI command that disarms a step of a run. It does nothing where nothing is armed.
func ByHand(region, run string, step int) string {
	aws := "aws scheduler --region " + region
	return fmt.Sprintf(`%s list-schedules --name-prefix %s --output text --query "Schedules[].Name" | xargs -r -n1 %s delete-schedule --name`, aws, prefix(run, step), aws)
}

// schedule is one call, once, at a moment.
func (s *Switch) schedule(name string, call cloud.Call, at time.Time) (*scheduler.CreateScheduleInput, error) {
	input, err := json.Marshal(call.Input)
	if err != nil {
		return nil, fmt.Errorf("write %s:%s as JSON: %w", call.Service, call.Action, err)
	}
	return &scheduler.CreateScheduleInput{
		Name: &name, Description: aws.String("gameday's dead man's switch for run " + s.env.RunID),
		ScheduleExpression: aws.String(expression(at)), ActionAfterCompletion: types.ActionAfterCompletionDelete,
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{
			Arn: aws.String("arn:" + s.partition() + ":scheduler:::aws-sdk:" + call.Service + ":" + lowerFirst(call.Action)), RoleArn: &s.role, Input: aws.String(string(input)),
		},
	}, nil
}

// postpone moves one schedule. Scheduler has no way to change only the time, so it is read first.
func (s *Switch) postpone(ctx context.Context, name string, until time.Time) error {
	now, err := s.client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: &name})
	if err != nil {
		return err
	}
	_, err = s.client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: &name, Description: now.Description, ScheduleExpression: aws.String(expression(until)),
		ActionAfterCompletion: now.ActionAfterCompletion, FlexibleTimeWindow: now.FlexibleTimeWindow, Target: now.Target,
	})
	return err
}

// armed lists the schedules whose names begin so.
func (s *Switch) armed(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	pages := scheduler.NewListSchedulesPaginator(s.client, &scheduler.ListSchedulesInput{NamePrefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for schedules %s*: %w", prefix, err)
		}
		for _, found := range page.Schedules {
			names = append(names, aws.ToString(found.Name))
		}
	}
	return names, nil
}

// longestRun is how much of a run's id fits into a schedule's name of 64 characters.
const longestRun = 44

// prefix begins the names of a step's schedules. Of an id that is too long the two ends are enough: the time and what is random.
func (s *Switch) prefix(step int) string { return prefix(s.env.RunID, step) }

func prefix(run string, step int) string { return fmt.Sprintf("%s%d-", runPrefix(run), step) }

func runPrefix(run string) string {
	if len(run) > longestRun {
		run = run[:longestRun-5] + "-" + run[len(run)-4:]
	}
	return "gameday-" + run + "-"
}

func (s *Switch) name(step, call int) string { return fmt.Sprintf("%s%d", s.prefix(step), call) }

// partition is that of the role: aws, aws-cn, aws-us-gov.
func (s *Switch) partition() string {
	if parts := strings.Split(s.role, ":"); len(parts) > 1 && parts[1] != "" {
		return parts[1]
	}
	return "aws"
}

func expression(at time.Time) string { return "at(" + at.UTC().Format("2006-01-02T15:04:05") + ")" }

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

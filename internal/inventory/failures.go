package inventory

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
)

// FailurePermissions are the IAM actions that Failed may call.
func FailurePermissions() []string { return []string{"ecs:DescribeTasks", "ecs:ListTasks"} }

// Failures are why tasks of a deployment ended before they were of use, the most frequent reason first.
type Failures []Failure

// Failure is one reason.
type Failure struct {
	Reason string // "CannotPullContainerError: ... (image nginx:1)"
	Tasks  int
}

// Failed reads why tasks of a deployment failed, out of those that ECS still remembers: it forgets a stopped task
// after an hour. Cluster and service are given by name or ARN. Tasks that somebody stopped, or that ECS did not want any more, have not failed.
func Failed(ctx context.Context, env *cloud.Env, cluster, service, deployment string) (Failures, error) {
	client := ecs.NewFromConfig(env.AWS)
	arns, err := listTasks(ctx, client, ecs.ListTasksInput{
		Cluster: aws.String(cluster), ServiceName: aws.String(path.Base(service)), DesiredStatus: types.DesiredStatusStopped,
	})
	if err != nil {
		return nil, err
	}
	stopped, err := describeTasks(ctx, client, cluster, arns)
	if err != nil {
		return nil, err
	}
	return failures(stopped, deployment), nil
}

// Tasks is how many tasks failed.
func (f Failures) Tasks() int {
	n := 0
	for _, one := range f {
		n += one.Tasks
	}
	return n
}

// shownFailures is how many different reasons a sentence lists.
const shownFailures = 4

// String lists the reasons: "2x CannotPullContainerError: ... (image nginx:1); 1x exit code 1 of container app (image ...)".
func (f Failures) String() string {
	var all []string
	for _, one := range f[:min(len(f), shownFailures)] {
		all = append(all, fmt.Sprintf("%dx %s", one.Tasks, one.Reason))
	}
	if more := len(f) - shownFailures; more > 0 {
		all = append(all, fmt.Sprintf("and for %d other reasons", more))
	}
	return strings.Join(all, "; ")
}

// failures groups the failed ones among the tasks of a deployment by their reason.
func failures(tasks []types.Task, deployment string) Failures {
	var found Failures
	seen := map[string]int{}
	for _, t := range tasks {
		if aws.ToString(t.StartedBy) != deployment || !failed(t) {
			continue
		}
		reason := reasonOf(t)
		key := passing.ReplaceAllString(reason, "")
		at, known := seen[key]
		if !known {
			at, seen[key] = len(found), len(found)
			found = append(found, Failure{Reason: reason})
		}
		found[at].Tasks++
	}
	slices.SortStableFunc(found, func(a, b Failure) int { return cmp.Compare(b.Tasks, a.Tasks) })
	return found
}

// passing is what makes equal reasons look different: addresses with ports, request ids.
var passing = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+(:\d+)?|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32}`)

func failed(t types.Task) bool {
	switch t.StopCode {
	case types.TaskStopCodeTaskFailedToStart, types.TaskStopCodeEssentialContainerExited:
		return true
	case types.TaskStopCodeServiceSchedulerInitiated:
		return strings.Contains(aws.ToString(t.StoppedReason), "health checks")
	}
	return false
}

// longestReason is how many characters of a reason are kept: registries quote whole answers.
const longestReason = 300

// reasonOf says in one line why a task ended, and with which image: as its containers say where they do, for what ECS
// says of the whole task then is that something went wrong.
func reasonOf(t types.Task) string {
	var said, images []string
	for _, c := range t.Containers {
		images = append(images, aws.ToString(c.Image))
		switch {
		case aws.ToString(c.Reason) != "":
			said = append(said, fmt.Sprintf("%s (image %s)", tidy(*c.Reason), aws.ToString(c.Image)))
		case c.ExitCode != nil && *c.ExitCode != 0:
			said = append(said, fmt.Sprintf("exit code %d of container %s (image %s)", *c.ExitCode, aws.ToString(c.Name), aws.ToString(c.Image)))
		}
	}
	if why := tidy(aws.ToString(t.StoppedReason)); len(said) == 0 || strings.Contains(why, "health checks") {
		return fmt.Sprintf("%s (image %s)", cmp.Or(why, string(t.StopCode)), strings.Join(images, ", "))
	}
	return strings.Join(said, ", ")
}

// tidy makes one line of a reason, and not a long one.
func tidy(reason string) string {
	line := []rune(strings.Join(strings.Fields(reason), " "))
	if len(line) > longestReason {
		return string(line[:longestReason]) + "..."
	}
	return string(line)
}

package inventory

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Counts returns how many tasks a service runs, and how many it wants. A service that somebody else than ECS deploys
// (CODE_DEPLOY, EXTERNAL) keeps its tasks in sets, each a share of the number that it wants in all: then those sets count
// that serve.
func Counts(s types.Service) (running, desired int) {
	sets := serving(s)
	if len(sets) == 0 {
		return int(s.RunningCount), int(s.DesiredCount)
	}
	for _, set := range sets {
		running += int(set.RunningCount)
		desired += int(set.ComputedDesiredCount)
	}
	return running, desired
}

// serving are the task sets that users meet: the primary one, or all that are not on their way out where none is primary.
func serving(s types.Service) []types.TaskSet {
	in := func(status string) func(types.TaskSet) bool {
		return func(set types.TaskSet) bool { return aws.ToString(set.Status) == status }
	}
	if at := slices.IndexFunc(s.TaskSets, in("PRIMARY")); at >= 0 {
		return s.TaskSets[at : at+1]
	}
	return slices.DeleteFunc(slices.Clone(s.TaskSets), in("DRAINING"))
}

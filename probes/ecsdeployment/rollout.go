package ecsdeployment

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/inventory"
)

// rollout is where one deployment of a service stands.
type rollout struct {
	id              string
	began, ended    time.Time // ended is zero while it goes on, or while ECS still clears up after it
	failed          bool
	running, wanted int32 // of its tasks; both 0 once it has ended
	failedTasks     int   // by ECS's own count, which begins anew with every task that starts
	reason          string
}

// rolledOut finds the rollouts that have ended since from, and the one that goes on, in this order.
//
// When a rollout ended is told by the service's events. A deployment's own updatedAt moves on afterwards, when the
// service is scaled.
func rolledOut(s types.Service, from time.Time) ([]rollout, error) {
	primary := inventory.Primary(s)
	if primary.RolloutState == "" {
		return nil, errors.New("its deployments have no rollout state: only those that ECS itself rolls out do")
	}
	now, going := current(s, primary)
	var found []rollout
	for _, e := range endings(s) {
		r := rollout{id: e.id, began: e.at, ended: e.at, failed: e.failed, reason: e.reason}
		if e.at.Before(from) || going && e.id == now.id {
			continue
		}
		d, known := deployment(s, e.id)
		if known {
			r.began = aws.ToTime(d.CreatedAt)
		}
		if e.failed || known && !e.rollback { // of one that ECS has forgotten, how long it took is not known any more
			found = append(found, r)
		}
	}
	if going {
		found = append(found, now)
	}
	return found, nil
}

// current is the rollout that goes on, or that failed and is not cleared up yet. A deployment that failed and was newer
// than the PRIMARY one has been rolled back to that: what is rolled out then is the past.
func current(s types.Service, primary types.Deployment) (rollout, bool) {
	for _, d := range s.Deployments {
		if d.RolloutState == types.DeploymentRolloutStateFailed && !aws.ToTime(d.CreatedAt).Before(aws.ToTime(primary.CreatedAt)) {
			return of(d), true
		}
	}
	if primary.RolloutState == types.DeploymentRolloutStateCompleted {
		return rollout{}, false
	}
	for _, e := range slices.Backward(endings(s)) { // the failed one may be gone before the one before it is back
		if e.failed && e.id != aws.ToString(primary.Id) && e.at.After(aws.ToTime(primary.CreatedAt)) {
			return rollout{id: e.id, began: e.at, failed: true, reason: e.reason}, true
		}
	}
	return of(primary), true
}

func of(d types.Deployment) rollout {
	return rollout{
		id: aws.ToString(d.Id), began: aws.ToTime(d.CreatedAt), failed: d.RolloutState == types.DeploymentRolloutStateFailed,
		running: d.RunningCount, wanted: d.DesiredCount, failedTasks: int(d.FailedTasks), reason: aws.ToString(d.RolloutStateReason),
	}
}

func deployment(s types.Service, id string) (types.Deployment, bool) {
	at := slices.IndexFunc(s.Deployments, func(d types.Deployment) bool { return aws.ToString(d.Id) == id })
	if at < 0 {
		return types.Deployment{}, false
	}
	return s.Deployments[at], true
}

// ending is an event that tells of the end of a rollout.
type ending struct {
	at       time.Time
	id       string // of the deployment
	failed   bool
	rollback bool // to this deployment, from one that had failed
	reason   string
}

// told is how ECS words it: "(service web) (deployment ecs-svc/123) deployment failed: tasks failed to start."
var told = regexp.MustCompile(`\(deployment ([^)]+)\) deployment (completed|failed)(?:: )?(.*)`)

// endings reads the service's events, the oldest first.
func endings(s types.Service) []ending {
	var found []ending
	for _, e := range slices.Backward(s.Events) {
		m := told.FindStringSubmatch(aws.ToString(e.Message))
		if m == nil {
			continue
		}
		end := ending{at: aws.ToTime(e.CreatedAt), id: m[1], failed: m[2] == "failed", reason: m[3]}
		if d, known := deployment(s, end.id); known && !end.failed {
			end.rollback = slices.ContainsFunc(found, func(before ending) bool {
				return before.failed && before.id != end.id && before.at.After(aws.ToTime(d.CreatedAt))
			})
		}
		found = append(found, end)
	}
	return found
}

// note says how far the rollout is, and what went wrong.
func (r rollout) note(failures inventory.Failures) string {
	var parts []string
	if r.wanted > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d new tasks run", r.running, r.wanted))
	}
	if r.failed {
		parts = append(parts, strings.TrimSuffix("the rollout failed: "+r.reason, "."))
	}
	if n := max(r.failedTasks, failures.Tasks()); n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	text := strings.Join(parts, ", ")
	if len(failures) > 0 {
		text += ": " + failures.String()
	}
	return text
}

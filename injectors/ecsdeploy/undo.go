package ecsdeploy

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// Undo sets the service back to what it was, if it is what this run made it, and returns once that is rolled out and
// the service is whole. After a rollback by ECS itself, and where the same was deployed anew, it only waits.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	client := ecs.NewFromConfig(env.AWS)
	now, err := s.settled(ctx, env, client)
	switch {
	case err != nil:
		return fmt.Errorf("undo %s: %w", s, err)
	case now.gone:
		env.Log.Warn("nothing to undo: somebody has deleted it", "service", s.name())
		return nil
	case !s.Restores && s.untouched(now):
		return nil
	case s.Restores && now.run != env.RunID:
		return s.unmarked(now)
	}
	if err := s.converge(ctx, env, client); err != nil || !s.Restores {
		return err
	}
	return s.unmark(ctx, client)
}

// settled looks until the deployment shows, or for long enough to be sure that there is none: a Do that was cut short a
// moment ago may not show yet.
func (s *Step) settled(ctx context.Context, env *cloud.Env, client *ecs.Client) (sight, error) {
	brief, cancel := context.WithTimeout(ctx, looks*env.Poll)
	defer cancel()
	var now sight
	seen := false
	err := cloud.Wait(brief, env, "a deployment of "+s.name(), func(ctx context.Context) (string, bool, error) {
		n, err := s.look(ctx, client)
		if err == nil {
			now, seen = n, true
		}
		return n.version.String(), n.gone || aws.ToString(n.primary.Id) != s.Deployment, err
	})
	if seen {
		return now, ctx.Err()
	}
	return now, err
}

// untouched reports whether the deployment before ours is still, or again, the one that runs, and all of it.
func (s *Step) untouched(now sight) bool {
	return aws.ToString(now.primary.Id) == s.Deployment && now.primary.RolloutState == types.DeploymentRolloutStateCompleted
}

// unmarked judges a service that does not carry this run's mark, which is there before anything is changed and until
// everything is as it was: then there is nothing to undo. Unless it is just as we would have left it.
func (s *Step) unmarked(now sight) error {
	if !now.version.equals(s.After) {
		return nil
	}
	c := s.conflict(now)
	c.Is += fmt.Sprintf(", but without the tag %s of this run", cloud.RunTag)
	return c
}

func (s *Step) conflict(now sight) *injectors.Conflict {
	return &injectors.Conflict{Target: s.name(), Was: s.Before.String(), Left: s.After.String(), Is: now.version.String()}
}

// converge returns once the service is what it was, rolled out and whole. It sets the service back as often as it finds
// it as we left it, for ECS may roll back the way back too. A rollout that ECS has given up stays so for ever, although
// what it failed for may be over: then ECS is asked once more. Nobody else's change is touched.
func (s *Step) converge(ctx context.Context, env *cloud.Env, client *ecs.Client) error {
	var stop error
	revived := "" // the deployment that ECS had given up, and that another was asked for
	err := cloud.Wait(ctx, env, s.name()+" to be whole", func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, client)
		switch id := aws.ToString(now.primary.Id); {
		case err != nil:
			return "", false, err
		case now.gone:
			return "", true, nil
		case !now.version.equals(s.Before) && !s.Restores:
			return "", true, nil // somebody has deployed something else
		case !now.version.equals(s.Before) && !s.ours(now):
			stop = s.conflict(now)
			return "", true, nil
		case !now.version.equals(s.Before):
			return "it is " + now.version.String(), false, s.update(ctx, client, s.Before, false)
		case now.primary.RolloutState == types.DeploymentRolloutStateFailed && id != revived:
			if err := s.update(ctx, client, s.Before, true, onlyIfRefused); err != nil {
				return "", false, fmt.Errorf("%s; deploy it once more: %w", s.progress(ctx, env, now), err)
			}
			revived = id
			return "asked once more, after " + s.progress(ctx, env, now), false, nil
		case now.primary.RolloutState != types.DeploymentRolloutStateCompleted:
			return s.progress(ctx, env, now), false, nil
		}
		lack, err := s.Former.Lack(ctx, env, "")
		return lack, lack == "", err
	})
	if stop != nil {
		return stop
	}
	return err
}

// ours reports whether all of the service is either as it was or as we left it: ECS rolls back a task definition, and
// not the number of tasks.
func (s *Step) ours(now sight) bool {
	definition, desired := Version{Definition: now.version.Definition}, now.version.Desired
	return (definition.equals(s.Before) || definition.equals(s.After)) &&
		(Version{s.Before.Definition, desired}.equals(s.Before) || Version{s.After.Definition, desired}.equals(s.After))
}

package ecsdeploy

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// sight is the service as ECS shows it.
type sight struct {
	gone    bool // deleted, or being deleted
	version Version
	primary types.Deployment
	run     string // whose mark it carries, "" if nobody's
}

// look asks ECS for the service.
func (s *Step) look(ctx context.Context, client *ecs.Client) (sight, error) {
	out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster:  aws.String(s.Cluster),
		Services: []string{s.Service},
		Include:  []types.ServiceField{types.ServiceFieldTags},
	})
	if missing := new(types.ClusterNotFoundException); errors.As(err, &missing) {
		return sight{gone: true}, nil
	}
	if err != nil {
		return sight{}, fmt.Errorf("describe %s: %w", s.name(), err)
	}
	if len(out.Services) == 0 || aws.ToString(out.Services[0].Status) != "ACTIVE" {
		return sight{gone: true}, nil
	}
	service := out.Services[0]
	return sight{
		version: versionOf(service, s.Before.Desired != nil),
		primary: inventory.Primary(service),
		run:     tag(service.Tags, cloud.RunTag),
	}, nil
}

// Lasts reports whether the service still is what it was deployed with.
func (s *Step) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	if !s.Restores {
		return "", nil
	}
	now, err := s.look(ctx, ecs.NewFromConfig(env.AWS))
	switch {
	case err != nil:
		return "", err
	case now.gone:
		return s.name() + " is gone", nil
	case !now.version.equals(s.After):
		return s.name() + " is " + now.version.String(), nil
	}
	return "", nil
}

// begun reports whether another deployment than the one before has become the PRIMARY one, and it is of what we deploy.
func (s *Step) begun(n sight) bool {
	return !n.gone && aws.ToString(n.primary.Id) != s.Deployment && n.version.equals(s.After)
}

// progress says how far the rollout is, and what its tasks die of.
func (s *Step) progress(ctx context.Context, env *cloud.Env, n sight) string {
	d := n.primary
	text := fmt.Sprintf("%s: rollout %s, %d of %d new tasks run", s.name(), d.RolloutState, d.RunningCount, d.DesiredCount)
	failures, err := inventory.Failed(ctx, env, s.Cluster, s.Service, aws.ToString(d.Id))
	if err == nil && len(failures) > 0 {
		text += fmt.Sprintf(", %d failed: %s", failures.Tasks(), failures)
	}
	return text
}

package instancekill

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// Undo starts an instance that this run stopped, and after every mode waits until the system is whole.
//
// A stopped instance may have been terminated and replaced by its Auto Scaling group in the meantime. Then there is
// nothing left to start, and the system has healed once the replacement serves.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	client := ec2.NewFromConfig(env.AWS)
	if s.stops() {
		done, err := s.start(ctx, env, client)
		if err != nil {
			return fmt.Errorf("undo %s: %w", s, err)
		}
		if done {
			return nil
		}
	}
	err := cloud.Wait(ctx, env, "all to be whole after "+s.String(), func(ctx context.Context) (string, bool, error) {
		lack, err := s.lack(ctx, env, client)
		return lack, lack == "", err
	})
	if err != nil || !s.stops() {
		return err
	}
	return s.release(ctx, env, client)
}

// start has the instance running again, or finds that it has been replaced. It reports done where there is nothing
// to undo, because this run did not stop the instance.
func (s *Step) start(ctx context.Context, env *cloud.Env, client *ec2.Client) (done bool, err error) {
	now, err := s.settled(ctx, env, client)
	if err != nil {
		return false, err
	}
	if !now.ours && !now.gone() {
		if now.off() {
			env.Log.Warn("left as it is: somebody else stopped it", "instance", s.Instance, "state", now.state)
		}
		return true, nil
	}
	// EC2 may still call an instance running that is about to stop, so it is asked to start whatever it is said to be.
	asked := false
	err = cloud.Wait(ctx, env, s.Instance+" to run", func(ctx context.Context) (string, bool, error) {
		now, err = s.look(ctx, client, env.RunID)
		switch {
		case err != nil:
			return "", false, err
		case now.gone(), asked && now.state == types.InstanceStateNameRunning:
			return "", true, nil
		case now.state == types.InstanceStateNamePending, now.state == types.InstanceStateNameStopping:
			return string(now.state), false, nil
		}
		asked, err = s.ask(ctx, client)
		return string(now.state), false, err
	})
	if err == nil && now.gone() && now.ours && s.Group == "" {
		return false, errNeverBack
	}
	return false, err
}

// settled looks until the instance turns out to be this run's doing, or for long enough to be sure that it is not: a Do
// that was cut short a moment ago may not show yet.
func (s *Step) settled(ctx context.Context, env *cloud.Env, client *ec2.Client) (sight, error) {
	var now sight
	err := cloud.Await(ctx, env, looks, "the tag of "+s.Instance, func(ctx context.Context) (string, bool, error) {
		var err error
		now, err = s.look(ctx, client, env.RunID)
		return string(now.state), now.ours || now.gone(), err
	})
	if errors.Is(err, cloud.ErrNotYet) {
		return now, ctx.Err()
	}
	return now, err
}

// errNeverBack is for an instance that can be neither started nor replaced.
var errNeverBack = errors.New("it was stopped, then somebody else terminated it, and no Auto Scaling group replaces it: " +
	"launch another by hand")

// ask asks EC2 to start the instance, and reports whether it will. An instance that is still stopping is not ready.
func (s *Step) ask(ctx context.Context, client *ec2.Client) (bool, error) {
	_, err := client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{s.Instance}})
	if code(err) == "IncorrectInstanceState" {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("start %s: %w", s.Instance, err)
	}
	return true, nil
}

// release takes the run's tag off the instance. It comes last, so that an undo that was cut short can be repeated.
func (s *Step) release(ctx context.Context, env *cloud.Env, client *ec2.Client) error {
	now, err := s.look(ctx, client, env.RunID)
	switch {
	case err == nil && now.gone():
		return &injectors.Healed{Why: s.Instance + " was terminated meanwhile, and cannot be started again; all that depended on it is whole"}
	case err == nil && !now.ours:
		return nil
	}
	if err := s.untag(ctx, client, env.RunID, false); err != nil {
		return fmt.Errorf("remove the tag %s of %s: %w", cloud.RunTag, s.Instance, err)
	}
	return nil
}

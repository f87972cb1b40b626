package ecsdeploy

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/injectors"
	"gameday/internal/cloud"
)

// Do starts the deployment and returns once it is under way. It fails where the service is not as it was planned any
// more, for then the former state is not known; unless that was this run, by an earlier Do that was cut short.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error {
	client := ecs.NewFromConfig(env.AWS)
	now, err := s.look(ctx, client)
	switch {
	case err != nil:
		return err
	case now.gone:
		return fmt.Errorf("%s has been deleted since it was planned", s.name())
	case s.Restores && now.run == env.RunID && s.begun(now):
		return nil
	case now.run != "" && now.run != env.RunID:
		return fmt.Errorf("%s: %s", s.name(), injectors.HeldBy(now.run))
	case aws.ToString(now.primary.Id) != s.Deployment || !now.version.equals(s.Before):
		return fmt.Errorf("%s has been deployed or scaled since it was planned, and is %s now: plan again", s.name(), now.version)
	}
	if s.Restores {
		if err := s.mark(ctx, env, client); err != nil {
			return err
		}
	}
	if err := s.start(ctx, env, client); err != nil {
		return err
	}
	var other error
	err = cloud.Wait(ctx, env, s.String(), func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, client)
		overtaken := err == nil && (now.gone || aws.ToString(now.primary.Id) != s.Deployment && !s.begun(now))
		if overtaken {
			other = fmt.Errorf("%s: somebody else has deployed %s, or deleted it, meanwhile", s, now.version)
		}
		return now.version.String(), overtaken || s.begun(now), err
	})
	if other != nil {
		return other
	}
	return err
}

const (
	attempts = 3  // to start the deployment, where nobody knows whether one got through
	looks    = 10 // env.Poll apart, before believing that nothing has happened: describes lag behind by seconds
)

// start asks for the deployment. UpdateService knows no client token, and a second forced deployment would be a second
// event: where an attempt may have got through, ECS is looked at before it is asked again.
func (s *Step) start(ctx context.Context, env *cloud.Env, client *ecs.Client) error {
	var err error
	for range attempts {
		if err = s.update(ctx, client, s.After, true, onlyIfRefused); err == nil || cloud.Declined(err) || s.allTheSame(ctx, env, client) {
			return declined(err)
		}
	}
	return err
}

// declined is err where AWS said no; any other failure has turned out to be none.
func declined(err error) error {
	if cloud.Declined(err) {
		return err
	}
	return nil
}

// update sets the service to a version: by a new deployment in any case, or only if it takes one.
func (s *Step) update(ctx context.Context, client *ecs.Client, to Version, anyway bool, options ...func(*ecs.Options)) error {
	_, err := client.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster:            aws.String(s.Cluster),
		Service:            aws.String(s.Service),
		TaskDefinition:     aws.String(to.Definition),
		DesiredCount:       to.input(),
		ForceNewDeployment: anyway,
	}, options...)
	if err != nil {
		return fmt.Errorf("set %s to %s: %w", s.name(), to, err)
	}
	return nil
}

// onlyIfRefused has the SDK repeat a call only where AWS has throttled it, and so has not carried it out.
func onlyIfRefused(o *ecs.Options) {
	o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts = 6
		s.RateLimiter = ratelimit.None // see cloud
		s.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}}
	})
}

// allTheSame reports whether the deployment has begun although the call ended in an error.
func (s *Step) allTheSame(ctx context.Context, env *cloud.Env, client *ecs.Client) bool {
	ctx, cancel := context.WithTimeout(ctx, looks*env.Poll)
	defer cancel()
	return nil == cloud.Wait(ctx, env, s.String(), func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, client)
		return now.version.String(), s.begun(now), err
	})
}

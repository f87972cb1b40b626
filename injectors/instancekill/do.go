package instancekill

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Do takes the instance away and returns once it is: shutting down, stopped, or rebooting. It fails where the
// instance does not run any more, for a fault that somebody else made proves nothing; unless that was this run,
// by an earlier Do that was cut short.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error {
	client := ec2.NewFromConfig(env.AWS)
	now, err := s.look(ctx, client, env.RunID)
	if err != nil {
		return err
	}
	if now.ours && now.off() {
		return s.wait(ctx, env, client)
	}
	if now.run != "" && now.run != env.RunID {
		return fmt.Errorf("%s: %s", s.Instance, injectors.HeldBy(now.run))
	}
	if now.state != types.InstanceStateNameRunning {
		return fmt.Errorf("%s is %s now, and was running when it was picked: plan again", s.Instance, now.state)
	}
	if s.stops() {
		if err := s.tag(ctx, client, env.RunID, false); err != nil {
			return fmt.Errorf("tag %s: %w", s.Instance, err)
		}
	}
	if err := s.act(ctx, client, false); err != nil && !s.allTheSame(ctx, env, client, err) {
		return s.explain(err)
	}
	return s.wait(ctx, env, client)
}

// looks is how often to look, env.Poll apart, before believing that nothing has happened. EC2's describes lag behind
// by seconds.
const looks = 10

// allTheSame reports whether the instance is going although the call ended in an error.
func (s *Step) allTheSame(ctx context.Context, env *cloud.Env, client *ec2.Client, err error) bool {
	if cloud.Declined(err) {
		return false
	}
	return nil == cloud.Await(ctx, env, looks, s.Instance+" to go", func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, client, env.RunID)
		return string(now.state), s.under(now), err
	})
}

// act makes the one call that matters.
func (s *Step) act(ctx context.Context, client *ec2.Client, dry bool) error {
	ids := []string{s.Instance}
	var err error
	switch s.Mode {
	case Terminate:
		_, err = client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: ids, DryRun: aws.Bool(dry)})
	case Stop, ForceStop:
		// Force would first try a graceful shutdown, all the same.
		_, err = client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: ids, SkipOsShutdown: aws.Bool(s.Mode == ForceStop), DryRun: aws.Bool(dry)})
	case Reboot:
		_, err = client.RebootInstances(ctx, &ec2.RebootInstancesInput{InstanceIds: ids, DryRun: aws.Bool(dry)})
	default:
		panic("instance_kill: unknown mode " + s.Mode)
	}
	return err
}

// explain says what to do about EC2's refusal.
func (s *Step) explain(err error) error {
	if code(err) == "OperationNotPermitted" {
		return fmt.Errorf("%s: it is protected; take the protection off or pick another: %w", s, err)
	}
	return fmt.Errorf("%s: %w", s, err)
}

// sight is the instance as EC2 shows it.
type sight struct {
	state types.InstanceStateName // "terminated" where EC2 has forgotten it
	run   string                  // that tagged it, "" if none
	ours  bool                    // it was this one
}

// off reports whether the instance runs nothing and will not come back by itself.
func (n sight) off() bool {
	return slices.Contains([]types.InstanceStateName{types.InstanceStateNameShuttingDown, types.InstanceStateNameTerminated,
		types.InstanceStateNameStopping, types.InstanceStateNameStopped}, n.state)
}

// gone reports whether the instance can never come back.
func (n sight) gone() bool {
	return n.state == types.InstanceStateNameShuttingDown || n.state == types.InstanceStateNameTerminated
}

// look asks EC2 for the instance.
func (s *Step) look(ctx context.Context, client *ec2.Client, run string) (sight, error) {
	out, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{s.Instance}})
	if code(err) == "InvalidInstanceID.NotFound" {
		return sight{state: types.InstanceStateNameTerminated}, nil
	}
	if err != nil {
		return sight{}, fmt.Errorf("describe %s: %w", s.Instance, err)
	}
	if len(out.Reservations) == 0 || len(out.Reservations[0].Instances) == 0 || out.Reservations[0].Instances[0].State == nil {
		return sight{}, fmt.Errorf("describe %s: EC2 answered without it", s.Instance)
	}
	i := out.Reservations[0].Instances[0]
	by := tagged(i.Tags, cloud.RunTag)
	return sight{i.State.Name, by, by == run}, nil
}

// under reports whether an instance that ran a moment ago is on its way to what Do wants. A reboot does not show.
func (s *Step) under(n sight) bool {
	return s.Mode == Terminate && n.gone() || s.stops() && n.off()
}

// wait returns once the fault is in effect.
func (s *Step) wait(ctx context.Context, env *cloud.Env, client *ec2.Client) error {
	if s.Mode == Reboot {
		return s.waitDown(ctx, env)
	}
	return cloud.Wait(ctx, env, s.Instance+" to go", func(ctx context.Context) (string, bool, error) {
		n, err := s.look(ctx, client, env.RunID)
		return string(n.state), n.gone() || s.stops() && n.state == types.InstanceStateNameStopped, err
	})
}

// waitDown returns once a reboot shows: EC2 calls a rebooting instance running, but ECS loses its agent, and its
// tasks. Outside of a cluster, or with no task to lose, EC2's word that the reboot was accepted has to do.
func (s *Step) waitDown(ctx context.Context, env *cloud.Env) error {
	if len(s.Tasks) == 0 {
		return nil
	}
	return cloud.Wait(ctx, env, s.Instance+" to go down", func(ctx context.Context) (string, bool, error) {
		instances, err := inventory.Instances(ctx, env, s.Cluster)
		if err != nil {
			return "", false, err
		}
		at := slices.IndexFunc(instances, func(i inventory.Instance) bool { return i.ARN == s.ContainerInstance })
		if at < 0 || !instances[at].Connected {
			return "", true, nil
		}
		running, err := inventory.Running(ctx, env, s.Cluster, s.Tasks)
		return "its agent is connected and its tasks run", running < len(s.Tasks), err
	})
}

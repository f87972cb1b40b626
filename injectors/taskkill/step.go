package taskkill

import (
	"context"
	"fmt"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Step stops one task.
type Step struct {
	Region  string
	Cluster string
	Task    string            // ARN
	Zone    string            // "" where ECS did not say
	Service *inventory.Former // that owns it, nil if none does
	Reason  string            // for ECS to show, "" for the run's id
}

func (s *Step) String() string {
	owner := "cluster " + s.Cluster
	if s.Service != nil {
		owner = "service " + s.Cluster + "/" + s.Service.Service
	}
	if s.Zone != "" {
		owner += ", " + s.Zone
	}
	return fmt.Sprintf("stop task %s (%s)", path.Base(s.Task), owner)
}

// Describe says that a task never comes back, and who replaces it.
func (s *Step) Describe() injectors.Description {
	d := injectors.Description{
		Undo:         "nothing replaces it",
		Irreversible: "a stopped task does not come back",
		Permissions:  []string{"ecs:DescribeTasks", "ecs:StopTask"},
	}
	if s.Service == nil {
		return d
	}
	d.Undo = "wait until service " + s.Cluster + "/" + s.Service.Service + " has started another, and it serves"
	d.Permissions = append(d.Permissions, "ecs:DescribeServices", "ecs:ListTasks")
	if len(s.Service.Pools) > 0 {
		d.Permissions = append(d.Permissions, "elasticloadbalancing:DescribeTargetHealth")
	}
	d.Manual = []string{
		"# as many tasks of " + s.Service.Service + " should be running as are wanted",
		fmt.Sprintf(`aws ecs --region %s describe-services --cluster %s --services %s --output text --query "services[].[runningCount,desiredCount]"`,
			s.Region, s.Cluster, s.Service.Service),
	}
	return d
}

// Do stops the task and returns once its containers have ended. It fails where the task does not run any more, for a
// fault that somebody else made proves nothing; unless that was this run, by an earlier Do that was cut short.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error {
	now, err := s.look(ctx, env)
	if err != nil {
		return err
	}
	reason := s.reason(env.RunID)
	if now.ending() && now.why != reason {
		return fmt.Errorf("task %s has stopped since it was picked: plan again", path.Base(s.Task))
	}
	if !now.ending() {
		if err := s.stop(ctx, env, reason); err != nil && !s.allTheSame(ctx, env, err) {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return cloud.Wait(ctx, env, s.String(), func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, env)
		return now.last, now.ended(), err
	})
}

// reason is what ECS shows, and how we know our own deed again.
func (s *Step) reason(run string) string {
	if s.Reason != "" {
		return s.Reason
	}
	return fmt.Sprintf("%.*s", mostReason, "stopped by gameday, run "+run)
}

func (s *Step) stop(ctx context.Context, env *cloud.Env, reason string) error {
	_, err := ecs.NewFromConfig(env.AWS).StopTask(ctx, &ecs.StopTaskInput{Cluster: aws.String(s.Cluster), Task: aws.String(s.Task), Reason: aws.String(reason)})
	return err
}

// looks is how often to look, env.Poll apart, before believing that nothing has happened.
const looks = 10

// allTheSame reports whether the task is stopping although the call ended in an error.
func (s *Step) allTheSame(ctx context.Context, env *cloud.Env, err error) bool {
	if cloud.Declined(err) {
		return false
	}
	return nil == cloud.Await(ctx, env, looks, s.String(), func(ctx context.Context) (string, bool, error) {
		now, err := s.look(ctx, env)
		return now.last, now.ending(), err
	})
}

// sight is the task as ECS shows it.
type sight struct{ last, desired, why string }

func (n sight) ending() bool { return n.desired == "STOPPED" || n.ended() }

// ended reports whether the containers have. What comes after is the clearing away of the task's network interface.
func (n sight) ended() bool {
	return n.last == "DEPROVISIONING" || n.last == "STOPPED" || n.last == "DELETED"
}

// look asks ECS for the task. One that ECS has forgotten stopped a while ago.
func (s *Step) look(ctx context.Context, env *cloud.Env) (sight, error) {
	found, err := inventory.DescribeTasks(ctx, env, s.Cluster, []string{s.Task})
	switch {
	case err != nil:
		return sight{}, fmt.Errorf("look at task %s: %w", path.Base(s.Task), err)
	case len(found) > 0:
		t := found[0]
		return sight{aws.ToString(t.LastStatus), aws.ToString(t.DesiredStatus), aws.ToString(t.StoppedReason)}, nil
	}
	return sight{last: "STOPPED", desired: "STOPPED"}, nil
}

// Undo waits until the service runs as many tasks as it wants, and its load balancers find them healthy. It has
// nothing to wait for where no service owns the task.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	if s.Service == nil {
		return nil
	}
	return cloud.Wait(ctx, env, fmt.Sprintf("service %s/%s to be whole", s.Cluster, s.Service.Service), func(ctx context.Context) (string, bool, error) {
		lack, err := s.Service.Lack(ctx, env, "")
		return lack, lack == "", err
	})
}

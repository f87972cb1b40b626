package instancekill

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/command"
	"gameday/internal/inventory"
)

// Step takes away one instance. It remembers what depended on the instance, so that Undo knows what whole means.
type Step struct {
	Mode     string
	Region   string
	Instance string
	Zone     string

	Serves []string // where it can be started again: ARNs of the target groups in which it, or a task on it, was a healthy target

	Group string // its Auto Scaling group, "" if none
	Pools []inventory.Pool

	Cluster           string             // its ECS cluster, "" if none
	ContainerInstance string             // ARN
	Connected         int                // of its group's instances in service, how many ECS could use
	Tasks             []string           // ARNs of those that ran on it
	Services          []inventory.Former // those with a task on it
}

func (s *Step) String() string {
	where := s.Zone
	switch {
	case s.Cluster != "":
		where += fmt.Sprintf(", cluster %s, %s on it", s.Cluster, injectors.Counted(len(s.Tasks), "task"))
	case s.Group != "":
		where += ", Auto Scaling group " + s.Group
	}
	verb := map[string]string{Terminate: "terminate", Stop: "stop", ForceStop: "stop by force", Reboot: "reboot"}[s.Mode]
	return fmt.Sprintf("%s %s (%s)", verb, s.Instance, where)
}

// stops reports whether the instance can be started again.
func (s *Step) stops() bool { return s.Mode == Stop || s.Mode == ForceStop }

// Describe says what a stop's undo does, and why the other modes have none.
func (s *Step) Describe() injectors.Description {
	looking := []string{"ec2:DescribeInstances"}
	if s.Group != "" {
		looking = append(looking, "autoscaling:DescribeAutoScalingGroups")
	}
	if s.Cluster != "" {
		looking = append(looking, "ecs:DescribeContainerInstances", "ecs:DescribeServices", "ecs:DescribeTasks",
			"ecs:ListContainerInstances", "ecs:ListTasks")
	}
	if s.Cluster != "" || len(s.Pools) > 0 {
		looking = append(looking, "elasticloadbalancing:DescribeTargetHealth")
	}
	switch s.Mode {
	case Terminate:
		return injectors.Description{
			Undo:         s.healing(),
			Irreversible: "a terminated instance is gone, and so is all that only it had",
			Permissions:  append(looking, "ec2:TerminateInstances"),
			Manual:       s.lookByHand(),
		}
	case Reboot:
		return injectors.Description{
			Undo:         "wait until it is up again, and all that depends on it",
			Irreversible: "a reboot is over as soon as it has happened",
			Permissions:  append(looking, "ec2:RebootInstances"),
			Manual:       s.lookByHand(),
		}
	}
	return injectors.Description{
		Undo:        "start it, and wait until it runs, its ECS agent is connected and its targets are healthy",
		Permissions: append(looking, "ec2:CreateTags", "ec2:DeleteTags", "ec2:StartInstances", "ec2:StopInstances"),
		Manual: append([]string{
			"# start it. Where AWS says IncorrectInstanceState it is still stopping: the same again a minute later",
			s.cli("ec2", "start-instances --instance-ids "+s.Instance),
			s.cli("ec2", "wait instance-running --instance-ids "+s.Instance),
			"# remove the tag of the run",
			s.cli("ec2", fmt.Sprintf("delete-tags --resources %s --tags Key=%s", s.Instance, cloud.RunTag)),
			"# it is done when this shows running",
			s.cli("ec2", fmt.Sprintf("describe-instances --instance-ids %s --output text --query %s", s.Instance, `"Reservations[].Instances[].State.Name"`)),
		}, s.lookByHand()...),
	}
}

// healing says who replaces a terminated instance.
func (s *Step) healing() string {
	if s.Group == "" {
		return "nothing replaces it: wait until the services run elsewhere"
	}
	return "wait until Auto Scaling group " + s.Group + " has replaced it, and all that depended on it is whole"
}

// lookByHand are commands that show how far healing has come.
func (s *Step) lookByHand() []string {
	var commands []string
	if s.Group != "" {
		commands = append(commands, "# what the Auto Scaling group has done about it",
			s.cli("autoscaling", "describe-scaling-activities --max-items 5 --output text --auto-scaling-group-name "+command.Quote(s.Group)+
				` --query "Activities[].[StartTime,StatusCode,Description]"`))
	}
	for _, f := range s.Services {
		commands = append(commands, "# as many tasks of "+f.Service+" should be running as are wanted",
			s.cli("ecs", fmt.Sprintf("describe-services --cluster %s --services %s --output text --query %s", f.Cluster, f.Service,
				`"services[].[runningCount,desiredCount]"`)))
	}
	return commands
}

func (s *Step) cli(service, command string) string {
	return fmt.Sprintf("aws %s --region %s %s", service, s.Region, command)
}

// Rehearse asks EC2 whether it would let us do and undo this.
func (s *Step) Rehearse(ctx context.Context, env *cloud.Env) error {
	client := ec2.NewFromConfig(env.AWS)
	if err := rehearsed(s.act(ctx, client, true)); err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	if !s.stops() {
		return nil
	}
	_, err := client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{s.Instance}, DryRun: aws.Bool(true)})
	if err := rehearsed(err); err != nil && code(err) != "IncorrectInstanceState" { // which it is, while it runs
		return fmt.Errorf("start %s again: %w", s.Instance, err)
	}
	if err := rehearsed(s.tag(ctx, client, env.RunID, true)); err != nil {
		return fmt.Errorf("tag %s: %w", s.Instance, err)
	}
	if err := rehearsed(s.untag(ctx, client, env.RunID, true)); err != nil {
		return fmt.Errorf("remove the tag of %s: %w", s.Instance, err)
	}
	return nil
}

// rehearsed is nil where a dry run says that the call would have gone well.
func rehearsed(err error) error {
	if code(err) == "DryRunOperation" {
		return nil
	}
	return err
}

// code is AWS's error code, "" where AWS did not answer with one.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// Lasts reports whether a stopped instance still does not run. Whatever else was done to it has no end of its own.
func (s *Step) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	if !s.stops() {
		return "", nil
	}
	now, err := s.look(ctx, ec2.NewFromConfig(env.AWS), env.RunID)
	if err != nil || now.off() {
		return "", err
	}
	return fmt.Sprintf("%s is %s", s.Instance, now.state), nil
}

// Insure has nothing to get ready. Where the instance can be started again, the call starts it.
func (s *Step) Insure(context.Context, *cloud.Env) ([]injectors.Call, error) {
	if !s.stops() {
		return nil, nil
	}
	return []injectors.Call{{Service: "ec2", Action: "StartInstances", Input: map[string]any{"InstanceIds": []string{s.Instance}}}}, nil
}

package ecsdeploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Step starts one deployment of one service.
type Step struct {
	Region     string
	Cluster    string
	Service    string
	ARN        string // of the service
	Deployment string // the PRIMARY one before, "" where that is not known
	Before     Version
	After      Version
	Restores   bool             // Before and After differ, so that undoing takes more than waiting
	Former     inventory.Former // what whole means
}

func (s *Step) name() string { return "service " + s.Cluster + "/" + s.Service }

func (s *Step) String() string {
	if !s.Restores {
		return fmt.Sprintf("deploy %s to %s once more", s.Before, s.name())
	}
	return fmt.Sprintf("deploy %s to %s, which is %s", s.After, s.name(), s.Before)
}

// Describe says what is restored, or that there is nothing to restore.
func (s *Step) Describe() injectors.Description {
	d := injectors.Description{
		Undo: fmt.Sprintf("nothing to restore: wait until %s is whole and its rollout completed, and deploy once more if ECS has given up", s.name()),
		Permissions: []string{
			"ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks", "ecs:UpdateService",
		},
		Manual: []string{"# deploy it once more", s.cli("update-service --service %s --force-new-deployment", s.Service)},
	}
	if len(s.Former.Pools) > 0 || s.Service == "" { // of an empty step, all that there may be
		d.Permissions = append(d.Permissions, "elasticloadbalancing:DescribeTargetHealth")
	}
	if !s.Restores {
		d.Irreversible = "the tasks that are replaced do not come back"
		d.Manual = append(d.Manual, s.stable()...)
		return d
	}
	d.Undo = fmt.Sprintf("set %s back to %s, and wait until that is rolled out", s.name(), s.Before)
	d.Permissions = append(d.Permissions, "ecs:TagResource", "ecs:UntagResource")
	update := s.cli("update-service --service %s --task-definition %s", s.Service, s.Before.Definition)
	if s.Before.Desired != nil {
		update += fmt.Sprintf(" --desired-count %d", *s.Before.Desired)
	}
	d.Keep = []string{
		"# remove the tags of the run",
		fmt.Sprintf("aws ecs --region %s untag-resource --resource-arn %s --tag-keys %s %s %s", s.Region, s.ARN, cloud.RunTag, wasTag, leftTag),
	}
	d.Manual = slices.Concat([]string{"# set the service back, whatever it is now", update}, d.Keep, s.stable())
	return d
}

func (s *Step) cli(format string, args ...any) string {
	return fmt.Sprintf("aws ecs --region %s ", s.Region) + fmt.Sprintf(format, args...) + " --cluster " + s.clusterARN()
}

// clusterARN names the cluster so that another account, where a service may have the same name, takes it for nothing of its own.
func (s *Step) clusterARN() string {
	of, _, known := strings.Cut(s.ARN, ":service/")
	if !known {
		return s.Cluster
	}
	return of + ":cluster/" + s.Cluster
}

// stable waits until the service has settled, and shows what it is then.
func (s *Step) stable() []string {
	return []string{
		"# wait until that is rolled out, which may take minutes",
		s.cli("wait services-stable --services %s", s.Service),
		fmt.Sprintf("# it is done when this shows %s and COMPLETED", s.Before),
		s.cli("describe-services --services %s --output text --query %s", s.Service,
			`"services[].[taskDefinition,desiredCount,deployments[0].rolloutState]"`),
	}
}

// Insure has nothing to get ready. The call sets the service back; where it is deployed anew there is nothing to set back.
func (s *Step) Insure(context.Context, *cloud.Env) ([]injectors.Call, error) {
	if !s.Restores {
		return nil, nil
	}
	input := map[string]any{"Cluster": s.Cluster, "Service": s.Service, "TaskDefinition": s.Before.Definition}
	if s.Before.Desired != nil {
		input["DesiredCount"] = *s.Before.Desired
	}
	return []injectors.Call{{Service: "ecs", Action: "UpdateService", Input: input}}, nil
}

package instancekill

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gameday/injectors"
	"gameday/internal/inventory"
)

var full = Step{
	Mode: Stop, Region: "eu-west-1", Instance: "i-0abc", Zone: "eu-west-1a",
	Serves: []string{"arn:tg"},
	Group:  "web", Pools: []inventory.Pool{{TargetGroup: "arn:tg", Healthy: 6}},
	Cluster: "web", ContainerInstance: "arn:ci", Connected: 6, Tasks: []string{"arn:task"},
	Services: []inventory.Former{{Cluster: "web", Service: "conversations", Pools: []inventory.Pool{{TargetGroup: "arn:tg", Healthy: 6}}}},
}

func TestStepsSurviveTheJournal(t *testing.T) {
	for _, step := range []Step{full, {Mode: Terminate, Instance: "i-0abc"}} {
		line, err := json.Marshal(step)
		if err != nil {
			t.Fatal(err)
		}
		back := Kind().Step()
		if err := json.Unmarshal(line, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, &step) {
			t.Errorf("came back as %+v, was %+v", back, step)
		}
	}
}

func TestOnlyAStopCanBeTakenBack(t *testing.T) {
	for _, mode := range modes {
		step := full
		step.Mode = mode
		about := step.Describe()
		if reversible := about.Irreversible == ""; reversible != step.stops() {
			t.Errorf("%s: reversible is %v", mode, reversible)
		}
		for _, command := range about.Manual {
			if strings.HasPrefix(command, "# ") {
				continue // says what the next one is for
			}
			if !strings.HasPrefix(command, "aws ") || !strings.Contains(command, " --region eu-west-1 ") {
				t.Errorf("%s: not a complete command: %s", mode, command)
			}
		}
	}
}

func TestAStepAsksForNoMoreThanItNeeds(t *testing.T) {
	writes := map[string]string{
		Terminate: "ec2:TerminateInstances",
		Reboot:    "ec2:RebootInstances",
		Stop:      "ec2:CreateTags ec2:DeleteTags ec2:StartInstances ec2:StopInstances",
		ForceStop: "ec2:CreateTags ec2:DeleteTags ec2:StartInstances ec2:StopInstances",
	}
	for mode, want := range writes {
		var got []string
		for _, action := range (&Step{Mode: mode, Instance: "i-0abc"}).Describe().Permissions {
			if action != "ec2:DescribeInstances" {
				got = append(got, action)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s needs %v, want %s", mode, got, want)
		}
	}
}

var _ injectors.Rehearser = (*Step)(nil)

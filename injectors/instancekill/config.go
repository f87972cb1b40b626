package instancekill

import (
	"fmt"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/attr"
)

// The ways to take an instance away.
const (
	Terminate = "terminate"  // its operating system shuts down, then it is gone for good
	Stop      = "stop"       // its operating system shuts down, then it can be started again
	ForceStop = "force_stop" // the same without a shutdown: as near to sudden death as the API comes
	Reboot    = "reboot"     // its operating system shuts down and comes back
)

var modes = [...]string{Terminate, Stop, ForceStop, Reboot}

// InstanceKill picks running EC2 instances that match all of its selection, and takes them away.
type InstanceKill struct {
	Mode             string            `hcl:"mode,optional" doc:"how: terminate, stop, force_stop (no operating-system shutdown) or reboot"`
	Cluster          string            `hcl:"cluster,optional" doc:"only container instances of this ECS cluster, by name or ARN"`
	Service          string            `hcl:"service,optional" doc:"only instances that run at least one task of this service of cluster, by name or ARN"`
	AutoScalingGroup string            `hcl:"auto_scaling_group,optional" doc:"only instances of this Auto Scaling group"`
	Tags             map[string]string `hcl:"tags,optional" doc:"only instances that carry all of these tags"`
	Zone             string            `hcl:"zone,optional" doc:"only instances in this availability zone, like eu-west-1a"`
	IDs              []string          `hcl:"ids,optional" doc:"only these instances, and an error if one of them is not eligible"`
	Count            *int              `hcl:"count,optional" doc:"how many to kill: 1, or all of ids, unless count or percent says otherwise"`
	Percent          attr.Share        `hcl:"percent,optional" doc:"how many to kill, as a share of the eligible instances: rounded down, but at least 1"`
	AllowStateful    bool              `hcl:"allow_stateful,optional" doc:"also kill instances whose tasks keep state in volumes"`
}

// Validate says which attributes contradict each other.
func (k *InstanceKill) Validate() []attr.Problem {
	var problems []attr.Problem
	add := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	if !slices.Contains(modes[:], k.Mode) {
		add("mode", "Unknown mode", fmt.Sprintf("%q is none of %s.", k.Mode, strings.Join(modes[:], ", ")))
	}
	if k.Cluster == "" && k.AutoScalingGroup == "" && len(k.Tags) == 0 && len(k.IDs) == 0 {
		add("", "Nothing to pick from", "Set at least one of cluster, auto_scaling_group, tags or ids.")
	}
	if k.Service != "" && k.Cluster == "" {
		add("service", "A service is known by its cluster", "Set cluster, too.")
	}
	problems = append(problems, k.amount().Check("kill")...)
	for _, id := range k.IDs {
		if !strings.HasPrefix(id, "i-") {
			add("ids", "Not an instance's id", fmt.Sprintf("%q does not begin with i-, as the ids of EC2 instances do.", id))
		}
	}
	return problems
}

// Momentary says that only a stopped instance can be started after a while.
func (k *InstanceKill) Momentary() string {
	if k.stops() {
		return ""
	}
	return fmt.Sprintf("With mode = %q nothing is held that could be ended after a while. Remove duration, or use stop or force_stop.", k.Mode)
}

// stops reports whether the mode needs an instance that can be stopped.
func (k *InstanceKill) stops() bool { return k.Mode == Stop || k.Mode == ForceStop }

func (k *InstanceKill) amount() injectors.Amount {
	return injectors.Amount{Count: k.Count, Percent: k.Percent, Named: k.IDs}
}

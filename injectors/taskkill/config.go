package taskkill

import (
	"fmt"
	"path"

	"gameday/injectors"
	"gameday/internal/attr"
)

// TaskKill picks running tasks that match all of its selection, and stops them.
type TaskKill struct {
	Cluster       string     `hcl:"cluster" doc:"the ECS cluster, by name or ARN"`
	Service       string     `hcl:"service,optional" doc:"only tasks of this service, by name or ARN"`
	Tasks         []string   `hcl:"tasks,optional" doc:"only these tasks, by id or ARN, and an error if one of them is not eligible"`
	Zone          string     `hcl:"zone,optional" doc:"only tasks in this availability zone, like eu-west-1a"`
	Count         *int       `hcl:"count,optional" doc:"how many to stop: 1, or all of tasks, unless count or percent says otherwise"`
	Percent       attr.Share `hcl:"percent,optional" doc:"how many to stop, as a share of the eligible tasks: rounded down, but at least 1"`
	AllowStateful bool       `hcl:"allow_stateful,optional" doc:"also stop tasks that keep state in volumes"`
	Reason        string     `hcl:"reason,optional" doc:"what ECS shows as the reason, at most 255 characters; names the run where it is absent"`
}

// mostReason is how many characters of a reason ECS takes.
const mostReason = 255

// Validate says which attributes contradict each other.
func (k *TaskKill) Validate() []attr.Problem {
	var problems []attr.Problem
	add := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	if k.Service == "" && len(k.Tasks) == 0 {
		add("", "Nothing to pick from", "Set service or tasks.")
	}
	problems = append(problems, k.amount().Check("stop")...)
	if n := len([]rune(k.Reason)); n > mostReason {
		add("reason", "Too long", fmt.Sprintf("ECS takes %d characters, and these are %d.", mostReason, n))
	}
	return problems
}

func (k *TaskKill) amount() injectors.Amount {
	return injectors.Amount{Count: k.Count, Percent: k.Percent, Named: ids(k.Tasks)}
}

// ids are the ids in references to tasks, so that a task that is named by id and by ARN is one task.
func ids(refs []string) []string {
	var all []string
	for _, ref := range refs {
		all = append(all, path.Base(ref))
	}
	return all
}

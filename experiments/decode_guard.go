package experiments

import (
	"fmt"
	"regexp"

	"gameday/internal/attr"
)

// guardBlock is the body of `guard {}`.
type guardBlock struct {
	Accounts    []string          `hcl:"accounts,optional"`
	MaxTargets  *int              `hcl:"max_targets,optional"`
	MaxPercent  attr.Share        `hcl:"max_percent,optional"`
	RequireTags map[string]string `hcl:"require_tags,optional"`
	MaxRate     attr.Rate         `hcl:"max_rate,optional"`
	DeadMan     string            `hcl:"dead_man,optional"`
	DeadManRole string            `hcl:"dead_man_role,optional"`
}

var (
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
	roleARN   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)
)

// Validate refuses rules that forbid nothing or everything: whoever wrote them meant something else.
func (g *guardBlock) Validate() (problems []attr.Problem) {
	say := func(name, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: fmt.Sprintf("Wrong value for %q", name), Detail: detail})
	}
	if g.Accounts == nil && g.MaxTargets == nil && g.MaxPercent == "" && g.RequireTags == nil && g.MaxRate == "" && g.DeadMan == "" && g.DeadManRole == "" {
		return []attr.Problem{{Summary: "Empty guard", Detail: "It guards against nothing. Set accounts, max_targets, max_percent, require_tags, max_rate or dead_man, or leave the block out."}}
	}
	switch {
	case g.DeadMan != "" && g.DeadMan != "aws":
		say("dead_man", "It can only be \"aws\": AWS itself ends a fault whose runner and watchdog are lost.")
	case g.DeadMan == "" && g.DeadManRole != "":
		say("dead_man_role", "It is used with dead_man = \"aws\" only.")
	case g.DeadMan != "" && !roleARN.MatchString(g.DeadManRole):
		say("dead_man", "It needs dead_man_role, the ARN of a role that EventBridge Scheduler may take on and that may undo the faults, like \"arn:aws:iam::123456789012:role/gameday-dead-man\".")
	}
	if g.Accounts != nil && len(g.Accounts) == 0 {
		say("accounts", "The list is empty, so every account would be refused. Name the accounts in which this may run.")
	}
	for _, account := range g.Accounts {
		if !accountID.MatchString(account) {
			say("accounts", fmt.Sprintf("%q is not the id of an AWS account: write its 12 digits, in quotes.", account))
		}
	}
	if g.MaxTargets != nil && *g.MaxTargets < 1 {
		say("max_targets", "It must be 1 or more: with less, nothing could be touched.")
	}
	if g.MaxPercent != "" && g.MaxPercent.Ratio() == 0 {
		say("max_percent", "It must be more than 0%: with nothing, nothing could be touched.")
	}
	if g.RequireTags != nil && len(g.RequireTags) == 0 {
		say("require_tags", "The map is empty, so it requires nothing. Name the tags that targets must carry, like { chaos = \"allowed\" }.")
	}
	return problems
}

// guard is what the block allows; without a block, everything.
func (g *guardBlock) guard() Guard {
	if g == nil {
		return Guard{}
	}
	allowed := Guard{Accounts: g.Accounts, MaxTargets: g.MaxTargets, RequireTags: g.RequireTags, MaxRate: g.MaxRate, DeadMan: g.DeadManRole}
	if g.MaxPercent != "" {
		ratio := g.MaxPercent.Ratio()
		allowed.MaxPercent = &ratio
	}
	return allowed
}

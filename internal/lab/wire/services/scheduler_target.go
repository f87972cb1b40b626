package services

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	types "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// sdkNames are the services whose name in the SDK, which the scheduler uses, is not IAM's.
var sdkNames = map[string]string{
	"elasticloadbalancing": "elasticloadbalancingv2",
	"logs":                 "cloudwatchlogs",
	"tag":                  "resourcegroupstaggingapi",
}

// readOnly are the beginnings of actions that cannot be scheduled, as AWS documents them.
var readOnly = []string{"get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover",
	"validate", "batchGet", "batchDescribe", "batchRead", "transactGet"}

var (
	universal = regexp.MustCompile(`^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([a-z][A-Za-z0-9]*)$`)
	roleARN   = regexp.MustCompile(`^arn:aws:iam::(\d{12}):role/([\w+=,.@/-]+)$`)
)

// target checks what a schedule is to do as far as that can be said beforehand: that there is such a call, and that it takes
// such parameters.
func (s schedulerService) target(t *types.Target) (world.ScheduleTarget, error) {
	if t == nil {
		return world.ScheduleTarget{}, protocol.Faultf("ValidationException", "A schedule needs a target.")
	}
	if err := only("ValidationException", t, "Arn", "RoleArn", "Input", "RetryPolicy", "DeadLetterConfig"); err != nil {
		return world.ScheduleTarget{}, err
	}
	v := world.ScheduleTarget{
		ARN: aws.ToString(t.Arn), Role: aws.ToString(t.RoleArn), Input: aws.ToString(t.Input), Attempts: 185, MaxAge: 24 * time.Hour,
	}
	if t.DeadLetterConfig != nil {
		v.DeadLetter = aws.ToString(t.DeadLetterConfig.Arn)
	}
	if p := t.RetryPolicy; p != nil {
		if p.MaximumRetryAttempts != nil {
			v.Attempts = int(*p.MaximumRetryAttempts)
		}
		if p.MaximumEventAgeInSeconds != nil {
			v.MaxAge = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
		}
	}
	if role := roleARN.FindStringSubmatch(v.Role); role == nil || role[1] != s.world.Account().ID {
		return v, protocol.Faultf("ValidationException", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
	}
	if v.Attempts < 0 || v.Attempts > 185 || v.MaxAge < time.Minute || v.MaxAge > 24*time.Hour {
		return v, protocol.Faultf("ValidationException", "A retry policy has 0 to 185 attempts and a maximum age of 60 to 86400 seconds.")
	}
	_, err := Scheduled(s.targets, v)
	return v, err
}

// Planned is a call that a schedule makes.
type Planned struct {
	Service   *Service
	Operation Operation
	Input     any // a pointer to the SDK's input
}

// Scheduled is what a schedule's target stands for. Errors are ValidationExceptions.
func Scheduled(services []*Service, t world.ScheduleTarget) (Planned, error) {
	bad := func(format string, args ...any) (Planned, error) {
		return Planned{}, protocol.Faultf("ValidationException", format, args...)
	}
	parts := universal.FindStringSubmatch(t.ARN)
	if parts == nil {
		return bad("Provided Arn is not in correct format. The lab knows arn:aws:scheduler:::aws-sdk:service:apiAction.")
	}
	name, action := parts[1], parts[2]
	i := slices.IndexFunc(services, func(s *Service) bool { return cmp.Or(sdkNames[s.Name], s.Name) == name })
	if i < 0 {
		return bad("%s is not a supported service for a target.", name)
	}
	o, ok := services[i].Operations[strings.ToUpper(action[:1])+action[1:]]
	if !ok || slices.ContainsFunc(readOnly, func(prefix string) bool { return strings.HasPrefix(action, prefix) }) {
		return bad("%s is not a supported api for service %s.", action, name)
	}
	in := o.New()
	if err := protocol.ReadByName([]byte(t.Input), in); err != nil {
		return bad("Invalid RequestJson provided. Reason: %s by api '%s:%s'.", err, name, action)
	}
	return Planned{services[i], o, in}, nil
}

package wire_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gameday/internal/lab/wire"
	"gameday/internal/lab/wire/protocol"
)

const role = "arn:aws:iam::123456789012:role/gameday-dead-man"

// at is the expression for a time so far from now.
func at(in time.Duration) *string {
	return aws.String("at(" + time.Now().Add(in).UTC().Format("2006-01-02T15:04:05") + ")")
}

// marking is a schedule that tags an instance.
func marking(name, instance string, when *string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: &name, ScheduleExpression: when, ActionAfterCompletion: schedules.ActionAfterCompletionDelete,
		FlexibleTimeWindow: &schedules.FlexibleTimeWindow{Mode: schedules.FlexibleTimeWindowModeOff},
		Target: &schedules.Target{
			Arn: aws.String("arn:aws:scheduler:::aws-sdk:ec2:createTags"), RoleArn: aws.String(role),
			Input: aws.String(`{"Resources":["` + instance + `"],"Tags":[{"Key":"mark","Value":"` + name + `"}]}`),
		},
	}
}

// gone waits until a schedule is no more.
func gone(t *testing.T, client *scheduler.Client, name string) {
	t.Helper()
	await(t, "the schedule "+name+" is gone", func() bool {
		return len(must(client.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{NamePrefix: &name}))(t).Schedules) == 0
	})
}

func TestAScheduleReallyMakesItsCall(t *testing.T) {
	handler, cfg := lab(t, wire.Options{Denied: []string{"ec2:StartInstances"}}) // the role may, whatever the caller may not
	instances, client := ec2.NewFromConfig(cfg), scheduler.NewFromConfig(cfg)
	ctx := t.Context()
	instance := anInstance(t, instances)
	state := func() ec2types.InstanceStateName {
		return must(instances.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{instance}}))(t).Reservations[0].Instances[0].State.Name
	}
	in := marking("start", instance, at(2*time.Second))
	in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:ec2:startInstances")
	in.Target.Input = aws.String(`{"InstanceIds":["` + instance + `"],"AdditionalInfo":null,"DryRun":null}`)
	arn := *must(client.CreateSchedule(ctx, in))(t).ScheduleArn
	if arn != "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/start" {
		t.Errorf("got %s", arn)
	}
	got := must(client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String("start")}))(t)
	if *got.ScheduleExpressionTimezone != "UTC" || got.State != schedules.ScheduleStateEnabled || *got.Target.Input != *in.Target.Input ||
		*got.Target.RetryPolicy.MaximumRetryAttempts != 185 || *got.Target.RetryPolicy.MaximumEventAgeInSeconds != 86400 {
		t.Errorf("got %+v", got)
	}
	gone(t, client, "start")
	var made []wire.Call
	for _, c := range handler.Calls() {
		if c.Action == "StartInstances" {
			made = append(made, c)
		}
	}
	if len(made) != 1 || made[0].By != "arn:aws:sts::123456789012:assumed-role/gameday-dead-man/start" || !made[0].Applied || made[0].Code != "" {
		t.Errorf("calls %+v", made)
	}
	if input := made[0].Input.(*ec2.StartInstancesInput); len(input.InstanceIds) != 1 || input.InstanceIds[0] != instance {
		t.Errorf("got %+v", input)
	}
	if got := state(); got != ec2types.InstanceStateNameRunning {
		t.Errorf("the instance is %s", got)
	}
}

// Parameters are in Pascal case for every service, also where the service itself has them in camel case.
func TestSchedulesSpeakToEveryServiceInPascalCase(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client, services := scheduler.NewFromConfig(cfg), ecs.NewFromConfig(cfg)
	in := marking("scale", "", at(time.Second))
	in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:ecs:updateService")
	in.Target.Input = aws.String(`{"Cluster":"web","Service":"front","DesiredCount":2}`)
	must(client.CreateSchedule(t.Context(), in))(t)
	gone(t, client, "scale")
	out := must(services.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: aws.String("web"), Services: []string{"front"}}))(t)
	if got := out.Services[0].DesiredCount; got != 2 {
		t.Errorf("%d tasks are desired", got)
	}
}

func TestAScheduleWaitsForItsTimeAndCanBePostponed(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	instances, client := ec2.NewFromConfig(cfg), scheduler.NewFromConfig(cfg)
	ctx := t.Context()
	instance := anInstance(t, instances)
	must(client.CreateSchedule(ctx, marking("postponed", instance, at(3*time.Second))))(t)
	in := marking("postponed", instance, at(time.Hour))
	must(client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: in.Name, ScheduleExpression: in.ScheduleExpression, FlexibleTimeWindow: in.FlexibleTimeWindow, Target: in.Target,
	}))(t)
	disabled := marking("disabled", instance, at(time.Second))
	disabled.State = schedules.ScheduleStateDisabled
	must(client.CreateSchedule(ctx, disabled))(t)
	must(client.CreateSchedule(ctx, marking("missed", instance, at(-time.Minute))))(t)
	zoned := marking("zoned", instance, nil)
	kolkata := must(time.LoadLocation("Asia/Kolkata"))(t)
	zoned.ScheduleExpression = aws.String("at(" + time.Now().Add(4*time.Second).In(kolkata).Format("2006-01-02T15:04:05") + ")")
	zoned.ScheduleExpressionTimezone = aws.String("Asia/Kolkata")
	must(client.CreateSchedule(ctx, zoned))(t)
	gone(t, client, "zoned") // the last of them to be due
	if got := marked(t, instances, instance); got != "zoned" {
		t.Errorf("marked by %q", got)
	}
	left := must(client.ListSchedules(ctx, nil))(t).Schedules
	var names []string
	for _, s := range left {
		names = append(names, *s.Name)
	}
	if got := strings.Join(names, " "); got != "disabled missed postponed" {
		t.Errorf("left are %q", got)
	}
	after := must(client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: in.Name}))(t)
	if after.ActionAfterCompletion != schedules.ActionAfterCompletionNone {
		t.Errorf("an update keeps what it does not name: %s", after.ActionAfterCompletion)
	}
}

func TestAScheduleTriesAgain(t *testing.T) {
	var tries atomic.Int32
	handler, cfg := lab(t, wire.Options{Intercept: func(c wire.Call) wire.Fate {
		if c.Action != "CreateTags" {
			return wire.Pass
		}
		switch tries.Add(1) {
		case 1:
			return wire.Refuse(protocol.Throttled)
		case 2:
			return wire.LostAfter // which ends it, there being one retry only
		default:
			return wire.Pass
		}
	}})
	instances, client := ec2.NewFromConfig(cfg), scheduler.NewFromConfig(cfg)
	instance := anInstance(t, instances)
	in := marking("again", instance, at(time.Second))
	in.Target.RetryPolicy = &schedules.RetryPolicy{MaximumRetryAttempts: aws.Int32(1), MaximumEventAgeInSeconds: aws.Int32(60)}
	must(client.CreateSchedule(t.Context(), in))(t)
	gone(t, client, "again")
	if got := marked(t, instances, instance); got != "again" {
		t.Errorf("marked by %q", got)
	}
	if n := tries.Load(); n != 2 {
		t.Errorf("tried %d times", n)
	}
	must(client.CreateSchedule(t.Context(), marking("refused", "i-00000000000000000", at(time.Second))))(t)
	gone(t, client, "refused")
	if n := tries.Load(); n != 3 { // there is no such instance, and there will be none the next time
		t.Errorf("tried %d times", n-2)
	}
	for _, c := range handler.Calls() {
		if c.Action == "CreateTags" && !strings.Contains(c.By, ":assumed-role/") {
			t.Errorf("made by %s", c.By)
		}
	}
}

func TestTheSDKsRetriesMakeNoScheduleTwiceAndMissNone(t *testing.T) {
	handler, cfg := lab(t, wire.Options{})
	client := scheduler.NewFromConfig(cfg)
	ctx := t.Context()
	in := func() *scheduler.CreateScheduleInput { return marking("one", "i-00000000000000000", at(time.Hour)) }
	handler.Intercept(wire.Nth(1, wire.Writes, wire.LostAfter))
	must(client.CreateSchedule(ctx, in()))(t)
	_, err := client.CreateSchedule(ctx, in()) // the SDK gives every call a token of its own
	wantCode(t, err, "ConflictException")
	handler.Intercept(wire.Nth(1, wire.Writes, wire.LostAfter))
	must(client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String("one")}))(t)
	_, err = client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String("one")})
	wantCode(t, err, "ResourceNotFoundException")
}

func TestTheSchedulerRefusesWhatAWSRefuses(t *testing.T) {
	_, cfg := lab(t, wire.Options{Denied: []string{"scheduler:DeleteSchedule"}})
	client := scheduler.NewFromConfig(once(cfg))
	ctx := t.Context()
	for name, c := range map[string]struct {
		change func(*scheduler.CreateScheduleInput)
		code   string
		says   string
	}{
		"a name with a slash": {func(in *scheduler.CreateScheduleInput) { in.Name = aws.String("a/b") }, "ValidationException", "regular expression"},
		"no such group":       {func(in *scheduler.CreateScheduleInput) { in.GroupName = aws.String("none") }, "ResourceNotFoundException", "none does not exist"},
		"no expression":       {func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = aws.String("tomorrow") }, "ValidationException", "tomorrow"},
		"no such day":         {func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = aws.String("at(2026-02-30T00:00:00)") }, "ValidationException", "2026-02-30"},
		"no such zone":        {func(in *scheduler.CreateScheduleInput) { in.ScheduleExpressionTimezone = aws.String("Mars/Base") }, "ValidationException", "Mars/Base"},
		"a flexible window": {func(in *scheduler.CreateScheduleInput) {
			in.FlexibleTimeWindow = &schedules.FlexibleTimeWindow{Mode: schedules.FlexibleTimeWindowModeFlexible, MaximumWindowInMinutes: aws.Int32(5)}
		}, "ValidationException", "OFF"},
		"a role elsewhere": {func(in *scheduler.CreateScheduleInput) {
			in.Target.RoleArn = aws.String("arn:aws:iam::999999999999:role/x")
		}, "ValidationException", "execution role"},
		"no such service": {func(in *scheduler.CreateScheduleInput) {
			in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:moon:land")
		}, "ValidationException", "moon is not a supported service"},
		"IAM's name of ELB": {func(in *scheduler.CreateScheduleInput) {
			in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:elasticloadbalancing:registerTargets")
		}, "ValidationException", "not a supported service"},
		"no such action": {func(in *scheduler.CreateScheduleInput) {
			in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:ec2:fly")
		}, "ValidationException", "fly is not a supported api"},
		"an action in upper": {func(in *scheduler.CreateScheduleInput) {
			in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:ec2:CreateTags")
		}, "ValidationException", "correct format"},
		"a read": {func(in *scheduler.CreateScheduleInput) {
			in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:ec2:describeVpcs")
		}, "ValidationException", "describeVpcs"},
		"broken JSON":  {func(in *scheduler.CreateScheduleInput) { in.Target.Input = aws.String(`{"Resources":`) }, "ValidationException", "RequestJson"},
		"camel case":   {func(in *scheduler.CreateScheduleInput) { in.Target.Input = aws.String(`{"resources":["i-0"]}`) }, "ValidationException", "'resources' is not supported"},
		"a wrong type": {func(in *scheduler.CreateScheduleInput) { in.Target.Input = aws.String(`{"Resources":"i-0"}`) }, "ValidationException", "Resources has a value of the wrong type"},
		"too many retries": {func(in *scheduler.CreateScheduleInput) {
			in.Target.RetryPolicy = &schedules.RetryPolicy{MaximumRetryAttempts: aws.Int32(186)}
		}, "ValidationException", "185"},
	} {
		t.Run(name, func(t *testing.T) {
			in := marking("wrong", "i-00000000000000000", at(time.Hour))
			c.change(in)
			_, err := client.CreateSchedule(ctx, in)
			if got := wantCode(t, err, c.code); !strings.Contains(got, c.says) {
				t.Errorf("got %q", got)
			}
		})
	}
	_, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String("none")})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String("none")})
	if got := wantCode(t, err, "AccessDeniedException"); !strings.Contains(got, "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/none") {
		t.Errorf("got %q", got)
	}
}

// Requests that no SDK would send.
func TestOddRESTRequestsAreAnsweredAsAWSDoes(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	for _, c := range []struct {
		name, method, path, service, body string
		status                            int
		want                              string
	}{
		{"signed for another service", http.MethodGet, "/schedules", "ec2", "", 404, "no call of a service that the lab has"},
		{"a path that is not there", http.MethodGet, "/schedules/a/b", "scheduler", "", 404, "no call of a service that the lab has"},
		{"a method that is not there", http.MethodPatch, "/schedules/a", "scheduler", "", 404, "no call of a service that the lab has"},
		{"no name", http.MethodGet, "/schedules//", "scheduler", "", 200, `"Schedules":[]`},
		{"a slash at the end", http.MethodGet, "/schedule-groups/default/", "scheduler", "", 200, `"Name":"default"`},
		{"a name with a slash", http.MethodGet, "/schedules/a%2Fb", "scheduler", "", 404, "Schedule a/b does not exist"},
		{"a parameter that is not a number", http.MethodGet, "/schedules?MaxResults=many", "scheduler", "", 400, "MaxResults: expected an integer"},
		{"a parameter that is unknown", http.MethodGet, "/schedules?Colour=red", "scheduler", "", 200, `"Schedules":[]`},
		{"broken JSON", http.MethodPost, "/schedules/a", "scheduler", `{"Target":`, 400, "the JSON is broken"},
		{"two objects", http.MethodPost, "/schedules/a", "scheduler", `{} {}`, 400, "something behind the JSON"},
		{"a list", http.MethodPost, "/schedules/a", "scheduler", `[]`, 400, "wrong type"},
		{"a wrong type", http.MethodPost, "/schedules/a", "scheduler", `{"Target":{"Arn":7}}`, 400, "Target.Arn has a value of the wrong type"},
		{"nothing", http.MethodPost, "/schedules/a", "scheduler", ``, 400, "needs a target"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := must(http.NewRequestWithContext(t.Context(), c.method, *cfg.BaseEndpoint+c.path, strings.NewReader(c.body)))(t)
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu-west-1/"+c.service+"/aws4_request, SignedHeaders=host, Signature=0")
			answer := must(http.DefaultClient.Do(r))(t)
			defer answer.Body.Close()
			body := must(io.ReadAll(answer.Body))(t)
			if answer.StatusCode != c.status || !strings.Contains(string(body), c.want) {
				t.Errorf("want %d and %q, got %d and %q", c.status, c.want, answer.StatusCode, body)
			}
		})
	}
}

func TestWhoeverMakesAScheduleMustBeAllowedToPassTheRole(t *testing.T) {
	_, cfg := lab(t, wire.Options{Denied: []string{"iam:*"}})
	_, err := scheduler.NewFromConfig(cfg).CreateSchedule(t.Context(), marking("roleless", "i-00000000000000000", at(time.Hour)))
	if got := wantCode(t, err, "AccessDeniedException"); !strings.Contains(got, "iam:PassRole on resource: "+role+" ") {
		t.Errorf("got %q", got)
	}
}

func TestScheduleGroupsHoldSchedulesAndTags(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := scheduler.NewFromConfig(cfg)
	ctx := t.Context()
	group := aws.String("gameday-r1")
	arn := must(client.CreateScheduleGroup(ctx, &scheduler.CreateScheduleGroupInput{
		Name: group, Tags: []schedules.Tag{{Key: aws.String("gameday:run"), Value: aws.String("r1")}, {Key: aws.String("old"), Value: aws.String("x")}},
	}))(t).ScheduleGroupArn
	for _, name := range []string{"a", "b", "c"} {
		in := marking(name, "i-00000000000000000", at(time.Hour))
		in.GroupName = group
		must(client.CreateSchedule(ctx, in))(t)
	}
	must(client.UntagResource(ctx, &scheduler.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"old", "none"}}))(t)
	must(client.TagResource(ctx, &scheduler.TagResourceInput{ResourceArn: arn, Tags: []schedules.Tag{{Key: aws.String("team"), Value: aws.String("news")}}}))(t)
	tags := must(client.ListTagsForResource(ctx, &scheduler.ListTagsForResourceInput{ResourceArn: arn}))(t).Tags
	if len(tags) != 2 || *tags[0].Key != "gameday:run" || *tags[1].Key != "team" {
		t.Errorf("got %+v", tags)
	}
	var names []string
	for pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{GroupName: group, MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
		for _, s := range must(pages.NextPage(ctx))(t).Schedules {
			names = append(names, *s.Name)
		}
	}
	if got := strings.Join(names, " "); got != "a b c" {
		t.Errorf("got %q", got)
	}
	must(client.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: group}))(t)
	await(t, "the group is gone", func() bool {
		return len(must(client.ListScheduleGroups(ctx, nil))(t).ScheduleGroups) == 1
	})
	if left := must(client.ListSchedules(ctx, nil))(t).Schedules; len(left) != 0 {
		t.Errorf("left over: %+v", left)
	}
	_, err := client.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: aws.String("default")})
	wantCode(t, err, "ValidationException")
}

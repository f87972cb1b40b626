package wire_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"gameday/internal/lab/wire"
)

// written fills a stream of a group with lines that are a second apart.
func written(t *testing.T, client *cloudwatchlogs.Client, group, stream string, from time.Time, lines ...string) {
	t.Helper()
	_, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &group, LogStreamName: &stream})
	if err != nil {
		t.Fatal(err)
	}
	var events []logtypes.InputLogEvent
	for n, line := range lines {
		events = append(events, logtypes.InputLogEvent{Message: aws.String(line), Timestamp: aws.Int64(from.Add(time.Duration(n) * time.Second).UnixMilli())})
	}
	must(client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: &group, LogStreamName: &stream, LogEvents: events}))(t)
}

func TestLogsAreFilteredPageByPage(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := cloudwatchlogs.NewFromConfig(cfg)
	group := aws.String("/ecs/front")
	if found := must(client.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: group}))(t).LogGroups; len(found) != 1 {
		t.Fatalf("the service has no log group: %+v", found)
	}
	lines := make([]string, 2500)
	for n := range lines {
		lines[n] = fmt.Sprintf("line %d is well", n)
	}
	lines[2400], lines[2450] = "npm error code ENOTFOUND", `{"level":"error","status":502}`
	written(t, client, *group, "one", began, lines...)
	written(t, client, *group, "two", began, "npm error code ETIMEDOUT")

	filter := func(in cloudwatchlogs.FilterLogEventsInput) (found []string, pages, empty int) {
		in.LogGroupName = group
		p := cloudwatchlogs.NewFilterLogEventsPaginator(client, &in)
		for p.HasMorePages() {
			page := must(p.NextPage(t.Context()))(t)
			for _, e := range page.Events {
				found = append(found, *e.LogStreamName+": "+*e.Message)
			}
			pages++
			if len(page.Events) == 0 {
				empty++
			}
		}
		return found, pages, empty
	}
	found, pages, empty := filter(cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`npm "code ENOTFOUND"`)})
	if fmt.Sprint(found) != "[one: npm error code ENOTFOUND]" || pages != 3 || empty != 2 {
		t.Errorf("got %v on %d pages, %d of them empty", found, pages, empty)
	}
	if found, _, _ := filter(cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String("npm"), LogStreamNames: []string{"two"}}); len(found) != 1 {
		t.Errorf("got %v", found)
	}
	if found, _, _ := filter(cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String("{ $.status >= 500 }"), LogStreamNamePrefix: aws.String("on")}); len(found) != 1 {
		t.Errorf("got %v", found)
	}
	at := func(n int) *int64 { return aws.Int64(began.Add(time.Duration(n) * time.Second).UnixMilli()) }
	if found, _, _ := filter(cloudwatchlogs.FilterLogEventsInput{StartTime: at(2400), EndTime: at(2401)}); len(found) != 2 {
		t.Errorf("got %v", found)
	}
	if found, pages, _ := filter(cloudwatchlogs.FilterLogEventsInput{StartTime: at(2400), Limit: aws.Int32(30)}); len(found) != 100 || pages != 4 {
		t.Errorf("%d lines on %d pages", len(found), pages)
	}
	_, err := client.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("none")})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = client.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: group, FilterPattern: aws.String(`"open`)})
	wantCode(t, err, "InvalidParameterException")
	_, err = client.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: group, NextToken: aws.String("x")})
	wantCode(t, err, "InvalidParameterException")
}

func TestStreamsAreListedAndReadBothWays(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	client := cloudwatchlogs.NewFromConfig(cfg)
	must(client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("mine")}))(t)
	_, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("mine")})
	wantCode(t, err, "ResourceAlreadyExistsException")
	written(t, client, "mine", "a", began.Add(time.Hour), "late")
	written(t, client, "mine", "b", began, "1", "2", "3", "4", "5")
	streams := must(client.DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{
		LogGroupIdentifier: aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:mine"), OrderBy: logtypes.OrderByLastEventTime, Descending: aws.Bool(true),
	}))(t).LogStreams
	if len(streams) != 2 || *streams[0].LogStreamName != "a" || *streams[1].FirstEventTimestamp != began.UnixMilli() {
		t.Errorf("got %+v", streams)
	}
	get := func(head bool, token *string) *cloudwatchlogs.GetLogEventsOutput {
		return must(client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
			LogGroupName: aws.String("mine"), LogStreamName: aws.String("b"), Limit: aws.Int32(2), StartFromHead: aws.Bool(head), NextToken: token,
		}))(t)
	}
	text := func(out *cloudwatchlogs.GetLogEventsOutput) (all string) {
		for _, e := range out.Events {
			all += *e.Message
		}
		return all
	}
	first := get(true, nil)
	second := get(true, first.NextForwardToken)
	third := get(true, second.NextForwardToken)
	end := get(true, third.NextForwardToken)
	if text(first) != "12" || text(second) != "34" || text(third) != "5" || text(end) != "" || *end.NextForwardToken != *third.NextForwardToken {
		t.Errorf("forwards: %q %q %q %q", text(first), text(second), text(third), text(end))
	}
	if back := get(true, third.NextBackwardToken); text(back) != "34" {
		t.Errorf("backwards: %q", text(back))
	}
	if last := get(false, nil); text(last) != "45" {
		t.Errorf("the last: %q", text(last))
	}
}

func TestATaskDefinitionTellsWhereItsLogGoes(t *testing.T) {
	t.Parallel()
	_, cfg := lab(t, wire.Options{})
	d := must(ecs.NewFromConfig(cfg).DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("front")}))(t)
	l := d.TaskDefinition.ContainerDefinitions[0].LogConfiguration
	if l == nil || l.LogDriver != "awslogs" || l.Options["awslogs-group"] != "/ecs/front" || l.Options["awslogs-stream-prefix"] != "front" {
		t.Errorf("got %+v", l)
	}
}

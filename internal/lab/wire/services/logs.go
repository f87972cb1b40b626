package services

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"gameday/internal/lab/logs"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// logsService is CloudWatch Logs.
type logsService struct {
	world *world.World
	store *logs.Store
}

func newLogs(w *world.World) *Service {
	s := logsService{w, w.Logs()}
	return (&Service{
		Name:    "logs",
		Version: "2014-03-28",
		JSON11:  protocol.NewAWSJSON11(schemas.Logs_20140328),
		Shape:   "Logs_20140328",
	}).with(
		read(s.describeLogGroups),
		read(s.describeLogStreams),
		read(s.filterLogEvents),
		read(s.getLogEvents),
		write(s.createLogGroup),
		write(s.createLogStream),
		write(s.putLogEvents),
	)
}

func logsPage(token *string, size *int32) paging {
	return paging{token: token, size: size, usual: 50, least: 1, most: 50, fault: func(problem string) error {
		if problem == "token" {
			return protocol.Faultf("InvalidParameterException", "The specified nextToken is invalid.")
		}
		return protocol.Faultf("InvalidParameterException", "The limit must be between 1 and 50.")
	}}
}

var errNoLogGroup = protocol.Faultf("ResourceNotFoundException", "The specified log group does not exist.")

// group is the name of a log group that a request gives as a name or as an identifier, which may be an ARN.
func (s logsService) group(name, identifier *string) (string, error) {
	if (name == nil) == (identifier == nil) {
		return "", protocol.Faultf("InvalidParameterException", "Exactly one of logGroupName and logGroupIdentifier must be given.")
	}
	given := aws.ToString(name) + aws.ToString(identifier)
	if _, tail, ok := strings.Cut(given, ":log-group:"); ok {
		given = strings.TrimSuffix(tail, ":*")
	}
	return given, nil
}

func (s logsService) arn(group string) string {
	account := s.world.Account()
	return fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", account.Region, account.ID, group)
}

func (s logsService) describeLogGroups(in *cloudwatchlogs.DescribeLogGroupsInput) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	all := slices.DeleteFunc(s.store.Groups(), func(g logs.Group) bool {
		return !strings.HasPrefix(g.Name, aws.ToString(in.LogGroupNamePrefix)) || !strings.Contains(g.Name, aws.ToString(in.LogGroupNamePattern))
	})
	found, next, err := cut(logsPage(in.NextToken, in.Limit), all, func(g logs.Group) string { return g.Name })
	if err != nil {
		return nil, err
	}
	out := &cloudwatchlogs.DescribeLogGroupsOutput{NextToken: next, LogGroups: []types.LogGroup{}}
	for _, g := range found {
		out.LogGroups = append(out.LogGroups, types.LogGroup{
			LogGroupName: aws.String(g.Name), Arn: aws.String(s.arn(g.Name) + ":*"), LogGroupArn: aws.String(s.arn(g.Name)),
			CreationTime: millis(g.Created), MetricFilterCount: aws.Int32(0), StoredBytes: aws.Int64(g.Bytes), LogGroupClass: types.LogGroupClassStandard,
		})
	}
	return out, nil
}

// millis is how the service tells times; nil for what has not happened.
func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return aws.Int64(t.UnixMilli())
}

func (s logsService) describeLogStreams(in *cloudwatchlogs.DescribeLogStreamsInput) (*cloudwatchlogs.DescribeLogStreamsOutput, error) {
	name, err := s.group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := in.OrderBy == types.OrderByLastEventTime
	if byTime && in.LogStreamNamePrefix != nil {
		return nil, protocol.Faultf("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	all, ok := s.store.Streams(name)
	if !ok {
		return nil, errNoLogGroup
	}
	all = slices.DeleteFunc(all, func(v logs.Stream) bool { return !strings.HasPrefix(v.Name, aws.ToString(in.LogStreamNamePrefix)) })
	page := logsPage(in.NextToken, in.Limit)
	page.down = aws.ToBool(in.Descending)
	found, next, err := cut(page, all, func(v logs.Stream) string {
		if byTime {
			return fmt.Sprintf("%020d %s", max(v.Last.UnixMilli(), 0), v.Name)
		}
		return v.Name
	})
	if err != nil {
		return nil, err
	}
	out := &cloudwatchlogs.DescribeLogStreamsOutput{NextToken: next, LogStreams: []types.LogStream{}}
	for _, v := range found {
		out.LogStreams = append(out.LogStreams, types.LogStream{
			LogStreamName: aws.String(v.Name), Arn: aws.String(s.arn(name) + ":log-stream:" + v.Name), CreationTime: millis(v.Created),
			FirstEventTimestamp: millis(v.First), LastEventTimestamp: millis(v.Last), LastIngestionTime: millis(v.Ingested),
		})
	}
	return out, nil
}

// scanned is how many events one call of FilterLogEvents looks at. Where none of them matches, the page is empty and yet has a token,
// as on AWS.
const scanned = 1000

func (s logsService) filterLogEvents(in *cloudwatchlogs.FilterLogEventsInput) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if err := only("InvalidParameterException", in, "LogGroupName", "LogGroupIdentifier", "LogStreamNames", "LogStreamNamePrefix",
		"StartTime", "EndTime", "FilterPattern", "Limit", "NextToken", "Interleaved", "Unmask"); err != nil {
		return nil, err
	}
	name, err := s.group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	pattern, err := logs.ParsePattern(aws.ToString(in.FilterPattern))
	if err != nil {
		return nil, protocol.Faultf("InvalidParameterException", "Invalid filter pattern: %v", err)
	}
	limit := 10_000
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 10_000 {
		return nil, protocol.Faultf("InvalidParameterException", "The limit must be between 1 and 10000.")
	}
	all, ok := s.events(name, in.StartTime, in.EndTime, func(stream string) bool {
		return (len(in.LogStreamNames) == 0 || slices.Contains(in.LogStreamNames, stream)) && strings.HasPrefix(stream, aws.ToString(in.LogStreamNamePrefix))
	})
	if !ok {
		return nil, errNoLogGroup
	}
	if in.NextToken != nil {
		n, err := position(*in.NextToken, "n")
		if err != nil {
			return nil, err
		}
		all = after(all, n)
	}
	out := &cloudwatchlogs.FilterLogEventsOutput{Events: []types.FilteredLogEvent{}, SearchedLogStreams: []types.SearchedLogStream{}}
	for i, e := range all {
		if i == scanned || len(out.Events) == limit {
			out.NextToken = token("n", all[i-1].N)
			break
		}
		if pattern.Matches(e.Message) {
			out.Events = append(out.Events, types.FilteredLogEvent{
				EventId: aws.String(fmt.Sprintf("%056d", e.N)), LogStreamName: aws.String(e.Stream), Message: aws.String(e.Message),
				Timestamp: millis(e.At), IngestionTime: millis(e.Ingested),
			})
		}
	}
	return out, nil
}

// events are a group's between two times, both inclusive, in milliseconds; nil is open.
func (s logsService) events(group string, from, to *int64, wanted func(string) bool) ([]logs.Event, bool) {
	start, end := time.Time{}, time.Now().AddDate(1, 0, 0)
	if from != nil {
		start = time.UnixMilli(*from)
	}
	if to != nil {
		end = time.UnixMilli(*to + 1)
	}
	return s.store.Events(group, wanted, start, end)
}

// after are the events behind the one of that number. Events come in the order of time, so that is not the order of numbers.
func after(all []logs.Event, n int) []logs.Event {
	return all[slices.IndexFunc(all, func(e logs.Event) bool { return e.N == n })+1:]
}

func token(kind string, n int) *string {
	return aws.String(base64.RawURLEncoding.EncodeToString([]byte(kind + "/" + strconv.Itoa(n))))
}

func position(given, kind string) (int, error) {
	plain, err := base64.RawURLEncoding.DecodeString(given)
	digits, ok := strings.CutPrefix(string(plain), kind+"/")
	n, bad := strconv.Atoi(digits)
	if err != nil || !ok || bad != nil {
		return 0, protocol.Faultf("InvalidParameterException", "The specified nextToken is invalid.")
	}
	return n, nil
}

// getLogEvents reads a stream forwards or backwards. At its end, the token for going on is the one that was given.
func (s logsService) getLogEvents(in *cloudwatchlogs.GetLogEventsInput) (*cloudwatchlogs.GetLogEventsOutput, error) {
	name, err := s.group(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	limit := 10_000
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 10_000 {
		return nil, protocol.Faultf("InvalidParameterException", "The limit must be between 1 and 10000.")
	}
	streams, ok := s.store.Streams(name)
	if !ok {
		return nil, errNoLogGroup
	}
	if !slices.ContainsFunc(streams, func(v logs.Stream) bool { return v.Name == aws.ToString(in.LogStreamName) }) {
		return nil, protocol.Faultf("ResourceNotFoundException", "The specified log stream does not exist.")
	}
	all, _ := s.events(name, in.StartTime, in.EndTime, func(stream string) bool { return stream == aws.ToString(in.LogStreamName) })
	from, to, err := window(all, in.NextToken, limit, aws.ToBool(in.StartFromHead))
	if err != nil {
		return nil, err
	}
	out := &cloudwatchlogs.GetLogEventsOutput{Events: []types.OutputLogEvent{}, NextForwardToken: token("f", before(all, to)), NextBackwardToken: token("b", before(all, from))}
	for _, e := range all[from:to] {
		out.Events = append(out.Events, types.OutputLogEvent{Message: aws.String(e.Message), Timestamp: millis(e.At), IngestionTime: millis(e.Ingested)})
	}
	return out, nil
}

// before is the number of the event that comes before a place, 0 at the beginning.
func before(all []logs.Event, at int) int {
	if at == 0 {
		return 0
	}
	return all[at-1].N
}

// window is the part of all that a request asks for, by its token or from one of the ends.
func window(all []logs.Event, given *string, limit int, head bool) (from, to int, err error) {
	switch {
	case given == nil && head:
		return 0, min(limit, len(all)), nil
	case given == nil:
		return max(0, len(all)-limit), len(all), nil
	}
	if n, err := position(*given, "f"); err == nil {
		from = len(all) - len(after(all, n))
		return from, min(from+limit, len(all)), nil
	}
	n, err := position(*given, "b")
	to = len(all) - len(after(all, n))
	return max(0, to-limit), to, err
}

func (s logsService) createLogGroup(in *cloudwatchlogs.CreateLogGroupInput) (*cloudwatchlogs.CreateLogGroupOutput, error) {
	if _, ok := s.store.Streams(aws.ToString(in.LogGroupName)); ok {
		return nil, protocol.Faultf("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	s.store.CreateGroup(aws.ToString(in.LogGroupName), time.Now())
	return &cloudwatchlogs.CreateLogGroupOutput{}, nil
}

func (s logsService) createLogStream(in *cloudwatchlogs.CreateLogStreamInput) (*cloudwatchlogs.CreateLogStreamOutput, error) {
	streams, ok := s.store.Streams(aws.ToString(in.LogGroupName))
	switch {
	case !ok:
		return nil, errNoLogGroup
	case slices.ContainsFunc(streams, func(v logs.Stream) bool { return v.Name == aws.ToString(in.LogStreamName) }):
		return nil, protocol.Faultf("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	s.store.Create(aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName), time.Now())
	return &cloudwatchlogs.CreateLogStreamOutput{}, nil
}

func (s logsService) putLogEvents(in *cloudwatchlogs.PutLogEventsInput) (*cloudwatchlogs.PutLogEventsOutput, error) {
	streams, ok := s.store.Streams(aws.ToString(in.LogGroupName))
	switch {
	case !ok:
		return nil, errNoLogGroup
	case !slices.ContainsFunc(streams, func(v logs.Stream) bool { return v.Name == aws.ToString(in.LogStreamName) }):
		return nil, protocol.Faultf("ResourceNotFoundException", "The specified log stream does not exist.")
	}
	now := time.Now()
	for _, e := range in.LogEvents {
		s.store.Put(aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName), time.UnixMilli(aws.ToInt64(e.Timestamp)), now, aws.ToString(e.Message))
	}
	return &cloudwatchlogs.PutLogEventsOutput{}, nil
}

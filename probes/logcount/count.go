package logcount

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"gameday/internal/cloud"
	"gameday/internal/metrics"
)

// matches are the events of one period that match.
type matches struct {
	events int
	first  []string // lines, as many as are shown
}

const (
	shown   = 3   // lines of a period
	longest = 200 // characters of a line
)

func (m *matches) add(message string) {
	m.events++
	if len(m.first) == shown {
		return
	}
	line := []rune(strings.Join(strings.Fields(message), " "))
	if len(line) > longest {
		line = append(line[:longest], []rune("...")...)
	}
	m.first = append(m.first, string(line))
}

func (m *matches) number() int {
	if m == nil {
		return 0
	}
	return m.events
}

// note quotes the first lines that match.
func (m *matches) note() string {
	if m == nil {
		return ""
	}
	text := strings.Join(m.first, " | ")
	if more := m.events - len(m.first); more > 0 {
		text += fmt.Sprintf(" | and %d more", more)
	}
	return text
}

// count counts what matches in w, by the beginning of its period.
func (p *Probe) count(ctx context.Context, env *cloud.Env, w metrics.Window, into map[time.Time]*matches) error {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(env.AWS), p.question(w.From, w.To, p.Pattern))
	for pages.HasMorePages() { // of which many may be empty: each is a stretch of the log that was looked through
		page, err := pages.NextPage(ctx)
		if err != nil {
			return p.explain(ctx, env, err)
		}
		for _, e := range page.Events {
			start := periodOf(e, w)
			if into[start] == nil {
				into[start] = &matches{}
			}
			into[start].add(aws.ToString(e.Message))
		}
	}
	return nil
}

// question asks for the events from a moment on, and before another.
func (p *Probe) question(from, to time.Time, pattern string) *cloudwatchlogs.FilterLogEventsInput {
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupIdentifier: aws.String(strings.TrimSuffix(p.LogGroup, ":*")),
		StartTime:          aws.Int64(from.UnixMilli()),
		EndTime:            aws.Int64(to.UnixMilli() - 1), // which is still asked for
		LogStreamNames:     p.Streams,
	}
	if pattern != "" {
		in.FilterPattern = aws.String(pattern)
	}
	if p.Prefix != "" {
		in.LogStreamNamePrefix = aws.String(p.Prefix)
	}
	return in
}

func periodOf(e types.FilteredLogEvent, w metrics.Window) time.Time {
	at := time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC()
	return w.From.Add(at.Sub(w.From).Truncate(w.Period))
}

// listen finds out in which periods of w, of those without a match, anything was logged. It asks for the first event
// after each silence.
func (p *Probe) listen(ctx context.Context, env *cloud.Env, w metrics.Window, counted map[time.Time]*matches) error {
	client := cloudwatchlogs.NewFromConfig(env.AWS)
	quietUntil := w.From // nothing was logged from the last question on until then
	for start := range w.Starts() {
		if counted[start] != nil || p.heard(start) || start.Before(quietUntil) {
			continue
		}
		in := p.question(start, w.To, "")
		in.Limit = aws.Int32(1)
		quietUntil = w.To
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return p.explain(ctx, env, err)
			}
			if len(page.Events) > 0 {
				quietUntil = periodOf(page.Events[0], w)
				p.hear(quietUntil)
				break
			}
		}
	}
	return nil
}

func (p *Probe) heard(start time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alive[start]
}

func (p *Probe) hear(start time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alive == nil {
		p.alive = map[time.Time]bool{}
	}
	p.alive[start] = true
}

// explain says what to do about an answer that is no count.
func (p *Probe) explain(ctx context.Context, env *cloud.Env, err error) error {
	var missing *types.ResourceNotFoundException
	var wrong *types.InvalidParameterException
	switch {
	case errors.As(err, &missing):
		return p.noSuch(ctx, env, err)
	case errors.As(err, &wrong):
		return fmt.Errorf("count %q in log group %s: %w (a term of anything but letters and digits is written in quotes of its own: pattern = \"\\\"npm error\\\"\")", p.Pattern, p.LogGroup, err)
	}
	return fmt.Errorf("count %q in log group %s: %w", p.Pattern, p.LogGroup, err)
}

// noSuch says which log groups there are instead, those beside the one asked for first.
func (p *Probe) noSuch(ctx context.Context, env *cloud.Env, err error) error {
	name := p.LogGroup
	if _, tail, arn := strings.Cut(name, ":log-group:"); arn {
		name = strings.TrimSuffix(tail, ":*")
	}
	beside := name[:strings.LastIndex(name, "/")+1]
	for _, prefix := range []string{beside, ""} {
		groups, failed := some(ctx, env, prefix)
		switch {
		case failed != nil:
			return fmt.Errorf("look for log group %s: %w", name, failed)
		case slices.Contains(groups, name): // so it is a stream that is missing
			return fmt.Errorf("count in log group %s: %w: a stream exists once its task has logged something, so set stream_prefix instead of streams", name, err)
		case len(groups) > 0:
			return cloud.NoSuch("log group", name, groups)
		}
	}
	return cloud.NoSuch("log group", name, nil)
}

// fewPages bounds the search for names to suggest: an account may have thousands of groups.
const fewPages = 10

// some lists log groups whose names begin with prefix.
func some(ctx context.Context, env *cloud.Env, prefix string) ([]string, error) {
	in := &cloudwatchlogs.DescribeLogGroupsInput{}
	if prefix != "" {
		in.LogGroupNamePrefix = aws.String(prefix)
	}
	var names []string
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(env.AWS), in)
	for n := 0; n < fewPages && pages.HasMorePages(); n++ {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.LogGroups {
			names = append(names, aws.ToString(g.LogGroupName))
		}
	}
	return names, nil
}

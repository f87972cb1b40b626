// Package logcount counts the events of a CloudWatch Logs group that match a pattern, a period at a time.
//
//	      from                          to    delay   now
//	       │                            │   ◄───────►  │
//	──┬────┴──┬───────┬───────┬───────┬─┴─────┬────────┴──
//	  │ final │ final │ final │ final │ late  │  fills
//	──┴───────┴───────┴───────┴───────┴───────┴───────────
//
// Events arrive seconds after they were written, so a period is counted only some time after its end; what arrives later
// still is counted when the record is read again. A period in which nothing at all was logged is unknown and not zero,
// because a log that has been cut off is silent too, unless the author says otherwise.
package logcount

import (
	"context"
	_ "embed"
	"sync"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/metrics"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// The values of silence.
const (
	unknown = "unknown"
	zero    = "zero"
)

// Probe is the probe as its author wrote it.
type Probe struct {
	LogGroup string        `hcl:"log_group" doc:"name of the log group, or its ARN"`
	Pattern  string        `hcl:"pattern" doc:"which events count, as a filter pattern of CloudWatch Logs; an empty one counts all"`
	Streams  []string      `hcl:"streams,optional" doc:"only events of these log streams"`
	Prefix   string        `hcl:"stream_prefix,optional" doc:"only events of log streams whose names begin so"`
	Period   attr.Duration `hcl:"period,optional" doc:"how long one reading speaks of"`
	Delay    attr.Duration `hcl:"delay,optional" doc:"how long after its end a period is counted, because events arrive late; absent, 30s on AWS and 1s in the lab"`
	Silence  string        `hcl:"silence,optional" doc:"a period in which nothing at all was logged is \"unknown\", or \"zero\" where the log is silent while all is well"`

	mu    sync.Mutex
	alive map[time.Time]bool // beginnings of periods in which something was logged, which stays so
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "log_count",
		Summary:     "events of a CloudWatch Logs group that match a pattern",
		New:         func() probes.Probe { return &Probe{Period: "10s", Silence: unknown} },
		Permissions: []string{"logs:DescribeLogGroups", "logs:FilterLogEvents"},
		Page:        page,
		Example:     example,
	}
}

// mostStreams is how many streams one question may name.
const mostStreams = 100

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	var problems []attr.Problem
	add := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	if p.Silence != unknown && p.Silence != zero {
		add("silence", `Wrong value for "silence"`, `Write "unknown" where something is always logged, so that silence means a log that has been cut off, or "zero" where the log is silent while all is well.`)
	}
	if len(p.Streams) > 0 && p.Prefix != "" {
		add("stream_prefix", "Both streams and stream_prefix", "CloudWatch Logs takes one of them. Remove the other.")
	}
	if len(p.Streams) > mostStreams {
		add("streams", "Too many streams", "CloudWatch Logs takes 100 at a time. Name them by their common stream_prefix.")
	}
	if p.Period.Check() == nil && p.Period.Std() < time.Second {
		add("period", "Too short", "Events are counted by the second at the finest. Set period to 1s or more.")
	}
	return problems
}

// Scale says that values are numbers of events, one a period.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Number, Label: "matching log events", Period: metrics.Period(p.Period)}
}

// Measure returns one reading for every final period that overlaps [from, to). A log group that does not exist, and a
// pattern that CloudWatch Logs does not understand, are errors.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	w := p.final(env, from, to, time.Now())
	if w.Empty() {
		return nil, nil
	}
	counted := map[time.Time]*matches{}
	if err := p.count(ctx, env, w, counted); err != nil {
		return nil, err
	}
	if p.Silence == unknown && p.Pattern != "" {
		if err := p.listen(ctx, env, w, counted); err != nil {
			return nil, err
		}
	}
	var readings []probes.Reading
	for start := range w.Starts() {
		m := counted[start]
		if m == nil && p.Silence == unknown && !p.heard(start) {
			continue
		}
		readings = append(readings, probes.Reading{At: start, Span: w.Period, Value: float64(m.number()), Note: m.note()})
	}
	return readings, nil
}

// final returns the whole periods that overlap [from, to) and ended long enough before now.
func (p *Probe) final(env *cloud.Env, from, to, now time.Time) metrics.Window {
	delay := env.Late / 10
	if p.Delay != "" {
		delay = p.Delay.Std()
	}
	// A window of metrics leaves out the last whole period, and a delay of up to one period is in that.
	period := metrics.Period(p.Period)
	return metrics.Final(from, to, now.Add(period-max(delay, 0)), period)
}

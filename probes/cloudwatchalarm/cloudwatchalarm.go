// Package cloudwatchalarm measures whether CloudWatch alarms are in ALARM.
package cloudwatchalarm

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// most is how many alarms one call can ask for.
const most = 100

// Probe is the probe as its author wrote it.
type Probe struct {
	Alarms []string `hcl:"alarms" doc:"names of metric alarms or composite alarms, at most 100"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:        "cloudwatch_alarm",
		Summary:     "how many of the named CloudWatch alarms are in ALARM",
		New:         func() probes.Probe { return &Probe{} },
		Permissions: []string{"cloudwatch:DescribeAlarms"},
		Page:        page,
		Example:     example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	if n := len(p.Alarms); n == 0 || n > most {
		return []attr.Problem{{
			Attr:    "alarms",
			Summary: `Wrong value for "alarms"`,
			Detail:  fmt.Sprintf("Name at least one and at most %d; a composite alarm can stand for many.", most),
		}}
	}
	return nil
}

// Scale says that values are numbers of alarms.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Number, Label: "alarms in ALARM"}
}

// Measure takes one reading now. There is none while nothing is in ALARM and CloudWatch does not know whether all is OK.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, _, _ time.Time) ([]probes.Reading, error) {
	now := time.Now()
	client := cloudwatch.NewFromConfig(env.AWS)
	found, err := describe(ctx, client, p.Alarms)
	if err != nil {
		return nil, fmt.Errorf("ask for the state of alarms %s: %w", strings.Join(p.Alarms, ", "), err)
	}
	for _, name := range p.Alarms {
		if slices.ContainsFunc(found, func(a alarm) bool { return a.name == name }) {
			continue
		}
		all, err := describe(ctx, client, nil)
		if err != nil {
			return nil, fmt.Errorf("find alarm %q: %w", name, err)
		}
		return nil, cloud.NoSuch("alarm", name, names(all))
	}
	return judge(now, found), nil
}

// alarm is what metric alarms and composite alarms have in common.
type alarm struct {
	name, reason string
	state        types.StateValue
}

// judge sums up what CloudWatch thinks. A single alarm in ALARM is certain, whatever is unknown of the others.
func judge(now time.Time, alarms []alarm) []probes.Reading {
	var raised []string
	unknown := false
	for _, a := range alarms {
		switch a.state {
		case types.StateValueAlarm:
			raised = append(raised, fmt.Sprintf("%s: %s", a.name, a.reason))
		case types.StateValueOk:
		default:
			unknown = true
		}
	}
	if len(raised) == 0 && unknown {
		return nil
	}
	return []probes.Reading{{At: now, Value: float64(len(raised)), Note: strings.Join(raised, "; ")}}
}

// describe returns the alarms of those names, all alarms where none is given.
func describe(ctx context.Context, client *cloudwatch.Client, only []string) ([]alarm, error) {
	var found []alarm
	pages := cloudwatch.NewDescribeAlarmsPaginator(client, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: only,
		AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range page.MetricAlarms {
			found = append(found, alarm{aws.ToString(a.AlarmName), aws.ToString(a.StateReason), a.StateValue})
		}
		for _, a := range page.CompositeAlarms {
			found = append(found, alarm{aws.ToString(a.AlarmName), aws.ToString(a.StateReason), a.StateValue})
		}
	}
	return found, nil
}

func names(alarms []alarm) []string {
	out := make([]string, len(alarms))
	for i, a := range alarms {
		out[i] = a.name
	}
	return out
}

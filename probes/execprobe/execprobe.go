// Package execprobe measures whatever a command prints: a number, or JSON that holds one.
package execprobe

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/command"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// Probe is the probe as its author wrote it.
type Probe struct {
	Command []string          `hcl:"command" doc:"the program and its arguments; for a pipe or a variable, [\"sh\", \"-c\", \"...\"]"`
	Env     map[string]string `hcl:"env,optional" doc:"environment variables beside gameday's own"`
	Dir     string            `hcl:"dir,optional" doc:"directory to run it in; gameday's own by default"`
	Timeout attr.Timeout      `hcl:"timeout,optional" doc:"then it is killed with all that it started, and has not measured"`
	Field   string            `hcl:"field,optional" doc:"where the value is in the JSON that it prints, like \"data.result.0.value\""`
	Unit    string            `hcl:"unit,optional" doc:"what it prints: plain numbers, \"s\" for seconds (bounds like \"3s\") or \"%\" for shares from 0 to 1 (bounds like \"5%\")"`
	Label   string            `hcl:"label,optional" doc:"what the value means, for reports; the command by default"`
	Events  bool              `hcl:"events,optional" doc:"values are shares of events, and the JSON says of how many in \"of\"; lets unchanged compare counts"`
	Falls   bool              `hcl:"falls,optional" doc:"lower is worse, so that unchanged looks for a fall instead of a rise"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "exec",
		Summary: "a number that a command prints",
		New:     func() probes.Probe { return &Probe{Timeout: "10s"} },
		Page:    page,
		Example: example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	var problems []attr.Problem
	if len(p.Command) == 0 || p.Command[0] == "" {
		problems = append(problems, attr.Problem{
			Attr:    "command",
			Summary: "Nothing to run",
			Detail:  `Write the program and its arguments: ["./queue-length.sh", "orders"].`,
		})
	}
	switch probes.Unit(p.Unit) {
	case probes.Number, probes.Seconds, probes.Ratio:
	default:
		problems = append(problems, attr.Problem{
			Attr:    "unit",
			Summary: `Wrong value for "unit"`,
			Detail:  `Write "s" for seconds or "%" for shares from 0 to 1, or leave unit out for plain numbers.`,
		})
	}
	if p.Events && probes.Unit(p.Unit) != probes.Ratio {
		problems = append(problems, attr.Problem{
			Attr:    "events",
			Summary: "Events that are no shares",
			Detail:  `Values have to be shares of the events. Add unit = "%".`,
		})
	}
	if p.Timeout.Std() <= 0 {
		problems = append(problems, attr.Problem{
			Attr:    "timeout",
			Summary: "No time to run",
			Detail:  `Write a duration above zero, like "10s".`,
		})
	}
	return problems
}

// Scale is what the author says of the values.
func (p *Probe) Scale() probes.Scale {
	label := p.Label
	if label == "" {
		label = strings.Join(p.Command, " ")
	}
	return probes.Scale{Unit: probes.Unit(p.Unit), Label: label, Events: p.Events, Falls: p.Falls}
}

// Measure runs the command once. There is no reading if it prints null. The reading speaks of the moment in which the
// command began.
func (p *Probe) Measure(ctx context.Context, env *cloud.Env, _, _ time.Time) ([]probes.Reading, error) {
	now := time.Now()
	out, err := command.Command{Args: p.Command, Env: p.Env, Dir: p.Dir, Timeout: p.Timeout.Std()}.Run(ctx, env)
	if err != nil {
		return nil, err
	}
	said, err := parse(out, p.Field)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", p.Command[0], err)
	}
	if said == nil {
		return nil, nil
	}
	if err := p.plausible(*said); err != nil {
		return nil, fmt.Errorf("run %s: %w", p.Command[0], err)
	}
	return []probes.Reading{{At: now, Value: said.Value, Of: said.Of, Note: said.Note}}, nil
}

// plausible holds what was printed against what the attributes promise.
func (p *Probe) plausible(m measurement) error {
	if probes.Unit(p.Unit) == probes.Ratio && (m.Value < 0 || m.Value > 1) {
		return fmt.Errorf(`it printed %v, and with unit = "%%" values go from 0 to 1`, m.Value)
	}
	if p.Events && m.Of <= 0 {
		return fmt.Errorf(`with events = true it must say of how many, like {"value": 0.02, "of": 150}`)
	}
	return nil
}

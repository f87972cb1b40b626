// Package loaderrors measures the share of a load's requests that went wrong, as its users saw it.
package loaderrors

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/load"
	"gameday/probes"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// Probe is the probe as its author wrote it.
type Probe struct {
	Load   string     `hcl:"load,optional" doc:"name of the load block; not needed where there is only one"`
	Status []string   `hcl:"status,optional" doc:"answers that count as errors, by class (\"5xx\") or code (\"429\"); failed requests always do"`
	Cause  attr.Words `hcl:"cause,optional" doc:"count nothing but these: causes of failed requests (\"timeout\", \"unexpected status 503\"), and answers (\"5xx\", \"429\")"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "load_errors",
		Summary: "share of a load's requests that failed, second by second",
		New:     func() probes.Probe { return &Probe{Status: slices.Clone(always[:])} },
		Page:    page,
		Example: example,
	}
}

// always are the answers that count unless the author says otherwise.
var always = [...]string{"5xx"}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() (problems []attr.Problem) {
	for _, s := range p.Status {
		if !isStatus(s) {
			problems = append(problems, attr.Problem{
				Attr: "status", Summary: fmt.Sprintf("%q is no status", s),
				Detail: `Write a class like "5xx" or a code like "429".`,
			})
		}
	}
	for _, c := range p.Cause {
		if !isStatus(c) && !slices.ContainsFunc(load.Causes(), func(known string) bool { return covers(known, c) }) {
			problems = append(problems, attr.Problem{
				Attr: "cause", Summary: fmt.Sprintf("No request fails of %q", c),
				Detail: "The causes are " + strings.Join(load.Causes(), ", ") + `, and of answers a class like "5xx" or a code like "429".`,
			})
		}
	}
	if len(p.Cause) > 0 && !slices.Equal(p.Status, always[:]) {
		problems = append(problems, attr.Problem{
			Attr: "status", Summary: "Status beside cause",
			Detail: `Nothing counts but what is in cause. Put these answers there too, like cause = ["timeout", "429"].`,
		})
	}
	return problems
}

func isStatus(s string) bool {
	return len(s) == 3 && s[0] >= '1' && s[0] <= '5' && (s[1:] == "xx" || strings.Trim(s[1:], "0123456789") == "")
}

// covers is whether a cause is the one asked for, or says it in more detail: "unexpected status 503".
func covers(asked, cause string) bool {
	more, begins := strings.CutPrefix(cause, asked)
	return begins && (more == "" || more[0] == ' ' || more[0] == ':')
}

// OfLoad is the name of the load block that is measured.
func (p *Probe) OfLoad() string { return p.Load }

// Scale says that values are shares of requests, one a second.
func (p *Probe) Scale() probes.Scale {
	label := "share of requests that failed"
	if len(p.Cause) > 0 {
		label += " (" + strings.Join(p.Cause, ", ") + ")"
	}
	return probes.Scale{Unit: probes.Ratio, Label: label, Events: true, Period: time.Second}
}

// Measure returns one reading for every second of the schedule that is over.
func (p *Probe) Measure(_ context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	l, err := load.Named(env.Loads, p.Load)
	if err != nil {
		return nil, err
	}
	var readings []probes.Reading
	for _, s := range l.Recording().Seconds(from, to) {
		if s.Sent == 0 {
			continue
		}
		wrong := p.wrong(s)
		var events uint64
		for _, n := range wrong {
			events += n
		}
		readings = append(readings, probes.Reading{
			At: s.At, Span: s.Span, Value: float64(events) / float64(s.Sent), Of: float64(s.Sent), Note: note(wrong),
		})
	}
	return readings, nil
}

// wrong counts what went wrong in one second, by cause.
func (p *Probe) wrong(s load.Second) map[string]uint64 {
	wrong := map[string]uint64{}
	for cause, n := range s.Failed {
		if len(p.Cause) == 0 || slices.ContainsFunc(p.Cause, func(asked string) bool { return covers(asked, cause) }) {
			wrong[cause] = n
		}
	}
	answers := p.Status
	if len(p.Cause) > 0 {
		answers = p.Cause
	}
	for code, n := range s.Answered {
		text := fmt.Sprint(code)
		if slices.Contains(answers, text) || slices.Contains(answers, text[:1]+"xx") {
			wrong[text] += n
		}
	}
	return wrong
}

// note lists the causes: "12 502, 3 timeout".
func note(wrong map[string]uint64) string {
	var parts []string
	for _, cause := range slices.Sorted(maps.Keys(wrong)) {
		parts = append(parts, fmt.Sprintf("%d %s", wrong[cause], cause))
	}
	return strings.Join(parts, ", ")
}

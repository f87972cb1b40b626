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
	Load   string   `hcl:"load,optional" doc:"name of the load block; not needed where there is only one"`
	Status []string `hcl:"status,optional" doc:"answers that count as errors, by class (\"5xx\") or code (\"429\"); requests without an answer always do"`
}

// Kind is all there is to say about this probe without running it.
func Kind() probes.Kind {
	return probes.Kind{
		Name:    "load_errors",
		Summary: "share of a load's requests that failed, second by second",
		New:     func() probes.Probe { return &Probe{Status: []string{"5xx"}} },
		Page:    page,
		Example: example,
	}
}

// Validate checks what the types of the attributes do not.
func (p *Probe) Validate() []attr.Problem {
	for _, s := range p.Status {
		if len(s) != 3 || s[0] < '1' || s[0] > '5' || s[1:] != "xx" && strings.Trim(s[1:], "0123456789") != "" {
			return []attr.Problem{{
				Attr: "status", Summary: fmt.Sprintf("%q is no status", s),
				Detail: `Write a class like "5xx" or a code like "429".`,
			}}
		}
	}
	return nil
}

// Scale says that values are shares of requests, one a second.
func (p *Probe) Scale() probes.Scale {
	return probes.Scale{Unit: probes.Ratio, Label: "share of requests that failed", Events: true, Period: time.Second}
}

// Measure returns one reading for every second of the schedule that is over.
func (p *Probe) Measure(_ context.Context, env *cloud.Env, from, to time.Time) ([]probes.Reading, error) {
	recording, err := load.Named(env.Loads, p.Load)
	if err != nil {
		return nil, err
	}
	var readings []probes.Reading
	for _, s := range recording.Seconds(from, to) {
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
	wrong := maps.Clone(s.Failed)
	for code, n := range s.Answered {
		text := fmt.Sprint(code)
		if slices.Contains(p.Status, text) || slices.Contains(p.Status, text[:1]+"xx") {
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

package across

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gameday/reports"
)

// tolerated is by how much phases may differ in length, and by how much a load may stay behind, before that is said.
const tolerated = 0.05

// differences lists in what the two were not run alike, which may be why they differ.
func differences(before, after *reports.Result) []Difference {
	all := []Difference{}
	add := func(what, b, a string) {
		if b != a {
			all = append(all, Difference{what, orNone(b), orNone(a)})
		}
	}
	add("experiment", before.Experiment, after.Experiment)
	add("file, SHA-256", before.File.SHA256, after.File.SHA256)
	add("seed", fmt.Sprint(before.Seed), fmt.Sprint(after.Seed))
	add("speed", plain(before.Speed), plain(after.Speed))
	add("where", before.Environment.Place(), after.Environment.Place())
	add("gameday", before.Environment.Version, after.Environment.Version)
	add("what was done", done(before), done(after))
	for _, phase := range []string{reports.Baseline, reports.Fault} {
		b, a := lengthOf(before, phase), lengthOf(after, phase)
		if far(b, a) {
			add("length of the "+phase+" phase", lengthText(b), lengthText(a))
		}
	}
	for _, id := range union(before.Probes, after.Probes, reports.Probe.ID) {
		b, a := rules(before, id), rules(after, id)
		add(id, b, a)
	}
	for _, name := range union(before.Loads, after.Loads, func(l reports.Load) string { return l.Name }) {
		add("load "+name, asked(before, name), asked(after, name))
	}
	return all
}

// cautions says what speaks against comparing the two at all, the gravest first.
func cautions(before, after *reports.Result) []string {
	all := []string{}
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if before.Experiment != after.Experiment {
		add("these are two experiments, and only probes of the same kind and name are compared")
	}
	runs := []struct {
		which string
		*reports.Result
	}{{"before", before}, {"after", after}}
	for _, r := range runs {
		if r.Verdict != reports.Passed && r.Verdict != reports.Failed {
			add("the run %s was %s: %s", r.which, r.Verdict, r.Sentence)
		}
	}
	for _, r := range runs {
		for _, l := range r.Loads {
			if l.Scheduled > 0 && float64(l.Sent) < (1-tolerated)*float64(l.Scheduled) {
				add("load %s %s sent %s of what was asked for", l.Name, r.which, reports.Value(float64(l.Sent)/float64(l.Scheduled), "%"))
			}
		}
	}
	if slices.ContainsFunc(union(before.Loads, after.Loads, func(l reports.Load) string { return l.Name }), func(name string) bool {
		return asked(before, name) != asked(after, name)
	}) {
		add("the two were not under the same load")
	}
	if before.Environment.Place() != after.Environment.Place() {
		add("the two ran in different places: %s, then %s", before.Environment.Place(), after.Environment.Place())
	}
	if b, a := lengthOf(before, reports.Fault), lengthOf(after, reports.Fault); b > 0 && a > 0 && far(b, a) {
		add("the fault phases lasted %s and %s, and the beginning of a fault is not like the rest of it", reports.Span(b), reports.Span(a))
	}
	if after.Started.Before(before.Started) {
		add("the run after began earlier than the run before")
	}
	return all
}

// done lists what was done to what, a step each.
func done(r *reports.Result) string {
	var texts []string
	for _, s := range r.Steps {
		if s.Began != nil {
			texts = append(texts, s.Text)
		}
	}
	return strings.Join(texts, "; ")
}

// rules is what a probe was held to, "" where there is none of that name.
func rules(r *reports.Result, id string) string {
	p, ok := probeOf(r, id)
	if ok && p.Rules() == "" {
		return "no bounds"
	}
	return p.Rules()
}

// asked is what was asked of a load, "" where there is none of that name.
func asked(r *reports.Result, name string) string {
	for _, l := range r.Loads {
		if l.Name == name {
			return fmt.Sprintf("%s/s to %s", reports.Value(l.Rate, ""), l.Target)
		}
	}
	return ""
}

func lengthOf(r *reports.Result, phase string) (length time.Duration) {
	for _, p := range r.Phases {
		if p.Name == phase {
			length += p.To.Sub(p.From)
		}
	}
	return length
}

func lengthText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return reports.Span(d)
}

// far reports whether two lengths differ by more than is tolerated.
func far(a, b time.Duration) bool {
	return math.Abs(float64(a-b)) > tolerated*float64(max(a, b))
}

// union lists the names of both, each once, in their order.
func union[T any](before, after []T, name func(T) string) (names []string) {
	for _, item := range slices.Concat(before, after) {
		if n := name(item); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// column is one of a table whose rows are trials.
type column struct {
	name   string
	figure func(result) float64
}

// report is everything in Markdown.
func report(m measured) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s.\n", time.Now().Format(time.DateOnly), strings.Join(m.conditions(), "; "))
	b.WriteString("\n| what | goal | measured | |\n|---|---|---|---|\n")
	for _, c := range claims() {
		if !slices.Contains(m.trials, c.trial) {
			continue
		}
		verdict, values := "met", m.values(func(r round) float64 { return c.figure(r[c.trial], r[c.beside]) })
		if !c.goal.met(median(values)) {
			verdict = "**not met**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.what, strings.TrimSpace(c.goal.String()+" "+c.unit), spread(values), verdict)
	}
	m.table(&b, "64 connections, always busy", "closed ", []column{{"CPU µs a request", result.cost}, {"requests a second", result.speed}})
	times := func(name string, which func(result) percentiles) []column {
		return []column{
			{name + " p50 ms", func(r result) float64 { return ms(which(r).P50) }},
			{name + " p99 ms", func(r result) float64 { return ms(which(r).P99) }},
			{name + " max ms", func(r result) float64 { return ms(which(r).Max) }},
		}
	}
	latency := times("latency", func(r result) percentiles { return r.Latency })
	service := times("service", func(r result) percentiles { return r.Service })
	lag := times("lag", func(r result) percentiles { return r.Lag })
	truth := times("truth", func(r result) percentiles { return r.Truth })
	m.table(&b, "At a rate", "open ", slices.Concat([]column{{"sent %", result.sent}, {"CPU µs a request", result.cost}}, latency, lag[:2]))
	m.table(&b, "At 1,000 a second", "lag ", slices.Concat(latency, lag))
	m.table(&b, "A stall of 1 s", "stall ", slices.Concat(truth[1:], latency[1:]))
	m.table(&b, "The lab", "lab", slices.Concat([]column{{"cores", func(r result) float64 { return r.CPU.Seconds() / r.Took.Seconds() }}}, latency, service[:2], lag[:2]))
	return b.String()
}

// conditions are what else there is to know about numbers.
func (m measured) conditions() []string {
	where := "the server had one core and the generator another"
	if !m.bound {
		where = "server and generator were not bound to cores, as this machine has but one or its system offers no way"
	}
	all := []string{
		fmt.Sprintf("%d processors (%s), %s/%s", runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH),
		where,
		m.busy,
		fmt.Sprintf("%s, %s", runtime.Version(), strings.Join(versions("github.com/valyala/fasthttp", "github.com/tsenart/vegeta/v12"), ", ")),
		fmt.Sprintf("rounds: %d, of which the median, and the least and the most", len(m.rounds)),
	}
	return all
}

// versions of modules that this program is built with.
func versions(paths ...string) (all []string) {
	info, _ := debug.ReadBuildInfo() // of a program built with modules, which this is
	for _, d := range info.Deps {
		if slices.Contains(paths, d.Path) {
			all = append(all, d.Path[strings.Index(d.Path, "/")+1:]+" "+d.Version)
		}
	}
	return all
}

// processor is what the machine says of itself, where it does in a place that is known.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "of a kind that is not known"
}

// table writes a table of the trials whose names begin that way.
func (m measured) table(b *strings.Builder, title, trials string, columns []column) {
	mine := slices.DeleteFunc(slices.Clone(m.trials), func(name string) bool { return !strings.HasPrefix(name, trials) })
	if len(mine) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s |", title)
	for _, c := range columns {
		fmt.Fprintf(b, " %s |", c.name)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---|", len(columns)))
	for _, name := range mine {
		who := strings.TrimPrefix(name, trials)
		fmt.Fprintf(b, "| %s |", who)
		for _, c := range columns {
			fmt.Fprintf(b, " %s |", spread(m.values(func(r round) float64 { return c.figure(r[name]) })))
		}
		b.WriteString("\n")
	}
}

// values are those of a figure in all rounds, in order of size.
func (m measured) values(figure func(round) float64) []float64 {
	var all []float64
	for _, r := range m.rounds {
		all = append(all, figure(r))
	}
	slices.Sort(all)
	return all
}

func median(values []float64) float64 { return values[len(values)/2] }

// spread is the median, and the least and the most where there is more than one.
func spread(values []float64) string {
	if len(values) == 1 {
		return number(values[0])
	}
	return fmt.Sprintf("%s (%s to %s)", number(median(values)), number(values[0]), number(values[len(values)-1]))
}

// number writes as many digits as mean anything.
func number(v float64) string {
	switch {
	case v < 1:
		return strconv.FormatFloat(v, 'f', 3, 64)
	case v >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 99 && v < 101: // shares of a schedule
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// The markers between which a page has what was measured.
const begin, end = "<!-- measured -->\n", "<!-- /measured -->\n"

// publish puts it into a page.
func publish(file, text string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begun := strings.Cut(string(page), begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return fmt.Errorf("%s has no lines %q and %q", file, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+text+end+after), 0o644)
}

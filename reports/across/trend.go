package across

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"gameday/internal/stats"
	"gameday/reports"
)

// TrendSchema names the version of Trend's JSON. It changes when a field changes its meaning or goes away.
const TrendSchema = "gameday.trend/1"

// Trend is how runs went over time, by experiment.
type Trend struct {
	Schema      string    `json:"schema"`
	Experiments []History `json:"experiments"` // by name
}

// History is how the runs of one experiment went, the oldest first.
type History struct {
	Experiment string    `json:"experiment"`
	Runs       []Summary `json:"runs"`
	Series     []Series  `json:"series"`
	Changes    []Shift   `json:"changes"` // what was not as in the run before, which may be why the numbers are not
}

// Series is one number of each run of a history.
type Series struct {
	What   string     `json:"what"`
	Unit   string     `json:"unit"`
	Values []*float64 `json:"values"` // null for a run that has none
}

// Shift is something that changed from one run to the next.
type Shift struct {
	Run  string `json:"run"` // the first with it
	What string `json:"what"`
}

// NewTrend makes the trend of runs, the oldest first. Runs of which no experiment is known are left out.
func NewTrend(runs []Summary) *Trend {
	t := &Trend{Schema: TrendSchema, Experiments: []History{}}
	by := map[string][]Summary{}
	var names []string
	for _, r := range runs {
		if r.Experiment != "" {
			by[r.Experiment], names = append(by[r.Experiment], r), append(names, r.Experiment)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		t.Experiments = append(t.Experiments, History{name, by[name], series(by[name]), shifts(by[name])})
	}
	return t
}

// series are the time to recover and everything that was measured at worst, in the order in which they first came up.
func series(runs []Summary) []Series {
	all := []Series{{"time to recover", "s", make([]*float64, len(runs))}}
	for i, r := range runs {
		if r.Recovery != nil {
			all[0].Values[i] = number(r.Recovery.SinceFault)
		}
		for _, w := range r.Worst {
			what := w.What + ", worst"
			at := slices.IndexFunc(all, func(s Series) bool { return s.What == what && s.Unit == w.Unit })
			if at < 0 {
				at = len(all)
				all = append(all, Series{what, w.Unit, make([]*float64, len(runs))})
			}
			all[at].Values[i] = number(w.Value)
		}
	}
	return all
}

// shifts lists what was not as in the run before: the file, the speed, or the place.
func shifts(runs []Summary) []Shift {
	all := []Shift{}
	var last *Summary // with a record
	for i := range runs {
		r := &runs[i]
		if r.Verdict == "" {
			continue
		}
		if last != nil {
			for _, c := range []struct{ what, before, after string }{
				{"another file", last.SHA256, r.SHA256},
				{"speed " + plain(r.Speed), plain(last.Speed), plain(r.Speed)},
				{"in " + r.Where, last.Where, r.Where},
			} {
				if c.before != c.after {
					all = append(all, Shift{r.Run, c.what})
				}
			}
		}
		last = r
	}
	return all
}

// WriteJSON writes the trend as docs/runs.md describes it.
func (t *Trend) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(t)
}

// WriteText writes the trend for a terminal. A line of runs too long for it shows the latest.
func (t *Trend) WriteText(w io.Writer) error {
	var b bytes.Buffer
	for i, h := range t.Experiments {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s, %s\n", h.Experiment, h.Span())
		rows := [][]string{{"", "OVER TIME", "MEDIAN", "LAST"}, {"verdict", h.Verdicts(), "", verdictOf(h.Runs[len(h.Runs)-1])}}
		for _, s := range h.Series {
			rows = append(rows, []string{s.What, s.Sparkline(), s.Median(), s.Last()})
		}
		reports.Table(&b, rows)
		fmt.Fprintf(&b, "  %s\n", h.Tally())
		for _, s := range h.Changes {
			fmt.Fprintf(&b, "  from %s on: %s\n", s.Run, s.What)
		}
	}
	if len(t.Experiments) == 0 {
		b.WriteString("No runs yet.\n")
	}
	_, err := w.Write(bytes.Map(reports.Harmless, b.Bytes()))
	return err
}

// Span says how many runs there are, and from when.
func (h History) Span() string {
	return fmt.Sprintf("%s from %s to %s (UTC)", reports.Counted(len(h.Runs), "run"), day(h.Runs[0].Started), day(h.Runs[len(h.Runs)-1].Started))
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// Shown is how many runs a line shows, the latest.
const Shown = 50

// signs are the verdicts as a line of runs shows them: one letter each, so that it needs neither colour nor a font.
var signs = map[reports.Verdict]string{
	reports.Passed: ".", reports.Failed: "F", reports.Invalid: "I", reports.Inconclusive: "?", reports.Aborted: "A", reports.NotRolledBack: "!",
}

// Verdicts shows those of the latest runs, one letter each: "..F?.".
func (h History) Verdicts() string {
	var b strings.Builder
	for _, r := range latest(h.Runs) {
		sign, ok := signs[r.Verdict]
		if !ok {
			sign = "-"
		}
		b.WriteString(sign)
	}
	return b.String()
}

// Tally counts the verdicts: ". 20 passed, F 3 failed".
func (h History) Tally() string {
	counts, order := map[string]int{}, []string{}
	for _, r := range h.Runs {
		sign, ok := signs[r.Verdict]
		if !ok {
			sign = "-"
		}
		key := sign + " %d " + verdictOf(r)
		if counts[key] == 0 {
			order = append(order, key)
		}
		counts[key]++
	}
	slices.SortStableFunc(order, func(a, b string) int { return counts[b] - counts[a] })
	for i, key := range order {
		order[i] = fmt.Sprintf(key, counts[key])
	}
	return strings.Join(order, ", ")
}

// Sparkline shows the latest values between the least and the most of them, a space for a run that has none.
func (s Series) Sparkline() string {
	const bars = "▁▂▃▄▅▆▇█"
	steps, shown := []rune(bars), latest(s.Values)
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range shown {
		if v != nil {
			least, most = min(least, *v), max(most, *v)
		}
	}
	var b strings.Builder
	for _, v := range shown {
		switch {
		case v == nil:
			b.WriteRune(' ')
		case most == least:
			b.WriteRune(steps[0])
		default:
			b.WriteRune(steps[int(math.Round((*v-least)/(most-least)*float64(len(steps)-1)))])
		}
	}
	return b.String()
}

// Median is the middle value of all runs that have one.
func (s Series) Median() string {
	var values []float64
	for _, v := range s.Values {
		if v != nil {
			values = append(values, *v)
		}
	}
	if len(values) == 0 {
		return "–"
	}
	return reports.Value(stats.Median(values), s.Unit)
}

// Last is the value of the latest run, "–" where it has none.
func (s Series) Last() string { return optional(s.Values[len(s.Values)-1], s.Unit) }

func latest[T any](all []T) []T { return all[max(0, len(all)-Shown):] }

package across

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"gameday/reports"
)

// Doubt is what every comparison has to be read with.
const Doubt = "p speaks of these two runs: a run differs from the next by more than its readings tell. Run both more than once before you conclude anything of the system."

// WriteJSON writes the comparison as docs/runs.md describes it.
func (c *Comparison) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(c)
}

// WriteText writes the comparison for a terminal.
func (c *Comparison) WriteText(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Before  %s\nAfter   %s\n\n%s\n", c.Before.Run, c.After.Run, c.Sentence)
	for _, caution := range c.Cautions {
		fmt.Fprintf(&b, "  ! %s\n", caution)
	}
	b.WriteString("\n")
	rows := [][]string{{"NOT ALIKE", "BEFORE", "AFTER"}}
	for _, d := range c.Differences {
		rows = append(rows, []string{d.What, d.Before, d.After})
	}
	if len(rows) == 1 {
		rows = append(rows, []string{"nothing: the same file, seed, speed, place, bounds and load"})
	}
	reports.Table(&b, rows)
	b.WriteString("\n")
	rows = [][]string{{"", "BEFORE", "AFTER"}}
	for _, f := range c.Facts() {
		rows = append(rows, []string{f.What, f.Before, f.After})
	}
	reports.Table(&b, rows)
	if len(c.Probes) > 0 {
		b.WriteString("\n")
		rows = [][]string{{"PROBE", "BEFORE", "AFTER", "CHANGE", "P", "FINDING"}}
		for _, p := range c.Probes {
			rows = append(rows, []string{p.Probe, p.Before.text(p.Unit), p.After.text(p.Unit), p.By(), p.Chance(), string(p.Finding)})
		}
		reports.Table(&b, rows)
		for _, p := range c.Probes {
			if p.Reason != "" {
				fmt.Fprintf(&b, "  %s: %s\n", p.Probe, strings.ReplaceAll(p.Reason, "\n", " "))
			}
		}
		fmt.Fprintf(&b, "\nValues are those under the fault: rates, or medians. %s\n%s\n", c.Method(), Doubt)
	}
	_, err := w.Write(bytes.Map(reports.Harmless, b.Bytes()))
	return err
}

// Method says how sure a finding is, and how that was found.
func (c *Comparison) Method() string {
	return fmt.Sprintf("Tested by %s, at a confidence of %v for all probes together (p adjusted by Holm 1979).", strings.Join(c.tests(), " and "), c.Confidence)
}

// tests names those that were made, each once.
func (c *Comparison) tests() (names []string) {
	for _, name := range []string{rateTest, rankTest} {
		for _, p := range c.Probes {
			if p.Test == name {
				names = append(names, "the "+name)
				break
			}
		}
	}
	if len(names) == 0 {
		return []string{"nothing"}
	}
	return names
}

// Facts are what there is one number of in each run, so that no test can be made.
func (c *Comparison) Facts() []Difference {
	facts := []Difference{
		{"verdict", verdictOf(c.Before.Summary), verdictOf(c.After.Summary)},
		{"time to recover", recovered(c.Before.Summary), recovered(c.After.Summary)},
		{"since the last undo", sinceUndone(c.Before.Summary), sinceUndone(c.After.Summary)},
		{"out of bounds under the fault", c.Before.violated(), c.After.violated()},
	}
	for _, b := range c.Before.Worst {
		for _, a := range c.After.Worst {
			if a.What == b.What && a.Unit == b.Unit {
				facts = append(facts, Difference{b.What + ", worst", reports.Value(b.Value, b.Unit), reports.Value(a.Value, a.Unit)})
			}
		}
	}
	return facts
}

func sinceUndone(s Summary) string {
	if s.Recovery == nil {
		return "–"
	}
	return reports.Value(s.Recovery.SinceUndone, "s")
}

func (s Side) violated() string {
	if s.Violations == 0 {
		return "never"
	}
	return fmt.Sprintf("%s, %s in all", reports.Counted(s.Violations, "time"), reports.Value(s.OutOfBounds, "s"))
}

// text is a sample in one cell: its typical value, and of how much it is that.
func (s Sample) text(unit string) string {
	if s.Of > 0 {
		return fmt.Sprintf("%s (%.0f of %.0f)", optional(s.Typical, unit), s.Events, s.Of)
	}
	return fmt.Sprintf("%s (%s)", optional(s.Typical, unit), reports.Counted(s.Readings, "reading"))
}

// By says how far the probe moved, "–" where no test was made: "+180ms, higher in 93% of pairs".
func (c Change) By() string {
	if c.Difference == nil {
		return "–"
	}
	text := signed(*c.Difference, c.Unit)
	switch {
	case c.Superior != nil:
		text += fmt.Sprintf(", higher in %s of pairs", reports.Value(*c.Superior, "%"))
	case c.RatioLow != nil && c.RatioHigh != nil:
		text += fmt.Sprintf(", %s to %s times as many", reports.Value(*c.RatioLow, ""), reports.Value(*c.RatioHigh, ""))
	case c.RatioLow != nil && *c.RatioLow > 0:
		text += fmt.Sprintf(", at least %s times as many", reports.Value(*c.RatioLow, ""))
	}
	return text
}

// Chance is the adjusted p, "–" where no test was made.
func (c Change) Chance() string {
	if c.Adjusted == nil {
		return "–"
	}
	return strings.TrimPrefix(strings.TrimPrefix(reports.Chance(*c.Adjusted), "p "), "= ")
}

// signed writes a difference with its sign, also where it is below 0, and without what subtracting has left of rounding.
func signed(v float64, unit string) string {
	if digits := 3 - math.Floor(math.Log10(math.Abs(v))); v != 0 {
		v = math.Round(v*math.Pow(10, digits)) / math.Pow(10, digits)
	}
	if v < 0 {
		return "−" + reports.Value(-v, unit)
	}
	return "+" + reports.Value(v, unit)
}

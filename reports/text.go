package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Text writes what a terminal shows at the end of a run: the verdict, what each probe came to, and whether everything
// is back.
func Text(w io.Writer, r *Result) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\nExperiment %s\n%s\n", r.Experiment, r.Sentence)
	for _, reason := range others(r) {
		fmt.Fprintf(&b, "  also: %s\n", reason)
	}
	if len(r.Probes) > 0 {
		b.WriteString("\n")
		rows := [][]string{{"PROBE", "HELD TO", "BASELINE", "WORST", "RESULT"}}
		for _, p := range r.Probes {
			rows = append(rows, []string{p.ID(), p.Rules(), p.baselineText(), p.worstText(), p.State})
		}
		writeTable(&b, rows)
	}
	for _, p := range r.Probes {
		if text := p.Trouble(); text != "" {
			fmt.Fprintf(&b, "  %s: %s\n", p.ID(), strings.ReplaceAll(text, "\n", " "))
		}
	}
	if len(r.Steps) > 0 {
		b.WriteString("\n")
		rows := [][]string{{"STEP", "WHAT", "STATE", "DONE", "BACK"}}
		for _, s := range r.Steps {
			rows = append(rows, []string{fmt.Sprint(s.N), s.Text, s.State, clockOr(s.Done), clockOr(s.Undone)})
		}
		writeTable(&b, rows)
	}
	if len(r.Loads) > 0 {
		b.WriteString("\n")
		rows := [][]string{{"LOAD", "SENT", "NOT SENT", "ANSWERED", "FAILED", "P50", "P99"}}
		for _, l := range r.Loads {
			rows = append(rows, []string{l.Name, fmt.Sprint(l.Sent), Tally(l.NotSent), Tally(l.Answered), Tally(l.Failed), l.quantile("p50"), l.quantile("p99")})
		}
		writeTable(&b, rows)
	}
	fmt.Fprintf(&b, "\n%s\nRun %s, seed %d, %s. Times are UTC.\n", r.Recovered(), r.Run, r.Seed, r.Environment.place())
	_ = WriteRemedies(&b, r.Remedies()) // last, where somebody at a terminal finds it; and a buffer takes everything
	_, err := w.Write(bytes.Map(harmless, b.Bytes()))
	return err
}

// harmless keeps what names and messages bring along from commanding the terminal.
func harmless(r rune) rune {
	if unicode.IsControl(r) && r != '\n' {
		return ' '
	}
	return r
}

// writeTable writes rows in columns, indented by two.
func writeTable(b *bytes.Buffer, rows [][]string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.Map(harmless, strings.ReplaceAll(cell, "\n", " "))
		}
		fmt.Fprintf(t, "  %s\n", strings.Join(row, "\t"))
	}
	t.Flush() // a buffer takes everything
}

// others returns the reasons beyond the first, which the sentence has told.
func others(r *Result) []string {
	if len(r.Reasons) < 2 {
		return nil
	}
	return r.Reasons[1:]
}

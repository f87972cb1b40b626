package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
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
		Table(&b, rows)
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
		Table(&b, rows)
	}
	writeLoads(&b, r.Loads)
	fmt.Fprintf(&b, "\n%s\nRun %s, seed %d, %s. Times are UTC.\n", r.Recovered(), r.Run, r.Seed, r.Environment.Place())
	_ = WriteRemedies(&b, r.Remedies()) // last, where somebody at a terminal finds it; and a buffer takes everything
	_, err := w.Write(bytes.Map(Harmless, b.Bytes()))
	return err
}

// writeLoads says what became of the requests of each load, and how long they took.
func writeLoads(b *bytes.Buffer, loads []Load) {
	if len(loads) == 0 {
		return
	}
	counts := [][]string{{"LOAD", "SCHEDULED", "SENT", "NOT SENT", "ANSWERED", "FAILED"}}
	times := [][]string{{"LOAD", "", "P50", "P90", "P99", "P99.9", "MAX"}}
	for _, l := range loads {
		counts = append(counts, []string{l.Name, fmt.Sprint(l.Scheduled), fmt.Sprint(l.Sent), Tally(l.NotSent), Tally(l.Answered), Tally(l.Failed)})
		for _, t := range l.Times() {
			times = append(times, append([]string{l.Name, t.What}, t.At...))
		}
	}
	b.WriteString("\n")
	Table(b, counts)
	b.WriteString("\n")
	Table(b, times)
	for _, l := range loads {
		if text := l.Replayed(); text != "" {
			fmt.Fprintf(b, "\n  %s\n", strings.ReplaceAll(text, "\n", " "))
		}
	}
}

// others returns the reasons beyond the first, which the sentence has told.
func others(r *Result) []string {
	if len(r.Reasons) < 2 {
		return nil
	}
	return r.Reasons[1:]
}

package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Markdown writes a summary for a pull request or the summary of a CI job, in GitHub's dialect.
func Markdown(w io.Writer, r *Result) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "## %s %s: %s\n\n%s\n", r.Verdict.sign(), plain(r.Experiment), r.Verdict, plain(r.Sentence))
	if more := others(r); len(more) > 0 {
		b.WriteString("\n")
		for _, reason := range more {
			fmt.Fprintf(&b, "- %s\n", plain(reason))
		}
	}
	for _, remedy := range r.Remedies() {
		fmt.Fprintf(&b, "\n**%s:**\n\n%s\n", plain(remedy.Title), indented(remedy.Lines))
	}
	if len(r.Probes) > 0 {
		row(&b, "\n| Probe | Held to | Baseline | Worst in the fault | Result |\n|---|---|--:|--:|---|\n")
		for _, p := range r.Probes {
			row(&b, "| %s | %s | %s | %s | %s |\n", p.ID(), p.Rules(), p.baselineText(), p.worstText(), p.result())
		}
	}
	for _, p := range r.Probes {
		if text := p.Trouble(); text != "" {
			fmt.Fprintf(&b, "\n%s: %s\n", plain(p.ID()), plain(text))
		}
	}
	if len(r.Steps) > 0 {
		row(&b, "\n| Step | What | State | Done | Back |\n|--:|---|---|---|---|\n")
		for _, s := range r.Steps {
			row(&b, "| %s | %s | %s | %s | %s |\n", fmt.Sprint(s.N), s.Text, s.State, clockOr(s.Done), clockOr(s.Undone))
		}
	}
	markdownLoads(&b, r.Loads)
	fmt.Fprintf(&b, "\n%s\n", plain(r.Recovered()))
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "\n> Warning: %s\n", plain(warning))
	}
	fmt.Fprintf(&b, "\n<sub>Run %s of %s in %s, seed %d, gameday %s, %s to %s UTC.</sub>\n",
		plain(r.Run), plain(r.File.Name), plain(r.Environment.Place()), r.Seed, plain(r.Environment.Version),
		r.Started.UTC().Format("2006-01-02 15:04:05"), clock(r.Ended))
	_, err := w.Write(b.Bytes())
	return err
}

// markdownLoads says what became of the requests of each load, and how long they took.
func markdownLoads(b *bytes.Buffer, loads []Load) {
	if len(loads) == 0 {
		return
	}
	row(b, "\n| Load | Scheduled | Sent | Not sent | Answered | Failed |\n|---|--:|--:|---|---|---|\n")
	for _, l := range loads {
		row(b, "| %s | %s | %s | %s | %s | %s |\n", l.Name, fmt.Sprint(l.Scheduled), fmt.Sprint(l.Sent), Tally(l.NotSent), Tally(l.Answered), Tally(l.Failed))
	}
	row(b, "\n| Load | | p50 | p90 | p99 | p99.9 | max |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, l := range loads {
		for _, t := range l.Times() {
			row(b, "| %s | %s | %s | %s | %s | %s | %s |\n", l.Name, t.What, t.At[0], t.At[1], t.At[2], t.At[3], t.At[4])
		}
	}
	for _, l := range loads {
		if text := l.Replayed(); text != "" {
			fmt.Fprintf(b, "\n%s\n", plain(text))
		}
	}
}

// sign is what a verdict looks like from afar.
func (v Verdict) sign() string {
	switch v {
	case Passed:
		return "✅"
	case Failed:
		return "❌"
	case NotRolledBack:
		return "🚨"
	case Aborted:
		return "🛑"
	}
	return "❔"
}

// result is the state, with its reason where there is one.
func (p Probe) result() string {
	if p.Reason == "" {
		return p.State
	}
	return p.State + ": " + p.Reason
}

// row writes one row of a table, each of whose cells is plain text.
func row(b *bytes.Buffer, format string, cells ...string) {
	escaped := make([]any, len(cells))
	for i, cell := range cells {
		escaped[i] = plain(cell)
	}
	fmt.Fprintf(b, format, escaped...)
}

// plain makes text mean itself: names come from files and messages from AWS, and neither may be markup or end a row.
func plain(text string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", "\\", `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`,
		"#", `\#`, "~", `\~`, "\n", " ", "\r", " ",
	).Replace(text)
}

// indented writes lines as a block of code, which nothing in them can end.
func indented(lines []string) string {
	return "    " + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n    ")
}

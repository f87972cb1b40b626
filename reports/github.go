package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// GitHub writes what speaks against "passed" as workflow commands, which GitHub shows as annotations on the lines of the
// experiment file: the bound that broke, the inject that was not undone, or else the experiment. GitHub finds a file by its
// path from the root of the repository. It shows ten errors of a step at most, so the most urgent come first.
// Commands and their escapes: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func GitHub(w io.Writer, r *Result) error {
	if r.Verdict == Passed {
		return nil
	}
	var b bytes.Buffer
	note := func(line int, title, message string) {
		fmt.Fprintf(&b, "::error file=%s,line=%d,title=%s::%s\n", property.Replace(r.File.Name), max(1, line), property.Replace(r.Experiment+": "+title), data.Replace(message))
	}
	for _, s := range r.Steps {
		switch s.State {
		case StepNotUndone, StepNotHealed:
			note(s.Line, "step "+s.State, strings.Join(append([]string{s.Text, s.Error, "To finish by hand: " + s.Undo}, s.Manual...), "\n"))
		case StepFailed:
			note(s.Line, "step failed", s.Text+"\n"+s.Error)
		}
	}
	for _, p := range r.Probes {
		if p.State == "failed" || p.State == "inconclusive" {
			note(p.guiltyLine(), p.ID()+" "+p.State, p.ID()+" "+p.Reason)
		}
	}
	if b.Len() == 0 {
		note(r.File.Line, string(r.Verdict), strings.Join(append([]string{r.Sentence}, others(r)...), "\n"))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// guiltyLine is the line of the bound that broke, or of the probe where none did.
func (p Probe) guiltyLine() int {
	broken := ""
	for _, v := range p.Violations {
		switch {
		case v.Failed:
		case p.Max != nil && v.Worst > *p.Max:
			broken = "max"
		case p.Min != nil && v.Worst < *p.Min:
			broken = "min"
		}
	}
	if broken == "" && len(p.Violations) == 0 && p.State == "failed" {
		broken = "unchanged"
	}
	if line, ok := p.BoundLines[broken]; ok {
		return line
	}
	return p.Line
}

var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

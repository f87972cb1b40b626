// Package live shows a run to the people who are there while it goes on.
//
//	Status ─► Frame ─► Terminal
//
// A frame is text made from a Status and a size, and nothing else. The terminal rewrites it in place, below the lines
// that say what happened.
package live

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gameday/experiments"
	"gameday/reports"
)

// The colours are the terminal's own, so that they suit its background. None says what a word or a sign does not say too.
var (
	strong  = lipgloss.NewStyle().Bold(true)
	quiet   = lipgloss.NewStyle().Faint(true)
	good    = lipgloss.NewStyle().Foreground(lipgloss.Green)
	trouble = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	doubt   = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

// manners are how a terminal shows what a page shows by a class of the same name.
var manners = map[string]lipgloss.Style{"good": good, "trouble": trouble, "doubt": doubt, "quiet": quiet}

// Frame draws how a run stands, in lines of at most width cells and about height of them, each ended. Where there is
// no room for everything, what is well gives way to what is not.
func Frame(s experiments.Status, width, height int) string {
	head := []string{phases(s, width)}
	if s.Waiting != "" {
		head = append(head, wrapped(doubt, oneLine(s.Waiting), width)...)
	}
	foot := wrapped(quiet, interrupt(s), width)
	room := height - len(head) - len(foot)
	probes := s.Probes
	if len(probes)+len(s.Steps)+len(s.Loads) > room {
		probes = slices.SortedStableFunc(slices.Values(probes), func(a, b experiments.ProbeStatus) int { return rank(a) - rank(b) })
	}
	body := arrange([][]string{probeLines(probes, width), stepLines(s.Steps), loadLines(s.Loads, width)}, room)
	var b strings.Builder
	for _, line := range slices.Concat(head, body, foot) {
		b.WriteString(ansi.Truncate(line, width, "…"))
		b.WriteString("\n")
	}
	return b.String()
}

// wrapped is text in as many lines as it takes.
func wrapped(style lipgloss.Style, text string, width int) (lines []string) {
	for line := range strings.SplitSeq(ansi.Wordwrap(text, width, ""), "\n") {
		lines = append(lines, style.Render(line))
	}
	return lines
}

// arrange puts sections one below the other into so many lines: with a line between them if there is room, and with as
// much of each as there is otherwise, the first ones first.
func arrange(sections [][]string, room int) []string {
	sections = slices.DeleteFunc(sections, func(s []string) bool { return len(s) == 0 })
	all := slices.Concat(sections...)
	if len(all)+len(sections)+1 <= room {
		var spaced []string
		for _, s := range sections {
			spaced = append(append(spaced, ""), s...)
		}
		return append(spaced, "")
	}
	if len(all) <= room {
		return all
	}
	if room < 1 {
		return nil
	}
	return append(all[:room-1], quiet.Render(fmt.Sprintf("… and %d lines more", len(all)-room+1)))
}

// order is that of the phases of a run.
var order = []string{reports.Baseline, reports.Fault, reports.Undo, reports.Recover}

// phases shows which phases are over, which goes on and for how long, and which are to come. Where it is narrow, only
// what goes on is named.
func phases(s experiments.Status, width int) string {
	var parts []string
	for _, name := range order {
		parts = append(parts, phase(s, name))
	}
	line := strings.Join(parts, "   ")
	if ansi.StringWidth(line) <= width || s.Phase == "" {
		return line
	}
	return phase(s, s.Phase)
}

func phase(s experiments.Status, name string) string {
	if name == s.Phase {
		return strong.Render(phaseText(s, name))
	}
	return quiet.Render(phaseText(s, name))
}

// phaseText says of a phase how long it took, how long it still goes on, or that it is to come.
func phaseText(s experiments.Status, name string) string {
	if name == s.Phase {
		return "▶ " + name + left(s.Left)
	}
	i := slices.IndexFunc(s.Phases, func(p reports.Phase) bool { return p.Name == name })
	if i < 0 {
		return "· " + name
	}
	p := s.Phases[i]
	if p.To.IsZero() {
		p.To = s.At
	}
	return "■ " + name + " " + whole(p.To.Sub(p.From))
}

func left(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return ", " + whole(d) + " left"
}

// whole writes a duration in seconds.
func whole(d time.Duration) string { return reports.Span(d.Round(time.Second)) }

// How many cells of a line the parts of a probe may take.
const (
	nameMin, nameMax   = 12, 34
	rulesMin           = 10
	curveMin, curveMax = 8, 60
	stateMax           = len("cannot be measured") // what is longer is cut
	between            = 2
	sign               = 2 // with the blank behind it
)

// probeLines has a line for each probe: its state, value, bound and curve. Where it is narrow, the curve goes first,
// then the bound.
func probeLines(all []experiments.ProbeStatus, width int) []string {
	var name, value, rules int
	for _, p := range all {
		name = max(name, ansi.StringWidth(p.ID))
		value = max(value, ansi.StringWidth(valueOf(p)))
		rules = max(rules, ansi.StringWidth(p.Rules))
	}
	name = min(name, nameMax, max(nameMin, width/2))
	room := width - sign - name - between - value - between - stateMax
	rules = min(rules, max(rulesMin, room-2*between-curveMin))
	curve := min(curveMax, room-2*between-rules)
	var lines []string
	for _, p := range all {
		mark, manner, state := standing(p)
		style := manners[manner]
		parts := []string{style.Render(mark) + " " + pad(p.ID, name), style.Render(pad(valueOf(p), value))}
		if between+rules <= room+stateMax {
			parts = append(parts, quiet.Render(pad(p.Rules, rules)))
		}
		if curve >= curveMin {
			parts = append(parts, padTo(spark(p.Recent, curve), curve))
		}
		if state != "" {
			parts = append(parts, style.Render(state))
		}
		lines = append(lines, strings.TrimRight(strings.Join(parts, strings.Repeat(" ", between)), " "))
	}
	return lines
}

// standing is the mark, the manner and the words for how a probe stands.
func standing(p experiments.ProbeStatus) (mark, manner, state string) {
	switch {
	case p.Blind:
		return "?", "doubt", "cannot be measured"
	case !p.Known:
		return "·", "quiet", "no reading yet"
	case p.Out && p.Proof:
		return "✓", "good", "fault seen"
	case p.Out:
		return "✗", "trouble", "out of bounds" + ago(p)
	case p.Age > 0:
		return "·", "quiet", strings.TrimPrefix(ago(p), ", ")
	}
	return "✓", "good", ""
}

// rank puts trouble first.
func rank(p experiments.ProbeStatus) int {
	switch {
	case p.Out && !p.Proof:
		return 0
	case p.Blind:
		return 1
	}
	return 2
}

func ago(p experiments.ProbeStatus) string {
	if p.Age <= 0 {
		return ""
	}
	return ", " + whole(p.Age) + " ago"
}

func valueOf(p experiments.ProbeStatus) string {
	if !p.Known {
		return "–"
	}
	return p.Value
}

// stepLines has a line for each step, in the order in which they are done.
func stepLines(all []experiments.StepStatus) []string {
	state := 0
	for _, s := range all {
		state = max(state, len(inEffect(s)))
	}
	var lines []string
	for _, s := range all {
		style := quiet
		switch s.State {
		case reports.StepDone, experiments.StepDoing, experiments.StepUndoing:
			style = doubt
		case reports.StepFailed, reports.StepNotUndone, reports.StepNotHealed:
			style = trouble
		}
		lines = append(lines, style.Render(fmt.Sprintf("step %d %-*s", s.N, state, inEffect(s)))+"  "+oneLine(s.Text))
	}
	return lines
}

// inEffect is the state of a step in words.
func inEffect(s experiments.StepStatus) string {
	if s.State == reports.StepDone && !s.Final {
		return "in effect"
	}
	return s.State
}

// loadLines has a line for each load: what was asked for of late, and what was sent.
func loadLines(all []experiments.LoadStatus, width int) []string {
	var lines []string
	for _, l := range all {
		if !l.Known {
			lines = append(lines, "load "+l.Name+quiet.Render("  nothing known yet"))
			continue
		}
		style := quiet
		if l.Errors > 0 {
			style = trouble
		}
		errors := ", " + style.Render(reports.Value(l.Errors, "%")+" errors")
		line := fmt.Sprintf("load %s  %s/s asked for, %s/s sent", l.Name, perSecond(l.Asked), perSecond(l.Sent)) + errors
		if ansi.StringWidth(line) > width {
			line = fmt.Sprintf("load %s  %s of %s/s", l.Name, perSecond(l.Sent), perSecond(l.Asked)) + errors
		}
		lines = append(lines, line)
	}
	return lines
}

func perSecond(r float64) string {
	if r >= 100 {
		return reports.Grouped(uint64(r + 0.5))
	}
	return reports.Value(r, "")
}

// interrupt says what Ctrl-C would do at this moment.
func interrupt(s experiments.Status) string {
	held, lost := 0, false
	for _, step := range s.Steps {
		lost = lost || step.Final && step.State != reports.StepPlanned
		if !step.Final && slices.Contains([]string{reports.StepDone, experiments.StepDoing, experiments.StepUndoing}, step.State) {
			held++
		}
	}
	switch {
	case s.Phase == "":
		return "" // it stays in the scrollback, where there is nothing to interrupt
	case s.Stopping && held > 0:
		return "Stopping. Ctrl-C says what is still being undone; it skips nothing."
	case s.Stopping:
		return "Stopping. A last measurement and the report are still to come."
	case s.Phase == reports.Undo:
		return "Ctrl-C skips no undo; it ends the wait for recovery."
	case held > 0:
		return fmt.Sprintf("Ctrl-C stops and undoes %s.", reports.Counted(held, "change"))
	case lost:
		return "Ctrl-C stops; what was done cannot be taken back."
	case s.Phase == reports.Recover:
		return "Ctrl-C stops; everything is back."
	}
	return "Ctrl-C stops; nothing has been changed yet."
}

// oneLine is text without what would break a line or command the terminal.
func oneLine(text string) string {
	return strings.ReplaceAll(strings.Map(reports.Harmless, text), "\n", " ")
}

// pad cuts or fills text to so many cells.
func pad(text string, n int) string { return padTo(ansi.Truncate(text, n, "…"), n) }

func padTo(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-ansi.StringWidth(text)))
}

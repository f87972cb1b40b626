package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/mitchellh/go-wordwrap"

	"gameday/experiments"
	"gameday/reports"
)

// writePlan shows a plan to the person who has to say yes to it: every change with its undo, what cannot be undone,
// what else is hit, who acts with which permissions, and what an expert would warn of. Lines are broken at a width; at none
// where that is 0.
func writePlan(to io.Writer, p *experiments.Plan, width int) {
	w := &strings.Builder{}
	defer func() { fmt.Fprint(to, broken(w.String(), width)) }()
	e := p.Experiment
	fmt.Fprintf(w, "Plan of experiment %q (%s)\n", e.Name, p.File.Name)
	fmt.Fprintf(w, "  account %s, region %s, as %s\n", p.Identity.Account, p.Identity.Region, p.Identity.Caller)
	fmt.Fprintf(w, "  seed %d (the same seed and inventory pick the same targets)\n", p.Seed)

	fmt.Fprintf(w, "\nChanges, in this order\n")
	if len(p.Steps) == 0 {
		fmt.Fprintf(w, "  none: the experiment has no inject\n")
	}
	for _, s := range p.Steps {
		when := fmt.Sprintf("%s into the fault phase", s.Inject.Start)
		if s.Inject.Duration > 0 {
			when += fmt.Sprintf(", for %s", s.Inject.Duration)
		}
		fmt.Fprintf(w, "  %d. %s\n     by %s, %s\n     undo: %s\n", s.N, s.Step, s.Inject.ID(), when, s.About.Undo)
		if s.About.Irreversible != "" {
			fmt.Fprintf(w, "     cannot be taken back: %s\n", s.About.Irreversible)
		}
	}

	section(w, "Affects", len(p.Impacts), func(t io.Writer) {
		for _, i := range p.Impacts {
			fmt.Fprintf(t, "  %d of %d\t%.0f%%\t%s%s\n", i.Hit, i.Of, 100*float64(i.Hit)/float64(max(1, i.Of)), i.What, by(p.Behind(i)))
		}
	})
	section(w, "Left out", len(p.LeftOut), func(t io.Writer) {
		for _, l := range p.LeftOut {
			fmt.Fprintf(t, "  %s\t%s\n", l.ID, l.Why)
		}
	})
	section(w, "Phases", 1, func(t io.Writer) {
		fmt.Fprintf(t, "  baseline\t%s\tprobes must be within bounds, or nothing is injected\n", reports.Span(e.Baseline))
		fmt.Fprintf(t, "  fault\t%s\tand longer by what it takes to put the changes in effect\n", reports.Span(e.FaultPhase()))
		fmt.Fprintf(t, "  recovery\tup to %s\tsteady again in this time, and then for %s\n", reports.Span(e.Recovery), reports.Span(e.Baseline))
	})
	section(w, "Loads", len(e.Loads), func(t io.Writer) {
		for _, l := range e.Loads {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", l.Name, p.Traffic[l.Name].Rate, p.Loads[l.Name].URL)
			fmt.Fprintf(t, "  \t\t%s\n", p.Manner(l.Name))
			for _, line := range p.Mix(l.Name) {
				fmt.Fprintf(t, "  \t\t%s\n", line)
			}
		}
	})
	section(w, "Probes", len(e.Probes), func(t io.Writer) {
		for _, probe := range e.Probes {
			fmt.Fprintf(t, "  %s\t%s\n", probe.ID(), probe.Rules())
		}
	})
	fmt.Fprintf(w, "\nIAM actions needed\n  %s\n", strings.Join(p.Permissions(), "\n  "))
	section(w, "Warnings", len(p.Warnings), func(t io.Writer) {
		for _, text := range p.Warnings {
			fmt.Fprintf(t, "  ! %s%s\n", text, by(p.Behind(text)))
		}
	})
}

// by names the steps that something comes of: " (steps 1-3, 5)".
func by(steps []int) string {
	if len(steps) == 0 {
		return ""
	}
	var ranges []string
	for i := 0; i < len(steps); {
		end := i
		for end+1 < len(steps) && steps[end+1] == steps[end]+1 {
			end++
		}
		text := fmt.Sprint(steps[i])
		if end > i {
			text += fmt.Sprintf("-%d", steps[end])
		}
		ranges, i = append(ranges, text), end+1
	}
	what := "step"
	if len(steps) > 1 {
		what = "steps"
	}
	return fmt.Sprintf(" (%s %s)", what, strings.Join(ranges, ", "))
}

// hanging is what a line begins with before its text: all but the last column of a table, or spaces and the number or mark of an item.
var hanging = regexp.MustCompile(`^(.*\S {3,}| *(\d+\. |! |undo: |cannot be taken back: )?)`)

// broken breaks lines that are longer than width between words, and has the rest of each stand below its text.
func broken(text string, width int) string {
	if width == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		begin := hanging.FindString(line)
		indent := "\n" + strings.Repeat(" ", len(begin))
		wrapped := wordwrap.WrapString(line[len(begin):], uint(max(width-len(begin), 20)))
		lines[i] = begin + strings.ReplaceAll(wrapped, "\n", indent)
	}
	return strings.Join(lines, "\n")
}

// section writes a headline and aligned lines below it, or nothing where there are none.
func section(w io.Writer, title string, lines int, write func(io.Writer)) {
	if lines == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	write(t)
	t.Flush()
}

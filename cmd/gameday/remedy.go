package main

import (
	"errors"
	"fmt"
	"io"

	"gameday/experiments"
	"gameday/internal/journal"
	"gameday/reports"
)

// sayNotUndone says what of a run could not be rolled back and why, and how a person finishes it.
func sayNotUndone(w io.Writer, run string, at reports.Environment, err error) {
	left, other := sorted(err)
	if other != nil {
		fmt.Fprintln(w, describe(other))
	}
	var steps []reports.Step
	for _, l := range left {
		fmt.Fprintf(w, "gameday: %s.\n", l)
		steps = append(steps, reports.Step{N: l.N, Text: l.Step, Manual: l.Manual, Keep: l.Keep})
	}
	_ = reports.WriteRemedies(w, reports.Remedies(run, at, steps)) // like every message
}

// ranAt is where a run was whose folder is dir.
func ranAt(b journal.Begin, dir string) reports.Environment {
	return reports.Environment{Account: b.Account, Region: b.Region, Lab: b.Lab, RunsDir: experiments.RunsDir(dir)}
}

// sorted takes joined errors apart: the steps that were not undone, and all else.
func sorted(err error) (left []*experiments.NotUndone, other error) {
	var one *experiments.NotUndone
	var joined interface{ Unwrap() []error }
	switch {
	case !errors.As(err, &one):
		return nil, err
	case !errors.As(err, &joined):
		return []*experiments.NotUndone{one}, nil
	}
	for _, e := range joined.Unwrap() {
		l, o := sorted(e)
		left, other = append(left, l...), errors.Join(other, o)
	}
	return left, other
}

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

// waiting is one run that is to come: an experiment, and the file it comes from.
type waiting struct {
	source     source
	experiment *experiments.Experiment
	n, of      int // the n-th of so many repetitions, from 1
}

func (w waiting) String() string {
	if w.of == 1 {
		return fmt.Sprintf("experiment %q", w.experiment.Name)
	}
	return fmt.Sprintf("repetition %d of %d of experiment %q", w.n, w.of, w.experiment.Name)
}

// queued lists what is to be run, in order: every experiment as often as asked, before the next one.
func queued(files []source, repeat int) (queue []waiting) {
	for _, f := range files {
		for _, e := range f.experiments() {
			for n := range repeat {
				queue = append(queue, waiting{f, e, n + 1, repeat})
			}
		}
	}
	return queue
}

// sayNotRun names the runs that were not begun, and why.
func sayNotRun(c *cli.Context, left []waiting, last waiting, verdict reports.Verdict) {
	for _, l := range left {
		fmt.Fprintf(c.App.ErrWriter, "gameday: %s was not run, because %q was %s\n", l, last.experiment.Name, verdict)
	}
}

// writeTally says of every experiment that was repeated how its repetitions ended. Ended are the verdicts of the first
// of the queue; what comes after them was not run.
func writeTally(w io.Writer, queue []waiting, ended []reports.Verdict) {
	for first := 0; first < len(ended); first += queue[first].of {
		one := queue[first]
		if one.of == 1 {
			continue
		}
		passed := 0
		var words []string
		for _, v := range ended[first:min(first+one.of, len(ended))] {
			words = append(words, string(v))
			if v == reports.Passed {
				passed++
			}
		}
		for len(words) < one.of {
			words = append(words, "not run")
		}
		fmt.Fprintf(w, "\n%s: %d of %d repetitions passed: %s\n", one.experiment.Name, passed, one.of, strings.Join(words, ", "))
	}
}

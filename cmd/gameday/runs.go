package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
)

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:  "runs",
		Usage: "list earlier runs",
		Description: "Examples:\n" +
			"  gameday runs\n" +
			"  gameday runs --json",
		Flags: []cli.Flag{
			runsDirFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print JSON instead of text"},
		},
		Action: printing(func(c *cli.Context) error {
			if err := atMost(c, 0); err != nil {
				return err
			}
			if c.IsSet("runs-dir") {
				if err := thereAreRuns(c.String("runs-dir")); err != nil {
					return err
				}
			}
			ids, err := runIDs(c.String("runs-dir"))
			if err != nil {
				return err
			}
			lines := make([]runLine, 0, len(ids))
			for _, id := range ids {
				lines = append(lines, readRunLine(c.String("runs-dir"), id))
			}
			if c.Bool("json") {
				return json.NewEncoder(c.App.Writer).Encode(lines)
			}
			writeRuns(c.App.Writer, lines)
			return nil
		}),
	}
}

// runLine is one run in the list.
type runLine struct {
	Run        string          `json:"run"`
	Experiment string          `json:"experiment,omitempty"`
	Verdict    reports.Verdict `json:"verdict,omitempty"` // empty where the run left no result: it is still going on, or died
	Started    time.Time       `json:"started,omitzero"`
	Sentence   string          `json:"sentence,omitempty"`
}

func readRunLine(runsDir, id string) runLine {
	dir := filepath.Join(runsDir, id)
	if r, err := loadResult(dir); err == nil {
		return runLine{id, r.Experiment, r.Verdict, r.Started, r.Sentence}
	}
	line := runLine{Run: id, Sentence: withoutResult(dir)}
	if l, err := experiments.ReadLeftover(dir, kinds()); err == nil {
		line.Experiment, line.Started = l.Begin.Experiment, l.Started
	}
	return line
}

// withoutResult says what there is to say of a run that left no result.
func withoutResult(dir string) string {
	l, err := experiments.ReadLeftover(dir, kinds())
	switch {
	case err != nil:
		return "Its journal cannot be read, so nothing is known of it."
	case l.Alive:
		return "Still going on."
	case l.RollingBack:
		return "Died, and is being rolled back."
	case len(l.Pending) > 0:
		return fmt.Sprintf("Died and left %s in effect: gameday rollback %s.", reports.Counted(len(l.Pending), "change"), filepath.Base(l.Dir))
	case l.Begin.Lab:
		return "Died, and its lab with it."
	default:
		return "Died; nothing of it is in effect."
	}
}

func writeRuns(w io.Writer, lines []runLine) {
	if len(lines) == 0 {
		fmt.Fprintln(w, "No runs yet.")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		verdict := string(l.Verdict)
		if verdict == "" {
			verdict = "no result"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", l.Run, verdict, l.Sentence)
	}
	t.Flush()
}

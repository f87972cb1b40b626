package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/reports"
	"gameday/reports/across"
)

// selectionFlags pick runs out of all of them.
func selectionFlags() []cli.Flag {
	return join([]cli.Flag{
		&cli.StringSliceFlag{Name: "experiment", Aliases: []string{"e"}, Usage: "only runs of experiment `NAME`; may be given more than once"},
		&cli.StringSliceFlag{Name: "verdict", Usage: "only runs that ended with `VERDICT`: " + strings.Join(verdictNames(), ", ") + "; may be given more than once"},
	}, spanFlags())
}

// spanFlags pick runs by when they began.
func spanFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "since", Usage: "only runs that began at `TIME` or later: 2026-11-23, 2026-11-23T10:00 (UTC), or 36h or 7d ago"},
		&cli.StringFlag{Name: "until", Usage: "only runs that began before `TIME`; of a date, the whole day is meant"},
		&cli.IntFlag{Name: "limit", Aliases: []string{"n"}, Usage: "only the latest `N` of them", DefaultText: "all"},
	}
}

// selection is which runs are asked for. What is empty does not restrict.
type selection struct {
	experiments  []string
	verdicts     []string
	since, until time.Time
	limit        int
}

func readSelection(c *cli.Context, experiments []string) (s selection, err error) {
	s = selection{experiments: experiments, limit: c.Int("limit")}
	if c.IsSet("limit") && s.limit < 1 {
		return s, fmt.Errorf("--limit is a number of runs, 1 or more, not %d", s.limit)
	}
	for _, given := range c.StringSlice("verdict") {
		name := strings.NewReplacer(" ", "-", "_", "-").Replace(given)
		if !slices.Contains(verdictNames(), name) {
			return s, fmt.Errorf("no verdict is called %q: use one of %s", given, strings.Join(verdictNames(), ", "))
		}
		s.verdicts = append(s.verdicts, name)
	}
	if s.since, err = timeGiven(c.String("since"), time.Now(), false); err != nil {
		return s, fmt.Errorf("--since: %w", err)
	}
	if s.until, err = timeGiven(c.String("until"), time.Now(), true); err != nil {
		return s, fmt.Errorf("--until: %w", err)
	}
	return s, nil
}

// narrows reports whether anything is left out on purpose.
func (s selection) narrows() bool {
	return len(s.experiments) > 0 || len(s.verdicts) > 0 || !s.since.IsZero() || !s.until.IsZero()
}

// runs are those that were asked for, the oldest first. An experiment that never ran is a mistake.
func (s selection) runs(c *cli.Context) ([]across.Summary, error) {
	all, err := listRuns(c)
	if err != nil {
		return nil, err
	}
	for _, name := range s.experiments {
		if known := experimentNames(all); !slices.Contains(known, name) {
			return nil, fmt.Errorf("no run in %s is of experiment %q. %s", c.String("runs-dir"), name, experiments.DidYouMean(name, known))
		}
	}
	picked := slices.DeleteFunc(all, func(r across.Summary) bool { return !s.holds(r) })
	if s.limit > 0 {
		picked = picked[max(0, len(picked)-s.limit):]
	}
	return picked, nil
}

func (s selection) holds(r across.Summary) bool {
	switch {
	case len(s.experiments) > 0 && !slices.Contains(s.experiments, r.Experiment),
		len(s.verdicts) > 0 && !slices.Contains(s.verdicts, verdictName(r.Verdict)),
		r.Started.Before(s.since),
		!s.until.IsZero() && !r.Started.Before(s.until):
		return false
	}
	return true
}

// experimentNames lists what was run, each once, by name.
func experimentNames(runs []across.Summary) (names []string) {
	for _, r := range runs {
		if r.Experiment != "" {
			names = append(names, r.Experiment)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// verdictNames are the verdicts as they are typed, in the order of their exit codes.
func verdictNames() (names []string) {
	for _, v := range []reports.Verdict{reports.Passed, reports.Failed, reports.Invalid, reports.Inconclusive, reports.Aborted, reports.NotRolledBack, ""} {
		names = append(names, verdictName(v))
	}
	return names
}

func verdictName(v reports.Verdict) string {
	if v == "" {
		return "no-result"
	}
	return strings.ReplaceAll(string(v), " ", "-")
}

// timeGiven reads a point in time: a date, a date with a time of day, both in UTC unless a zone is given, or how long before now. Of a date
// it is the beginning, or the end where that is asked for. Nothing is the zero time.
func timeGiven(text string, now time.Time, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		if end {
			return t.AddDate(0, 0, 1), nil
		}
		return t, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if days, err := strconv.ParseFloat(strings.TrimSuffix(text, "d"), 64); err == nil && strings.HasSuffix(text, "d") && days >= 0 {
		return now.Add(-time.Duration(days * 24 * float64(time.Hour))), nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: use 2026-11-23, 2026-11-23T10:00, or how long ago, like 36h or 7d", text)
}

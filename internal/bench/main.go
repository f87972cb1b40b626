// Bench measures what gameday's load engine and its lab cost, beside what they have to be compared with: a bare http.Client, the
// least that a client in Go can do, and vegeta. It is a module of its own, so that what it compares with is no dependency of gameday's.
//
//	bench ─┬─► server      one core      answers, and stalls when told
//	       └─► generator   another core  one at a time, a process for each measurement
//
// Everything is measured in rounds, each thing once a round, because a machine is not equally fast at all times: a ratio compares what
// was measured within one round, and what is published is the median of the rounds with the least and the most.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run does what the process was started for: the whole, or the one task that the whole has started it for.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each thing is measured")
	brief := flags.Bool("brief", false, "measure everything once and for a moment, to see that it works")
	only := flags.String("only", "", "measure only what matches this `expression`, like \"^closed\"")
	page := flags.String("page", "", "also put the results between the markers of this `file`")
	one := flags.String("task", "", "do this one task; for its own use")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *one != "" {
		var t task
		if err := json.Unmarshal([]byte(*one), &t); err != nil {
			return err
		}
		r, err := t.do(ctx)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(r)
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	plan := trials(1)
	if *brief {
		*rounds, plan = 1, trials(0.02)
	}
	plan = slices.DeleteFunc(plan, func(t trial) bool { return !pattern.MatchString(t.name) })
	measured, err := measure(ctx, plan, *rounds)
	if err != nil {
		return err
	}
	text := report(measured)
	if _, err := io.WriteString(out, text); err != nil || *page == "" {
		return err
	}
	return publish(*page, text)
}

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// trial is one thing that is measured once a round.
type trial struct {
	name string
	task task
}

// round is what was measured in one round, by trial.
type round map[string]result

// measured is all of it.
type measured struct {
	rounds []round
	trials []string // in their order
	bound  bool     // the server and the generators each had a core of their own
	busy   string   // how much else the machine had to do before it began
}

// connections are what every generator may have.
const connections = 64

// trials are all things that are measured. They take so much of the time that makes for good numbers.
func trials(share float64) (all []trial) {
	add := func(name string, t task, takes time.Duration) {
		t.For = time.Duration(share * float64(takes))
		t.Warm = time.Duration(share * float64(t.Warm)).Truncate(time.Second)
		if t.Do != "lab" { // whose tasks take so long that it needs more
			t.Connections = connections
		}
		all = append(all, trial{name, t})
	}
	for _, with := range []string{"net.Conn", "fast", "http.Client", "standard", "vegeta"} {
		add("closed "+with, task{Do: "closed", With: with}, 3*time.Second)
	}
	add("open fast at 40,000/s", task{Do: "open", With: "fast", Rate: 40e3}, 10*time.Second)
	add("open standard at 20,000/s", task{Do: "open", With: "standard", Rate: 20e3}, 10*time.Second)
	add("open vegeta at 20,000/s", task{Do: "open", With: "vegeta", Rate: 20e3}, 10*time.Second)
	for _, with := range engines {
		add("lag "+with, task{Do: "open", With: with, Rate: 1000}, 5*time.Second)
	}
	for _, with := range []string{"fast", "standard", "vegeta"} {
		add("stall "+with, task{Do: "stall", With: with, Rate: 1000}, 10*time.Second)
	}
	for _, with := range engines {
		add("memory "+with, task{Do: "memory", With: with, Rate: 10e3}, time.Minute)
		add("black hole "+with, task{Do: "black hole", With: with, Rate: 10e3, Timeout: time.Second}, 20*time.Second)
	}
	add("lab", task{Do: "lab", With: "fast", Rate: 400e3 / 60., Warm: 2 * time.Second}, 22*time.Second)
	return all
}

// measure measures everything, one after the other, as often as there are rounds.
func measure(ctx context.Context, all []trial, rounds int) (m measured, err error) {
	c := findCores()
	m.bound, m.busy = c.bound, busy()
	for _, t := range all {
		m.trials = append(m.trials, t.name)
	}
	url, end, err := c.serve(ctx)
	if err != nil {
		return m, err
	}
	defer end()
	for n := range rounds {
		now := round{}
		for _, t := range all {
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", n+1, rounds, t.name)
			t.task.URL = url
			if now[t.name], err = c.run(ctx, t.task); err != nil {
				return m, err
			}
		}
		m.rounds = append(m.rounds, now)
	}
	return m, nil
}

// busy is the load average of the last minute, where the system says it in a place that is known.
func busy() string {
	said, _ := os.ReadFile("/proc/loadavg")
	average, _, known := strings.Cut(string(said), " ")
	if !known {
		return "load average before it began not known"
	}
	return "load average before it began " + average
}

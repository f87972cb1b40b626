package main

import "time"

// starved is what a run says when the machine that it ran on had no time for it, which is nothing to learn about
// gameday.
const starved = "this machine was too slow"

// tries is how often a run is tried that this machine has no time for.
const tries = 8

// rest gives a busy machine ever more time to get over it.
func rest(attempt int) { time.Sleep(time.Duration(attempt) * 3 * time.Second) }

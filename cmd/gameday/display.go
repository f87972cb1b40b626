package main

import (
	"io"
	"os"
	"time"

	"gameday/cmd/gameday/live"
	"gameday/experiments"
)

// display shows a run while it goes on. What is written to it stays, beside what the run itself has to say.
type display interface {
	experiments.Observer
	io.Writer
	Close() // what comes after it is lost
}

// between is how much time passes between two plain lines of status.
const between = 5 * time.Second

// newDisplay is a live view where people look at a terminal, and plain dated lines elsewhere.
func newDisplay(stderr, redacted io.Writer) display {
	if f, ok := stderr.(*os.File); ok && live.Able(f) {
		return live.NewTerminal(f)
	}
	return newProgress(redacted, between)
}

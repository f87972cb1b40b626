package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"gameday/experiments"
	"gameday/reports"
)

// progress writes what happens in a run as plain dated lines, and now and then how things stand. A terminal that is
// held up, or a pipe that nobody reads, must not hold up a rollback: lines wait in a queue, and where that is full
// they are dropped. The record has them all.
type progress struct {
	every time.Duration // between two lines of status
	lines chan string
	over  chan struct{}
	done  chan struct{}

	mu   sync.Mutex
	last time.Time
}

// queue is how many lines may wait; flush is how long the end of a run waits for them to be written.
const (
	queue = 1000
	flush = 2 * time.Second
)

func newProgress(w io.Writer, every time.Duration) *progress {
	p := &progress{every: every, lines: make(chan string, queue), over: make(chan struct{}), done: make(chan struct{})}
	go p.write(w)
	return p
}

// write writes lines until there are none and there is nothing to wait for.
func (p *progress) write(w io.Writer) {
	defer close(p.done)
	show := func(line string) { fmt.Fprintln(w, line) } // a reader that went away is no reason to stop a run
	for {
		select {
		case line := <-p.lines:
			show(line)
			continue
		case <-p.over:
		}
		select {
		case line := <-p.lines:
			show(line)
		default:
			return
		}
	}
}

// Close writes what is waiting. What is logged after it is lost.
func (p *progress) Close() {
	close(p.over)
	select {
	case <-p.done:
	case <-time.After(flush):
	}
}

func (p *progress) Log(at time.Time, text string) {
	p.add(fmt.Sprintf("%s  %s", at.Format("15:04:05"), text))
}

func (p *progress) Status(s experiments.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if s.Phase == "" || now.Sub(p.last) < p.every {
		return
	}
	p.last = now
	parts := []string{stage(s)}
	for _, probe := range s.Probes {
		parts = append(parts, probe.ID+" "+standing(probe))
	}
	p.add(fmt.Sprintf("%s    %s", now.Format("15:04:05"), strings.Join(parts, " | ")))
}

// Write shows text among the lines. It never fails, and never waits.
func (p *progress) Write(text []byte) (int, error) {
	p.add(strings.TrimSuffix(string(text), "\n"))
	return len(text), nil
}

// stage says how far a run has come: "recovery, 12s left: waiting for step 1 to heal".
func stage(s experiments.Status) string {
	text := s.Phase
	if s.Left > 0 || s.Waiting == "" {
		text += fmt.Sprintf(", %s left", s.Left.Round(time.Second))
	}
	if s.Waiting != "" {
		text += ": " + s.Waiting
	}
	return text
}

// standing says how a probe stands. What is not the present is not shown as if it were.
func standing(p experiments.ProbeStatus) string {
	if !p.Known {
		if p.Blind {
			return "cannot be measured"
		}
		return "-"
	}
	var remarks []string
	if p.Out {
		remarks = append(remarks, "out of bounds")
	}
	if p.Age > 0 {
		remarks = append(remarks, reports.Span(p.Age.Round(time.Second))+" ago")
	}
	if p.Blind {
		remarks = append(remarks, "cannot be measured")
	}
	if len(remarks) == 0 {
		return p.Value
	}
	return p.Value + " (" + strings.Join(remarks, ", ") + ")"
}

func (p *progress) add(line string) {
	select {
	case p.lines <- line:
	default:
	}
}

package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"gameday/experiments"
)

// progress writes what happens in a run as plain dated lines, and now and then how things stand.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	every time.Duration // between two lines of status
	last  time.Time
}

func (p *progress) Log(at time.Time, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%s  %s\n", at.Format("15:04:05"), text)
}

func (p *progress) Status(s experiments.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.last) < p.every {
		return
	}
	p.last = now
	parts := []string{fmt.Sprintf("%s, %s left", s.Phase, s.Left.Round(time.Second))}
	for _, probe := range s.Probes {
		switch {
		case !probe.Known:
			parts = append(parts, probe.ID+" -")
		case probe.Out:
			parts = append(parts, probe.ID+" "+probe.Value+" (out of bounds)")
		default:
			parts = append(parts, probe.ID+" "+probe.Value)
		}
	}
	fmt.Fprintf(p.w, "%s    %s\n", now.Format("15:04:05"), strings.Join(parts, " | "))
}

package world

import (
	"sync"
	"time"

	"gameday/internal/lab/logs"
)

// Logs is the account's CloudWatch Logs.
func (w *World) Logs() *logs.Store { return &w.logs }

// lines are what a task has printed and its log driver has not delivered.
type lines struct {
	mu   sync.Mutex
	list []line
}

type line struct {
	at   time.Time
	text string
}

// heldLines is what a log driver holds back while it gets nothing through; what is printed then is lost.
const heldLines = 10_000

// add prints lines. Safe for concurrent use.
func (l *lines) add(text ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range text {
		if len(l.list) < heldLines {
			l.list = append(l.list, line{time.Now(), t})
		}
	}
}

func (l *lines) take() []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.list
	l.list = nil
	return all
}

func (l *lines) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.list) == 0
}

// deliver hands what a task has printed to CloudWatch Logs, as soon as its log driver gets through.
func (w *World) deliver(t *task, now time.Time) {
	if t.lines.empty() {
		return
	}
	c := w.containerOf(t)
	if c.LogGroup == "" {
		t.lines.take()
		return
	}
	if !w.reach(w.network.subnet(t.SubnetID), w.awsHost("logs")).OK() {
		return
	}
	stream := c.LogPrefix + "/" + c.Name + "/" + t.ID
	for _, l := range t.lines.take() {
		w.logs.Put(c.LogGroup, stream, l.at, now, l.text)
	}
}

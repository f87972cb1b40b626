package world

import (
	"bytes"
	"cmp"
	"strings"
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
	part []byte // of a line that has not come to its end
	last string // the last line with anything in it
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
		l.print(t)
	}
}

func (l *lines) print(text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.TrimSpace(text) != "" {
		l.last = text
	}
	if len(l.list) < heldLines {
		l.list = append(l.list, line{time.Now(), text})
	}
}

// longestLine is as much of a line as a log driver delivers at once.
const longestLine = 16 << 10

// Write prints what a real process prints. Safe for concurrent use.
func (l *lines) Write(output []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, output...)
	for {
		text, rest, whole := bytes.Cut(l.part, []byte("\n"))
		if !whole && len(text) < longestLine {
			return len(output), nil
		}
		if len(text) > longestLine {
			text, rest = l.part[:longestLine], l.part[longestLine:]
		}
		l.print(string(text))
		l.part = rest
	}
}

func (l *lines) lastWord() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cmp.Or(string(l.part), l.last)
}

// take takes what was printed; at the end also what is no whole line.
func (l *lines) take(end bool) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	if end && len(l.part) > 0 {
		l.print(string(l.part))
		l.part = nil
	}
	all := l.list
	l.list = nil
	return all
}

func (l *lines) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.list) == 0 && len(l.part) == 0
}

// deliver hands what a task has printed to CloudWatch Logs, as soon as its log driver gets through.
func (w *World) deliver(t *task, now time.Time) {
	if t.lines.empty() {
		return
	}
	c := w.containerOf(t)
	if c.LogGroup == "" {
		t.lines.take(true)
		return
	}
	if !w.reach(w.network.subnet(t.SubnetID), w.awsHost("logs")).OK() {
		return
	}
	stream := c.LogPrefix + "/" + c.Name + "/" + t.ID
	for _, l := range t.lines.take(t.LastStatus == TaskStopped) {
		w.logs.Put(c.LogGroup, stream, l.at, now, l.text)
	}
}

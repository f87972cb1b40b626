package live

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"gameday/experiments"
	"gameday/reports"
)

// Terminal shows a run where people look at it: what happened as lines that stay, and below them how things stand, rewritten in
// place. It leaves the terminal's modes alone: Ctrl-C stays the signal that it is, whatever is typed cannot confuse the
// drawing for longer than until the next one, and a process that is killed leaves nothing to be repaired.
//
// A terminal that is held up must not hold up a rollback: one goroutine draws, lines wait in a queue, and where that is
// full they are dropped. The record has them all.
type Terminal struct {
	file  *os.File
	lines chan string
	over  chan struct{}
	done  chan struct{}

	mu     sync.Mutex
	status *experiments.Status // the newest

	drawn []int // the width of each line of the frame that is on the screen
	shown string
}

const (
	queue   = 1000                   // lines that may wait
	flush   = 2 * time.Second        // how long the end of a run waits for the terminal
	refresh = 500 * time.Millisecond // between two drawings, where no line is to be shown
)

// Able reports whether a live view can be drawn on a file: it is a terminal that can move its cursor, and nobody asked
// for plain text.
func Able(f *os.File) bool {
	kind := os.Getenv("TERM")
	return term.IsTerminal(int(f.Fd())) && kind != "" && kind != "dumb" && os.Getenv("NO_COLOR") == ""
}

// NewTerminal shows a run on a terminal until Close is called.
func NewTerminal(f *os.File) *Terminal {
	t := &Terminal{file: f, lines: make(chan string, queue), over: make(chan struct{}), done: make(chan struct{})}
	go t.draw()
	return t
}

// Log shows what happened, as a line that stays.
func (t *Terminal) Log(at time.Time, text string) {
	t.add(quiet.Render(at.Format("15:04:05")) + "  " + oneLine(text))
}

// Status shows how things stand from now on.
func (t *Terminal) Status(s experiments.Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status = &s
}

// Write shows text that stays, without disturbing the view below it. It never fails, and never waits.
func (t *Terminal) Write(p []byte) (int, error) {
	t.add(strings.TrimSuffix(strings.Map(reports.Harmless, string(p)), "\n"))
	return len(p), nil
}

// Close shows what is waiting and leaves the last frame where it is. What comes after it is lost.
func (t *Terminal) Close() {
	close(t.over)
	select {
	case <-t.done:
	case <-time.After(flush):
	}
}

func (t *Terminal) add(line string) {
	select {
	case t.lines <- line:
	default:
	}
}

// draw draws whenever there is something to show, and once more at the end.
func (t *Terminal) draw() {
	defer close(t.done)
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		select {
		case line := <-t.lines:
			t.paint(append([]string{line}, t.waiting()...))
		case <-tick.C:
			t.paint(nil)
		case <-t.over:
			t.paint(t.waiting())
			return
		}
	}
}

// waiting takes the lines that wait.
func (t *Terminal) waiting() (lines []string) {
	for {
		select {
		case line := <-t.lines:
			lines = append(lines, line)
		default:
			return lines
		}
	}
}

// paint writes lines above a new frame, in one write, so that there is nothing half drawn to be seen.
func (t *Terminal) paint(lines []string) {
	width, height, err := term.GetSize(int(t.file.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	frame := t.frame(width, height)
	if len(lines) == 0 && frame == t.shown {
		return
	}
	var b bytes.Buffer
	b.WriteString(ansi.SetModeSynchronizedOutput)
	b.WriteString(t.erase(width))
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	b.WriteString(frame)
	b.WriteString(ansi.ResetModeSynchronizedOutput)
	_, _ = t.file.Write(b.Bytes()) // a terminal that went away is no reason to stop a run
	t.shown, t.drawn = frame, nil
	for line := range strings.Lines(frame) {
		t.drawn = append(t.drawn, ansi.StringWidth(line))
	}
}

// frame is the one to be shown now. The last line of the screen is the cursor's, where what is typed appears.
func (t *Terminal) frame(width, height int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.status == nil {
		return ""
	}
	s := *t.status
	if s.Phase != "" {
		s.Left = max(0, s.Left-time.Since(s.At))
	}
	return "\n" + Frame(s, width-1, height-2)
}

// erase removes the frame that is on the screen, which a terminal that has become narrower has broken into more lines.
func (t *Terminal) erase(width int) string {
	rows := 0
	for _, w := range t.drawn {
		rows += max(1, (w+width-1)/width)
	}
	up := ""
	if rows > 0 {
		up = ansi.CursorUp(rows)
	}
	return "\r" + up + ansi.EraseScreenBelow
}

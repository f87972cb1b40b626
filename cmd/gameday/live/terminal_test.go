package live

import (
	"os"
	"strings"
	"testing"
	"time"

	"gameday/experiments"
)

func TestOnlyATerminalThatCanGetsALiveView(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	if Able(w) {
		t.Error("a pipe is taken for a terminal")
	}
}

// TestATerminalThatIsHeldUpHoldsUpNobody writes to a pipe that nobody reads, as a terminal after Ctrl-S is.
func TestATerminalThatIsHeldUpHoldsUpNobody(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	view := NewTerminal(w)
	told := make(chan struct{})
	go func() {
		defer close(told)
		for range 10 * queue {
			view.Log(time.Now(), strings.Repeat("x", 1000))
			view.Status(experiments.Status{Phase: "fault"})
			view.Write([]byte("answer\n"))
		}
		view.Close()
	}()
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Fatal("whoever tells it something waits for the terminal")
	}
	w.Close()
}

func TestTheLastFrameStays(t *testing.T) {
	path := t.TempDir() + "/screen"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	view := NewTerminal(f)
	view.Log(time.Now(), "step 1 is\n in effect\x1b[2J")
	view.Status(troubled())
	view.Close()
	view.Log(time.Now(), "too late") // the guard of a watchdog may outlive the run
	screen, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(screen), "step 1 is  in effect [2J\n") {
		t.Errorf("the line is not there, or commands the terminal:\n%q", screen)
	}
	if !strings.HasSuffix(strings.TrimSpace(string(screen)), "\x1b[?2026l") || strings.LastIndex(string(screen), "Ctrl-C") < strings.LastIndex(string(screen), "\x1b[J") {
		t.Errorf("the last frame is not what is left:\n%q", screen)
	}
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"gameday/experiments"
	"gameday/internal/journal"
)

// watchdogs keep one watchdog process at a run's side.
type watchdogs struct {
	profile string
	say     func(text string)
}

// start starts a watchdog for the run in dir, and another one whenever one dies before the run has ended.
func (w *watchdogs) start(dir string) error {
	died, err := w.one(dir)
	if err != nil {
		return err
	}
	go func() {
		for {
			<-died
			if over, err := ended(dir); over || err != nil { // another one could not read it either
				return
			}
			w.say("the watchdog has died: starting another one")
			if died, err = w.one(dir); err != nil {
				w.say(fmt.Sprintf("there is no watchdog any more: %v", err))
				return
			}
		}
	}()
	return nil
}

// ended reports whether the journal in dir says that its run is over. Only then does a watchdog go of its own accord.
func ended(dir string) (bool, error) {
	records, err := journal.Read(dir)
	return slices.ContainsFunc(records, func(r journal.Record) bool { return r.Type == journal.TypeEnd }), err
}

// A watchdog takes over within a second or two, unless it was killed with its run.
const (
	dogTakeover = 10 * time.Second
	dogLook     = 100 * time.Millisecond
)

// awaitWatchdog returns once the watchdog of a run that has died has undone what the run left, or does not come.
func awaitWatchdog(dir string) error {
	for give := time.Now().Add(dogTakeover); time.Now().Before(give); time.Sleep(dogLook) {
		if over, err := ended(dir); over || err != nil {
			return err
		}
		left, err := experiments.ReadLeftover(dir, kinds())
		switch {
		case err != nil || len(left.Pending) == 0:
			return err
		case left.RollingBack:
			return journal.Await(dir)
		}
	}
	return nil
}

// one starts a watchdog in a session of its own, out of reach of the terminal, and returns once it watches.
func (w *watchdogs) one(dir string) (died <-chan struct{}, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"watchdog"}
	if w.profile != "" {
		args = append(args, "--profile", w.profile)
	}
	dog := exec.Command(self, append(args, dir)...)
	dog.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var complaint strings.Builder
	dog.Stderr = &complaint
	out, err := dog.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := dog.Start(); err != nil {
		return nil, err
	}
	line, err := firstLine(out)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = dog.Wait() // that it has gone is all there is to know
	}()
	if err != nil || line != watching {
		_ = dog.Process.Kill() // it may be hanging
		<-gone
		return nil, errors.Join(fmt.Errorf("it does not watch: %s", strings.TrimSpace(line+" "+complaint.String())), err)
	}
	return gone, nil
}

// dogTime is how long a watchdog may take to begin.
const dogTime = 30 * time.Second

func firstLine(r io.Reader) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(r).ReadString('\n') // no line is not the right one
		line <- strings.TrimSpace(text)
	}()
	select {
	case text := <-line:
		return text, nil
	case <-time.After(dogTime):
		return "", fmt.Errorf("it said nothing for %s", dogTime)
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gameday/internal/journal"
	"gameday/internal/lab/wire"
	"gameday/internal/labtest"
)

// moment is one point in a run at which its process dies.
type moment struct {
	write  int // after so many lines of the journal; 0 for a call
	call   int // at that AWS call of those that change something
	before bool
}

func (m moment) String() string {
	switch {
	case m.write > 0:
		return fmt.Sprintf("journal %d", m.write)
	case m.before:
		return fmt.Sprintf("before call %d", m.call)
	default:
		return fmt.Sprintf("after call %d", m.call)
	}
}

// moments lists those of a run that nobody disturbs.
func moments(t *testing.T, vars ...string) []moment {
	t.Helper()
	s := newSweeping(t)
	if code, said := s.run(t, s.command(vars...)...); code != 0 {
		t.Fatalf("a run that nobody disturbs: exit %d\n%s", code, said)
	}
	s.restored(t)
	records, err := journal.Read(s.runDir(t))
	if err != nil {
		t.Fatal(err)
	}
	var all []moment
	for n := range records {
		all = append(all, moment{write: n + 1})
	}
	for n := range changes(s.lab.Calls()) {
		all = append(all, moment{call: n + 1, before: true}, moment{call: n + 1})
	}
	return all
}

// TestCrashSweep kills a run at every write to its journal, and before and after every call that changes something
// on AWS. Its watchdog has to put everything back, and where that is killed as well, a rollback.
func TestCrashSweep(t *testing.T) {
	onlySweeping(t)
	cases := 0
	for _, at := range moments(t) {
		cases += 2
		t.Run(at.String()+" its watchdog undoes", func(t *testing.T) {
			t.Parallel()
			s := newSweeping(t)
			s.die(t, at, false)
			s.undone(t)
		})
		t.Run(at.String()+" a rollback undoes", func(t *testing.T) {
			t.Parallel()
			s := newSweeping(t)
			s.die(t, at, true)
			s.rollback(t)
			s.undone(t)
		})
	}
	t.Logf("killed %d times", cases)
}

// die runs the experiment and kills its process at a moment, alone or with its watchdog.
func (s *sweeping) die(t *testing.T, at moment, both bool, vars ...string) {
	t.Helper()
	var p *process
	started := make(chan struct{})
	var once sync.Once
	kill := func() {
		once.Do(func() {
			<-started
			if both && p.Process.Signal(syscall.SIGSTOP) == nil { // so that it starts no other watchdog
				s.killWatchdogs()
			}
			_ = p.Process.Kill() // it may have ended of its own accord
		})
	}
	if at.call > 0 {
		fate := wire.Pass.Then(func(wire.Call) { kill() })
		if at.before {
			fate = wire.LostBefore
		}
		nth := wire.Nth(at.call, wire.Writes, fate)
		s.lab.Intercept(func(c wire.Call) wire.Fate {
			f := nth(c)
			if at.before && f.String() == fate.String() {
				kill()
			}
			return f
		})
	}
	p = s.start(t, s.command(vars...)...)
	close(started)
	if at.write > 0 {
		file := filepath.Join(s.runDir(t), journal.File)
		labtest.Until(t, "the journal's line", func() bool {
			text, err := os.ReadFile(file)
			return err != nil || strings.Count(string(text), "\n") >= at.write
		})
		kill()
	}
	p.code(t)
	s.lab.Intercept(nil)
	if both {
		s.killWatchdogs() // one that was only just being started
	}
}

// killWatchdogs kills every watchdog of the machine.
func (s *sweeping) killWatchdogs() {
	found, _ := filepath.Glob(filepath.Join(s.dir, "runs", "*"))
	for _, dir := range found {
		for _, pid := range watchdogsOf(dir) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
	}
}

func (s *sweeping) rollback(t *testing.T) {
	t.Helper()
	if code, said := s.run(t, "rollback"); code != 0 {
		t.Errorf("rollback: exit %d\n%s", code, said)
	}
}

// undone waits until all is as it was, and the journal says so.
func (s *sweeping) undone(t *testing.T) {
	t.Helper()
	s.restored(t)
	labtest.Until(t, "nothing to be pending", func() bool { return len(pending(t, s.runDir(t))) == 0 })
}

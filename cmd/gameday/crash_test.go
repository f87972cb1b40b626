package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"gameday/internal/journal"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// held is an experiment whose fault lasts until somebody ends it.
const held = `
experiment "held" {
  baseline = "1s"
  observe  = "30m"
  recovery = "2m"
  inject "instance_kill" "one" {
    ids  = ["INSTANCE"]
    mode = "stop"
  }
  probe "exec" "one" {
    command = ["echo", "1"]
    every   = "1s"
    max     = 1
  }
}
`

// hold starts a run that holds its fault, and returns once that is in effect.
func (m *machine) hold(t *testing.T) (p *process, dir string) {
	t.Helper()
	m.write(t, held)
	p = m.start(t, "run", "--yes", "held.hcl")
	dir = m.runDir(t)
	awaitRecord(t, dir, journal.TypeDid)
	return p, dir
}

// write makes the experiment file held.hcl, aimed at an instance of the lab.
func (m *machine) write(t *testing.T, experiment string) {
	t.Helper()
	experiment = strings.ReplaceAll(experiment, "INSTANCE", m.lab.World.Instances()[0].ID)
	if err := os.WriteFile(filepath.Join(m.dir, "held.hcl"), []byte(experiment), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWatchdogUndoesWhatAKilledRunLeft(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{Weaknesses: []string{"no_replacement"}})
	before := m.lab.Snapshot()
	p, dir := m.hold(t)
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitRecord(t, dir, journal.TypeUndone)
	labtest.Restored(t, m.lab, before)
	if code, said := m.run(t, "rollback"); code != 0 || !strings.Contains(said, "Nothing is left to undo") && !strings.Contains(said, "nothing is left to undo") {
		t.Errorf("rollback after it: exit %d\n%s", code, said)
	}
	if _, said := m.run(t, "runs"); !strings.Contains(said, "Died; nothing of it is in effect.") {
		t.Errorf("runs: %s", said)
	}
}

func TestRollbackUndoesWhatAKilledRunAndItsWatchdogLeft(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{Weaknesses: []string{"no_replacement"}})
	before := m.lab.Snapshot()
	p, dir := m.hold(t)
	killWithItsWatchdogs(t, p, dir)
	if left := pending(t, dir); len(left) != 1 {
		t.Fatalf("left in effect: %v", left)
	}
	if code, said := m.run(t, "run", "--yes", "held.hcl"); code != 2 || !strings.Contains(said, "gameday rollback") {
		t.Errorf("a run on top of it: exit %d\n%s", code, said)
	}
	if code, said := m.run(t, "rollback"); code != 0 {
		t.Errorf("rollback: exit %d\n%s", code, said)
	}
	labtest.Restored(t, m.lab, before)
	if claims, _ := filepath.Glob(filepath.Join(m.dir, "cache", "gameday", "claims", "*", "*.claim")); len(claims) > 0 {
		t.Errorf("its targets are still claimed, and will be once its folder is gone: %v", claims)
	}
}

// killWithItsWatchdogs kills a run and whoever would undo what it leaves.
func killWithItsWatchdogs(t *testing.T, p *process, dir string) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGSTOP); err != nil { // so that it starts no other watchdog
		t.Fatal(err)
	}
	dogs := watchdogsOf(dir)
	if len(dogs) == 0 {
		t.Skip("no /proc, no watchdog to be found")
	}
	for _, dog := range dogs {
		if err := syscall.Kill(dog, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.code(t)
}

// watchdogsOf finds the watchdog processes of the run in dir, as ps would. Without /proc it finds none.
func watchdogsOf(dir string) []int {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []int
	for _, line := range lines {
		words, _ := os.ReadFile(line) // processes come and go
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(line)))
		if err == nil && strings.Contains(string(words), "\x00watchdog\x00") && strings.Contains(string(words), filepath.Base(dir)) {
			found = append(found, pid)
		}
	}
	return found
}

func TestStopFromAnotherTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{Weaknesses: []string{"no_replacement"}})
	before := m.lab.Snapshot()
	m.write(t, held+strings.Replace(held, `"held"`, `"later"`, 1))
	p := m.start(t, "run", "--yes", "held.hcl")
	dir := m.runDir(t)
	awaitRecord(t, dir, journal.TypeDid)
	if code, said := m.run(t, "rollback", "--scan", "--yes", "--runs-dir", "elsewhere"); code != 0 || !strings.Contains(said, "still going on on this machine") {
		t.Errorf("a scan while it goes on: exit %d\n%s", code, said)
	}
	if code, said := m.run(t, "stop", filepath.Base(dir)); code != 0 || !strings.Contains(said, "nothing of it is in effect") {
		t.Errorf("stop: exit %d\n%s", code, said)
	}
	if code := p.code(t); code != 4 {
		t.Errorf("the run: exit %d, want 4 (aborted)", code)
	}
	if said := p.said.String(); !strings.Contains(said, `experiment "later" was not run`) {
		t.Errorf("the queue went on: %s", said)
	}
	labtest.Restored(t, m.lab, before)
	if code, said := m.run(t, "stop", filepath.Base(dir)); code != 2 || !strings.Contains(said, "is not going on") {
		t.Errorf("stop again: exit %d\n%s", code, said)
	}
}

func TestInterruptsAreAnswered(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{Weaknesses: []string{"no_replacement"}})
	before := m.lab.Snapshot()
	p, _ := m.hold(t)
	for n, want := range []string{"Whatever was changed is put back", "Still undoing 1 change", "\n  aws ec2 --region"} {
		if err := p.Process.Signal([]os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}[n]); err != nil {
			t.Fatal(err)
		}
		labtest.Until(t, want, func() bool { return strings.Contains(p.said.String(), want) })
	}
	if code := p.code(t); code != 4 {
		t.Errorf("exit %d, want 4 (aborted)", code)
	}
	labtest.Restored(t, m.lab, before)
}

func TestNoTwoRunsTouchTheSameTarget(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{})
	m.write(t, strings.Replace(held, `mode = "stop"`, `mode = "stop"
    start = "20m"`, 1))
	first := m.start(t, "run", "--yes", "held.hcl")
	labtest.Until(t, "the fault phase", func() bool { return strings.Contains(first.said.String(), "fault: for") })
	code, said := m.run(t, "run", "--yes", "--runs-dir", "elsewhere", "held.hcl")
	if want := "stop it with `gameday stop " + filepath.Base(m.runDir(t)); code != 2 || !strings.Contains(said, want) {
		t.Errorf("exit %d\n%s", code, said)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.code(t)
	second := m.start(t, "run", "--yes", "--runs-dir", "elsewhere", "held.hcl") // a dead run holds nothing
	labtest.Until(t, "the fault phase", func() bool { return strings.Contains(second.said.String(), "fault: for") })
}

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gameday/experiments"
	"gameday/internal/journal"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// childVar makes the test's own program be gameday.
const childVar = "GAMEDAY_TEST_CHILD"

// machine is a machine on which gameday processes work on the test's lab, as they would on AWS.
type machine struct {
	lab  *lab.Lab
	dir  string
	vars []string
}

func newMachine(t *testing.T, o lab.Options) *machine {
	t.Helper()
	l, _ := labtest.Start(t, o)
	m := &machine{lab: l, dir: t.TempDir()}
	m.vars = append(os.Environ(), childVar+"=1", "NO_COLOR=1", "XDG_CACHE_HOME="+filepath.Join(m.dir, "cache"))
	for name, value := range l.Environment() {
		m.vars = append(m.vars, name+"="+value)
	}
	return m
}

// process is a gameday process with what it has said.
type process struct {
	*exec.Cmd
	said *said
}

// said collects output that is read while it is written.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// start starts gameday with args. It is killed with the test if it has not ended by then.
func (m *machine) start(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{exec.Command(self, args...), &said{}}
	p.Dir, p.Env, p.Stdout, p.Stderr = m.dir, m.vars, p.said, p.said
	p.WaitDelay = time.Second // its watchdog may outlive it
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill() // it may have ended
			_ = p.Wait()
		}
		if t.Failed() {
			t.Logf("gameday %q said:\n%s", args, p.said)
		}
	})
	return p
}

// code waits for the process, and returns what it exits with.
func (p *process) code(t *testing.T) int {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// run does all that gameday with args does.
func (m *machine) run(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	p := m.start(t, args...)
	code = p.code(t)
	return code, p.said.String()
}

// runDir waits for the folder of the machine's only run.
func (m *machine) runDir(t *testing.T) string {
	t.Helper()
	var found []string
	labtest.Until(t, "a run's folder", func() bool {
		found, _ = filepath.Glob(filepath.Join(m.dir, "runs", "*", journal.File))
		return len(found) > 0
	})
	return filepath.Dir(found[0])
}

// awaitRecord waits until the journal in dir has a record of that type.
func awaitRecord(t *testing.T, dir string, want journal.Type) {
	t.Helper()
	labtest.Until(t, "the record "+string(want), func() bool {
		records, _ := journal.Read(dir) // it may be being written
		for _, r := range records {
			if r.Type == want {
				return true
			}
		}
		return false
	})
}

// pending is what the run in dir has yet to undo.
func pending(t *testing.T, dir string) []experiments.Unfinished {
	t.Helper()
	left, err := experiments.StillToUndo(kinds(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gameday/internal/journal"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// outside is an experiment whose fault is on this machine, in a lab or not.
const outside = `
experiment "outside" {
  baseline = "1s"
  observe  = "30m"
  recovery = "2m"
  inject "exec" "file" {
    do   = ["touch", %q]
    undo = ["rm", "-f", %q]
  }
  probe "exec" "one" {
    command = ["echo", "1"]
    every   = "1s"
    max     = 1
  }
}
`

func TestWhatIsOutsideOfALabDoesNotDieWithIt(t *testing.T) {
	t.Parallel()
	for _, byHand := range []bool{false, true} {
		t.Run(fmt.Sprintf("watchdog killed %t", byHand), func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, lab.Options{})
			file := filepath.Join(m.dir, "fault")
			if err := os.WriteFile(filepath.Join(m.dir, "outside.hcl"), fmt.Appendf(nil, outside, file, file), 0o600); err != nil {
				t.Fatal(err)
			}
			p := m.start(t, "run", "--lab", "--yes", "outside.hcl")
			dir := m.runDir(t)
			awaitRecord(t, dir, journal.TypeDid)
			if byHand {
				killWithItsWatchdogs(t, p, dir)
				if code, said := m.run(t, "rollback"); code != 0 || !strings.Contains(said, "step 1 is undone") {
					t.Errorf("rollback: exit %d\n%s", code, said)
				}
			} else if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			labtest.Until(t, "the fault to be undone", func() bool {
				_, err := os.Stat(file)
				return errors.Is(err, fs.ErrNotExist)
			})
		})
	}
}

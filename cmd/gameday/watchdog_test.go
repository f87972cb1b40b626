package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gameday/internal/journal"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// TestAWatchdogStaysWithAJournalThatItCannotRead has a run die whose journal is damaged, and a person mend that later.
func TestAWatchdogStaysWithAJournalThatItCannotRead(t *testing.T) {
	t.Parallel()
	m := newMachine(t, lab.Options{Weaknesses: []string{"no_replacement"}})
	before := m.lab.Snapshot()
	p, dir := m.hold(t)
	file := filepath.Join(dir, journal.File)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tear(t, dir, append([]byte("damaged"), bytes.TrimPrefix(text, []byte("{"))...))
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	labtest.Until(t, "the watchdog to complain", func() bool {
		said, _ := os.ReadFile(filepath.Join(dir, "watchdog.log")) // it begins with the first complaint
		return strings.Contains(string(said), "damaged")
	})
	tear(t, dir, text)
	awaitRecord(t, dir, journal.TypeUndone)
	labtest.Restored(t, m.lab, before)
}

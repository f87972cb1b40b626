package across

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gameday/reports"
)

// TestTheIndexSaysWhatTheRecordsSay whatever happened to the runs since it was written.
func TestTheIndexSaysWhatTheRecordsSay(t *testing.T) {
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "made", "index")
	runs := []string{"a", "b", "c"}
	list := func() []Listed { return OpenIndex(file, "1").List(folder, runs) }
	fromRecords := func() []Listed { return OpenIndex("", "1").List(folder, runs) }
	same := func(when string) {
		t.Helper()
		for range 2 { // the second time from what the first has written
			if diff := cmp.Diff(fromRecords(), list(), cmp.Comparer(func(a, b error) bool { return fmt.Sprint(a) == fmt.Sprint(b) })); diff != "" {
				t.Errorf("%s: -records +index:\n%s", when, diff)
			}
		}
	}
	hour := time.Now().Add(-time.Hour)

	write(t, folder, "a", result("a", reports.Passed), hour)
	write(t, folder, "b", result("b", reports.Failed), hour)
	same("a run without a record")
	write(t, folder, "c", result("c", reports.Aborted), hour)
	same("another process has added one")
	later := hour.Add(time.Nanosecond)
	write(t, folder, "b", result("b", reports.Passed), later)
	same("a record of another age and the same size")
	write(t, folder, "b", result("b", reports.Inconclusive), later)
	same("a record of the same age and another size")
	if err := os.WriteFile(filepath.Join(folder, "a", Record), []byte(`{"schema": "gameday.result/2"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	same("a newer gameday has written one")
	if err := os.RemoveAll(filepath.Join(folder, "a")); err != nil {
		t.Fatal(err)
	}
	same("one was deleted")
	runs = []string{"c"}
	same("others are asked for")
	if err := os.WriteFile(file, []byte("not an index"), 0o600); err != nil {
		t.Fatal(err)
	}
	same("the index is damaged")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	same("the index was thrown away")
}

// TestTheIndexIsUsed because one that is never used would be right, too: an entry whose record kept size and time is believed.
func TestTheIndexIsUsed(t *testing.T) {
	folder, file, hour := t.TempDir(), filepath.Join(t.TempDir(), "index"), time.Now().Add(-time.Hour)
	path := write(t, folder, "a", result("a", reports.Passed), hour)
	before := OpenIndex(file, "1").List(folder, []string{"a"})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, path, bytes.Repeat([]byte(" "), len(data)), hour)
	if diff := cmp.Diff(before, OpenIndex(file, "1").List(folder, []string{"a"})); diff != "" {
		t.Errorf("-first +second:\n%s", diff)
	}
	if l := OpenIndex(file, "2").List(folder, []string{"a"}); l[0].Err == nil {
		t.Error("what another version understood was believed")
	}
}

// TestARecordThatIsJustWrittenIsReadAgain because it may be written again before the clock of the file system ticks.
func TestARecordThatIsJustWrittenIsReadAgain(t *testing.T) {
	folder, file, now := t.TempDir(), filepath.Join(t.TempDir(), "index"), time.Now()
	write(t, folder, "a", result("a", reports.Passed), now)
	OpenIndex(file, "1").List(folder, []string{"a"})
	write(t, folder, "a", result("a", reports.Failed), now)
	if l := OpenIndex(file, "1").List(folder, []string{"a"}); l[0].Summary.Verdict != reports.Failed {
		t.Errorf("got %+v", l[0])
	}
}

func TestARunWithoutARecordIsSaidToHaveNone(t *testing.T) {
	if l := OpenIndex("", "1").List(t.TempDir(), []string{"a"}); !errors.Is(l[0].Err, fs.ErrNotExist) {
		t.Errorf("got %v", l[0].Err)
	}
}

// result is a run that was steady again at once, a number that an encoding may take for none.
func result(run string, v reports.Verdict) *reports.Result {
	began := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	return &reports.Result{
		Schema: reports.Schema, Run: run, Experiment: "sudden_death", Verdict: v, Started: began, Ended: began.Add(time.Minute),
		Recovery: &reports.Recovery{SteadyAt: &began},
		Probes:   []reports.Probe{{Kind: "http", Name: "up", Unit: "s", Readings: []reports.Reading{{Phase: reports.Fault}}}},
	}
}

func write(t *testing.T, folder, run string, r *reports.Result, at time.Time) string {
	t.Helper()
	path := filepath.Join(folder, run, Record)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	replace(t, path, b.Bytes(), at)
	return path
}

func replace(t *testing.T, path string, data []byte, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

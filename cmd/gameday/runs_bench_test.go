package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gameday/reports"
)

// BenchmarkRuns lists ten thousand runs: as a rule, from the index, and the first time from their records.
func BenchmarkRuns(b *testing.B) {
	runs, cache := manyRuns(b, 10_000), b.TempDir()
	b.Setenv("XDG_CACHE_HOME", cache)
	list := func(b *testing.B) {
		if code := gameday([]string{"gameday", "runs", "--runs-dir", runs}, io.Discard, os.Stderr); code != 0 {
			b.Fatalf("exit code %d", code)
		}
	}
	b.Run("the first time", func(b *testing.B) {
		for b.Loop() {
			if err := os.RemoveAll(filepath.Join(cache, "gameday")); err != nil {
				b.Fatal(err)
			}
			list(b)
		}
	})
	b.Run("again", func(b *testing.B) {
		list(b)
		for b.Loop() {
			list(b)
		}
	})
}

// manyRuns is a folder of n runs, an hour apart and long over.
func manyRuns(b *testing.B, n int) string {
	b.Helper()
	data, err := os.ReadFile("../../reports/testdata/failed.json")
	if err != nil {
		b.Fatal(err)
	}
	r, err := reports.Read(data)
	if err != nil {
		b.Fatal(err)
	}
	folder := b.TempDir()
	for i := range n {
		r.Started = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		r.Run = fmt.Sprintf("%s-%s-%04x", r.Started.Format("2006-01-02T15-04-05"), r.Experiment, i)
		path := filepath.Join(folder, r.Run, "result.json")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			b.Fatal(err)
		}
		var record bytes.Buffer
		if err := reports.JSONLine(&record, r); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, record.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
		if err := os.Chtimes(path, r.Started, r.Started); err != nil {
			b.Fatal(err)
		}
	}
	return folder
}

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"gameday/internal/command"
	"gameday/reports"
)

func runsDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "runs-dir", Value: defaultRunsDir, Usage: "`DIR` that holds a folder for each run", EnvVars: []string{runsDirVar}}
}

// inRunsDir says where runs are, if not where they are looked for anyway: a command that somebody is told has to work as it is.
func inRunsDir(runsDir string) string {
	if runsDir == defaultRunsDir {
		return ""
	}
	return "--runs-dir " + command.Quote(runsDir) + " "
}

const defaultRunsDir = "runs"

const runsDirVar = "GAMEDAY_RUNS_DIR"

// thereAreRuns fails where there is no folder of runs. From the wrong place, "nothing is left" would be believed.
func thereAreRuns(runsDir string) error {
	_, err := os.Stat(runsDir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no folder %s here: go to where the runs were made, or name their folder with --runs-dir", runsDir)
	}
	return err
}

// readResult reads the record of a run, by its id or by the beginning of one that is unique.
func readResult(runsDir, run string) (*reports.Result, error) {
	id, err := findRun(runsDir, run)
	if err != nil {
		return nil, err
	}
	return loadResult(filepath.Join(runsDir, id))
}

// findRun is the id of a run of which the beginning is given, which is enough where it is unique.
func findRun(runsDir, run string) (string, error) {
	if err := thereAreRuns(runsDir); err != nil {
		return "", err
	}
	ids, err := runIDs(runsDir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, id := range ids {
		if id == run {
			return id, nil
		}
		if strings.HasPrefix(id, run) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("no run in %s is called %q: gameday runs lists them", runsDir, run)
	case 1:
		return found[0], nil
	default:
		return "", fmt.Errorf("%q is the beginning of %d runs: %s", run, len(found), strings.Join(found, ", "))
	}
}

// runIDs lists the runs, the oldest first: ids begin with the time.
func runIDs(runsDir string) ([]string, error) {
	entries, err := os.ReadDir(runsDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			ids = append(ids, e.Name())
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func loadResult(dir string) (*reports.Result, error) {
	data, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("run %s has no result: %s", filepath.Base(dir), withoutResult(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("read the result of run %s: %w", filepath.Base(dir), err)
	}
	r, err := reports.Read(data)
	if err != nil {
		return nil, fmt.Errorf("read the result of run %s: %w", filepath.Base(dir), err)
	}
	return r, nil
}

// saveReports writes every report of a run into its folder. The record comes first.
func saveReports(dir string, r *reports.Result) error {
	files := []struct{ name, format string }{
		{"result.json", "json"}, {"report.html", "html"}, {"junit.xml", "junit"}, {"summary.md", "markdown"},
	}
	for _, f := range files {
		if err := saveReport(filepath.Join(dir, f.name), reports.Formats()[f.format], r); err != nil {
			return err
		}
	}
	return nil
}

func saveReport(path string, write reports.Reporter, r *reports.Result) error {
	return save(path, func(w io.Writer) error { return write(w, r) })
}

// save writes a report under its name once it is whole: nobody reads half a record.
func save(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := writeWhole(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// indexFile is where the summaries of a folder's runs are kept, so that they need not be made again. It lies with the caches of whoever
// lists them: a folder of runs that came from elsewhere does not bring its own.
func indexFile(runsDir string) string {
	caches, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	at, err := filepath.Abs(runsDir)
	if err != nil {
		return ""
	}
	return filepath.Join(caches, "gameday", "runs", fmt.Sprintf("%x", sha256.Sum256([]byte(at))))
}

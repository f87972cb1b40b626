package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gameday/reports"
)

// tellGitHub shows how a run ended where a job of GitHub Actions shows it: as annotations on the lines of the experiment
// file, which GitHub reads from stderr as from stdout, and in the job's summary. Elsewhere it does nothing.
func tellGitHub(stderr io.Writer, r *reports.Result) error {
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		own := *r
		own.File.Name = inRepository(r.File.Name)
		_ = reports.GitHub(stderr, &own) // a log that nobody takes changes nothing of the result
	}
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	summary, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("add to the job's summary: %w", err)
	}
	defer summary.Close()
	if err := reports.Markdown(summary, r); err != nil {
		return fmt.Errorf("add to the job's summary: %w", err)
	}
	return nil
}

// inRepository is the path of a file from the root of the repository that the job has checked out, or as it was given
// where it lies elsewhere.
func inRepository(name string) string {
	at, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(os.Getenv("GITHUB_WORKSPACE"), at)
	if err != nil || !filepath.IsLocal(rel) {
		return name
	}
	return filepath.ToSlash(rel)
}

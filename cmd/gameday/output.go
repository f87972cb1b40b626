package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

// printing makes what a command prints its result: it fails where that could not be written. A run is none of these
// commands, for its verdict does not depend on whether somebody reads it.
func printing(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		out := &attentive{to: c.App.Writer}
		c.App.Writer = out
		if err := action(c); err != nil {
			return err
		}
		if out.failed != nil {
			return fmt.Errorf("not everything could be printed: %w", out.failed)
		}
		return nil
	}
}

// attentive remembers the first write that failed, whoever made it.
type attentive struct {
	to     io.Writer
	failed error
}

func (a *attentive) Write(p []byte) (int, error) {
	n, err := a.to.Write(p)
	if a.failed == nil {
		a.failed = err
	}
	return n, err
}

// writeWhole writes a file, all of it or nothing: whatever was there stays until then.
func writeWhole(path string, data []byte, mode fs.FileMode) error {
	if there, err := os.Stat(path); err == nil && !there.Mode().IsRegular() {
		return os.WriteFile(path, data, mode) // /dev/stdout and the like
	}
	draft := filepath.Join(filepath.Dir(path), ".gameday-"+rand.Text())
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: errors.Unwrap(err)} // nobody has heard of the draft
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft))
	}
	return nil
}

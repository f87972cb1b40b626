// Package claim sees that no two runs on a machine touch the same target at once.
//
// A claim is a small file, one for each target, whose lock the kernel takes back when its process dies, however it
// dies. What the file says outlives the process: a dead run's claim tells the next one whom to ask whether anything
// is left in effect.
//
//	free ──► held by a living process ──► released: the file is gone
//	  ▲                 │ dies
//	  └── cleared ◄─ abandoned: the file says whose it was
//
// The package knows no journals and no AWS: a target is a name.
package claim

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Owner says whose a claim is.
type Owner struct {
	Run    string `json:"run"`
	Folder string `json:"folder"` // of the run, absolute: where its journal is
	PID    int    `json:"pid"`    // means nothing once the process is gone
	File   string `json:"-"`      // where it says so
}

// HeldError says that a living process has a target.
type HeldError struct {
	Target string
	Owner  Owner
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("%s is in the hands of run %s, which is going on (process %d)", e.Target, e.Owner.Run, e.Owner.PID)
}

// Claims are the targets that this process holds.
type Claims struct{ files []*os.File }

// Take claims all targets below dir, which is made where it is missing, or none of them. A target that another living process
// holds is a *HeldError. Where a dead one held it, cleared is asked whether that owner has left nothing in effect; its
// error is returned as it is. A target may have any name.
func Take(dir string, owner Owner, targets []string, cleared func(Owner) error) (*Claims, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("claim targets: %w", err)
	}
	owner.PID = os.Getpid()
	targets = slices.Clone(targets)
	slices.Sort(targets)
	c := &Claims{}
	for _, target := range slices.Compact(targets) {
		if err := c.take(filepath.Join(dir, fileName(target)), target, owner, cleared); err != nil {
			return nil, errors.Join(err, c.Release())
		}
	}
	return c, nil
}

func (c *Claims) take(path, target string, owner Owner, cleared func(Owner) error) error {
	file, err := openLocked(path)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		former, _ := readOwner(file) // its owner may be writing it this moment
		return errors.Join(&HeldError{Target: target, Owner: former}, file.Close())
	}
	if err != nil {
		return fmt.Errorf("claim %s: %w", target, err)
	}
	former, err := readOwner(file)
	if err == nil && former.Run != "" && former.Run != owner.Run {
		if err := cleared(former); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	if err := writeOwner(file, owner); err != nil {
		return errors.Join(fmt.Errorf("claim %s: %w", target, err), file.Close())
	}
	c.files = append(c.files, file)
	return nil
}

// openLocked opens and locks the file at path, and not one that has been removed in the meantime. Where somebody else has the
// lock, the file is returned with the error EWOULDBLOCK.
func openLocked(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			return file, err
		}
		there, err := os.Stat(path)
		if opened, statErr := file.Stat(); err == nil && statErr == nil && os.SameFile(there, opened) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// readOwner reads whose claim it is. A torn or empty file says nothing: its writer died before it held the claim.
func readOwner(file *os.File) (Owner, error) {
	var o Owner
	data, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<16))
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	o.File = file.Name()
	return o, err
}

func writeOwner(file *os.File, o Owner) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := file.Truncate(0); err != nil {
		return err
	}
	if _, err := file.WriteAt(data, 0); err != nil {
		return err
	}
	return file.Sync()
}

// Release gives all claims back, and leaves no trace of them.
func (c *Claims) Release() error {
	var failures []error
	for _, f := range c.files {
		failures = append(failures, os.Remove(f.Name()), f.Close()) // in this order: whoever waits must not get a file that is about to go
	}
	c.files = nil
	return errors.Join(failures...)
}

// Abandon gives the locks back but leaves the files, which say that this run had the targets and may have left
// something in effect.
func (c *Claims) Abandon() error {
	var failures []error
	for _, f := range c.files {
		failures = append(failures, f.Close())
	}
	c.files = nil
	return errors.Join(failures...)
}

// fileName turns a target into the name of a file: one that people recognise, and a sum that makes it unique.
func fileName(target string) string {
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '_'
	}, target)
	return fmt.Sprintf("%s-%.8x.claim", readable[:min(len(readable), 100)], sha256.Sum256([]byte(target)))
}

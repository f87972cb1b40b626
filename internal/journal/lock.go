package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrLocked means that another process has the journal open for writing: the run itself, or a rollback of it.
var ErrLocked = errors.New("another gameday process is at work on this run")

// patience bridges the moments in which a lock is held by a process that is just dying, or by Locked.
const patience = 300 * time.Millisecond

// Locked reports whether a process has the journal in dir open for writing, which tells a run that is under way
// from one that crashed.
func Locked(dir string) (bool, error) {
	file, err := os.Open(filepath.Join(dir, File))
	if err != nil {
		return false, fmt.Errorf("look at the lock of a journal: %w", err)
	}
	defer file.Close()
	err = flock(file, syscall.LOCK_SH)
	if errors.Is(err, ErrLocked) {
		return true, nil
	}
	return false, err
}

// Await returns once no process has the journal in dir open for writing: as soon as the run has ended, or died. It
// holds up its goroutine until then.
func Await(dir string) error {
	file, err := os.Open(filepath.Join(dir, File))
	if err != nil {
		return fmt.Errorf("wait for the lock of a journal: %w", err)
	}
	defer file.Close()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// lock takes the lock for as long as file is open. Child processes do not inherit it.
func lock(file *os.File) error {
	for give := time.Now().Add(patience); ; time.Sleep(patience / 30) {
		err := flock(file, syscall.LOCK_EX)
		if !errors.Is(err, ErrLocked) || time.Now().After(give) {
			return err
		}
	}
}

func flock(file *os.File, how int) error {
	err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return nil
}

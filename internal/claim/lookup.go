package claim

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Holds reports whether a living process holds a target below dir for a run.
func Holds(dir, run string) (held bool, err error) {
	err = each(dir, func(o Owner, alive bool) error {
		held = held || alive && o.Run == run
		return nil
	})
	return held, err
}

// Forget removes what the dead left below dir that say so. It is for whoever knows that nothing of theirs is in effect.
func Forget(dir string, over func(Owner) bool) error {
	return each(dir, func(o Owner, alive bool) error {
		if alive || !over(o) {
			return nil
		}
		return os.Remove(o.File)
	})
}

// each calls visit with the owner of every claim below dir, and whether that lives. While visit looks at a dead one's, nobody
// else can take it.
func each(dir string, visit func(o Owner, alive bool) error) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.claim"))
	if err != nil {
		return err
	}
	var failures []error
	for _, path := range paths {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if errors.Is(err, os.ErrNotExist) {
			continue // given back this moment
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		alive := errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
		if o, err := readOwner(file); err == nil {
			failures = append(failures, visit(o, alive))
		}
		failures = append(failures, file.Close())
	}
	return errors.Join(failures...)
}

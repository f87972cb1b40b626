package main

import (
	"errors"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// findCores takes the first two that this process may run on.
func findCores() cores {
	var mine unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mine); err != nil || mine.Count() < 2 {
		return cores{}
	}
	c := cores{server: -1, bound: true}
	for n := 0; ; n++ {
		switch {
		case !mine.IsSet(n):
		case c.server < 0:
			c.server = n
		default:
			c.generator = n
			return c
		}
	}
}

// start starts a process on one core: a process inherits where the thread may run that starts it.
func (c cores) start(cmd *exec.Cmd, core int) error {
	if !c.bound {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	only.Set(core)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return err
	}
	return errors.Join(cmd.Start(), unix.SchedSetaffinity(0, &before))
}

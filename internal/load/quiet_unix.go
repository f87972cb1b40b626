//go:build unix

package load

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// quiet is whether an idle connection is still there, and says nothing: one that was closed at the other end has come
// to its end, and whatever else a server says unasked would be taken for the next answer.
func quiet(raw syscall.RawConn) bool {
	silent := false
	err := raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		silent = errors.Is(err, unix.EAGAIN)
	})
	return err == nil && silent
}

//go:build unix

package traffic

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts a process into a group of its own, so that its children can be signalled with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

func signalGroup(p *os.Process, kill bool) {
	sig := syscall.SIGTERM
	if kill {
		sig = syscall.SIGKILL
	}
	_ = syscall.Kill(-p.Pid, sig) // fails only where the group is gone already
}

// exitCode is what a shell would report.
func exitCode(s *os.ProcessState) int {
	if status, is := s.Sys().(syscall.WaitStatus); is && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}

// hungUp reports whether the peer of an idle connection has closed or reset it, as an event loop would know.
func hungUp(c *net.TCPConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		// Bytes that nobody asked for are as bad as an end.
		gone = n >= 0 && err == nil || !errors.Is(err, syscall.EAGAIN)
		return true
	})
	return gone || err != nil
}

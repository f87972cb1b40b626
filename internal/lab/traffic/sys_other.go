//go:build !unix

package traffic

import (
	"net"
	"os"
	"os/exec"
)

// Without Unix's process groups and signals, a process is killed alone and at once.

func ownGroup(*exec.Cmd) {}

func signalGroup(p *os.Process, _ bool) { _ = p.Kill() }

func exitCode(s *os.ProcessState) int { return s.ExitCode() }

// hungUp does not know, so a request may be lost on a connection that has been closed.
func hungUp(*net.TCPConn) bool { return false }

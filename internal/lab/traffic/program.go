// Package traffic is the lab's data plane, all of it real sockets on loopback: programs that serve requests, pools of
// targets whose health is checked over HTTP, and load balancers that proxy to them.
//
//	client ─► Balancer ─rule─► Pool ─round robin─► target ─► Program
//	              │              │ health checks ────────────► │
//	              └── metrics ◄──┘
//
// It knows addresses, not tasks or instances: what should be running is for the world to say.
package traffic

import "time"

// Program is what runs in a container: something that listens on loopback until it is told to stop.
type Program interface {
	// Addr is where it listens.
	Addr() string
	// Terminate asks it to stop, as SIGTERM does, and does not wait.
	Terminate()
	// Kill ends it at once: its connections are reset, nobody is told.
	Kill()
	// Done is closed once it is gone, for whatever reason.
	Done() <-chan struct{}
	// Exit is the exit code of a program that is gone.
	Exit() int
	// Busy is the time that it has spent on requests so far, summed over requests, without the time that they queued.
	Busy() time.Duration
}

// Exit codes as a shell and Docker report them.
const (
	exitOK     = 0
	exitKilled = 137
)

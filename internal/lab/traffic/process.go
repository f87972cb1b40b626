package traffic

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// process is a Program that is a real process.
type process struct {
	addr string
	cmd  *exec.Cmd
	mu   sync.Mutex // held while signalling, so that no signal reaches a successor of the same id
	gone bool
	done chan struct{}
	exit int // written before done is closed
}

// outlives is how long what a process has started may print after it is gone.
const outlives = 100 * time.Millisecond

// Run starts a real process as a program. Its port is in the environment as PORT, and replaces ${port} and {port}
// in command. It must stay in the foreground. It gets SIGTERM and SIGKILL as a container does, its children too. What it
// prints goes to output.
func Run(command []string, output io.Writer) (Program, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	fill := strings.NewReplacer("${port}", strconv.Itoa(port), "{port}", strconv.Itoa(port))
	args := make([]string, len(command))
	for i, arg := range command {
		args[i] = fill.Replace(arg)
	}
	p := &process{
		addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		cmd:  exec.Command(args[0], args[1:]...),
		done: make(chan struct{}),
	}
	p.cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port))
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.WaitDelay = outlives
	ownGroup(p.cmd)
	started := make(chan error)
	go func() {
		// A process that is to die with its parent dies with the thread that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = p.cmd.Wait() // how it ended is in its ProcessState
		p.mu.Lock()
		p.gone = true
		p.mu.Unlock()
		p.exit = exitCode(p.cmd.ProcessState)
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	return p, nil
}

func (p *process) Addr() string          { return p.addr }
func (p *process) Done() <-chan struct{} { return p.done }
func (p *process) Exit() int             { return p.exit }
func (p *process) Terminate()            { p.signal(false) }
func (p *process) Kill()                 { p.signal(true) }

// Busy is zero: nobody looks into a foreign process.
func (p *process) Busy() time.Duration { return 0 }

func (p *process) signal(kill bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone {
		signalGroup(p.cmd.Process, kill)
	}
}

// freePort finds a port that nobody listens on. Somebody may take it before it is used; then the process fails to
// start and the world starts another.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

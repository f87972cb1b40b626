package load

import (
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// timer is an alarm of the kernel's, which is read like a connection and so goes off within some 50 µs. Timers of Go
// are waited for in whole milliseconds.
type timer struct {
	file  *os.File
	conn  syscall.RawConn
	woken atomic.Bool
}

func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newClock()
	}
	t := &timer{file: os.NewFile(uintptr(fd), "timer")}
	if t.conn, err = t.file.SyscallConn(); err != nil {
		t.file.Close()
		return newClock()
	}
	return t
}

func (t *timer) wait(d time.Duration) {
	t.set(min(d, time.Hour))
	if t.woken.Swap(false) {
		return
	}
	var times [8]byte
	if _, err := t.file.Read(times[:]); err != nil {
		time.Sleep(time.Millisecond) // which it never does; a pacer that does not rest must not follow if it did
	}
	t.woken.Store(false)
}

func (t *timer) wake() {
	t.woken.Store(true)
	t.set(1)
}

// set lets it go off after d, whatever it was set to before.
func (t *timer) set(d time.Duration) {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	_ = t.conn.Control(func(fd uintptr) { _ = unix.TimerfdSettime(int(fd), 0, &at, nil) }) // fails of a closed one alone, which nobody waits for
}

func (t *timer) close() { t.file.Close() }

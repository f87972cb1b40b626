package traffic

import (
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// Files are the files that one machine lets all its programs together have open, connections being files like any other. Nil has no
// limit. Safe for concurrent use.
type Files struct {
	limit int64
	open  atomic.Int64
}

// NewFiles returns a machine's files, none of them open.
func NewFiles(limit int) *Files { return &Files{limit: int64(limit)} }

// Open is how many are open.
func (f *Files) Open() int {
	if f == nil {
		return 0
	}
	return int(f.open.Load())
}

// take opens n files, all or none, and reports whether there were as many left.
func (f *Files) take(n int) bool {
	if f == nil || n == 0 {
		return true
	}
	if f.open.Add(int64(n)) > f.limit {
		f.open.Add(-int64(n))
		return false
	}
	return true
}

func (f *Files) give(n int) {
	if f != nil {
		f.open.Add(-int64(n))
	}
}

// errTooMany is what a program hears that may not have another file open.
var errTooMany = syscall.EMFILE

// longestRetry is how long a server waits before it tries again to accept, at most. It begins with a two-hundredth of it.
const longestRetry = time.Second

// door is where a program lets connections in, one file each. Who finds no file left is not turned away: his connection waits in the
// kernel's backlog, open as far as he can see, and nobody hears what he says, until the server tries again and has a file.
type door struct {
	files *Files
	log   io.Writer // what a server says of it; nobody hears it where nil
}

// admit returns once there is a file for a connection, and reports false where closed comes first.
func (d *door) admit(at net.Addr, closed <-chan struct{}) bool {
	for retry := longestRetry / 200; !d.files.take(1); retry = min(2*retry, longestRetry) {
		complain(d.log, "http: Accept error: accept tcp %s: accept4: %v; retrying in %v", at, errTooMany, retry)
		timer := time.NewTimer(retry)
		select {
		case <-timer.C:
		case <-closed:
			timer.Stop()
			return false
		}
	}
	return true
}

func complain(log io.Writer, format string, args ...any) {
	if log != nil {
		_, _ = fmt.Fprintf(log, format+"\n", args...) // a program goes on without its log
	}
}

package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// wire is a connection of the fast engine: whoever has a request writes it and reads the answer himself, without other
// goroutines, and next to nothing is allocated.
type wire struct {
	*net.TCPConn
	raw     syscall.RawConn
	host    string
	out     bytes.Buffer
	written *Request // what it holds
	ask     func(fd uintptr) bool
	asked   error // what came of it
	asking  bool
	in      *bufio.Reader
	answer  fasthttp.Response
	waste   [4 << 10]byte
	failed  error // why nothing more could be read
	over    bool  // nothing may follow
}

// fast is the engine for HTTP/1.1 without TLS. Of fasthttp it takes what reads answers: its client repeats requests.
func fast(u *url.URL) connect {
	return func(_ context.Context, dialled net.Conn) (connection, error) {
		tcp := dialled.(*net.TCPConn) // as pools dial
		raw, err := tcp.SyscallConn()
		w := &wire{TCPConn: tcp, raw: raw, host: u.Host}
		w.in, w.ask = bufio.NewReader(w), w.asks
		return w, err
	}
}

// Read remembers what went wrong, below those who make other errors of it.
func (w *wire) Read(p []byte) (n int, err error) {
	if n, err = w.TCPConn.Read(p); err != nil {
		w.failed = err
	}
	return n, err
}

// malformed is what is no HTTP.
type malformed struct{ error }

func (w *wire) exchange(r *Request, until time.Time, last bool) (status int, body []byte, err error) {
	w.over = true // unless all goes well
	if err := w.SetDeadline(until); err != nil {
		return 0, nil, err
	}
	last = last || asksToClose(r.Header)
	if r != w.written {
		w.write(r, last)
		w.written = r
	}
	sent, err := w.send()
	if err != nil {
		return 0, nil, err
	}
	whole, body, err := w.read(r)
	switch {
	case err != nil && w.failed != nil:
		return 0, nil, w.failed
	case err != nil:
		return 0, nil, malformed{err}
	}
	w.over = !whole || !sent() || w.answer.ConnectionClose() || last
	return w.answer.StatusCode(), body, nil
}

func asksToClose(h http.Header) bool {
	said := h["Connection"]
	return len(said) > 0 && strings.EqualFold(said[0], "close")
}

// settled are headers that say what the engine settles, as in net/http.
var settled = map[string]bool{"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true}

// write writes down what is to be sent.
func (w *wire) write(r *Request, last bool) {
	w.out.Reset()
	w.line(r.Method, " ", r.URL.RequestURI(), " HTTP/1.1")
	host := r.Header.Get("Host")
	if host == "" {
		host = w.host
	}
	w.line("Host: ", host)
	if len(r.Body) > 0 || takesBody(r.Method) {
		w.line("Content-Length: ", strconv.Itoa(len(r.Body)))
	}
	if last && !asksToClose(r.Header) {
		w.line("Connection: close")
	}
	_ = r.Header.WriteSubset(&w.out, settled) // a buffer takes everything
	w.line()
	w.out.Write(r.Body)
}

func (w *wire) line(words ...string) {
	for _, word := range words {
		w.out.WriteString(word)
	}
	w.out.WriteString("\r\n")
}

// takesBody is whether servers expect to be told the length of a body, even if there is none.
func takesBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// atOnce is how much the kernels in between take in although nobody reads it.
const atOnce = 32 << 10

// send sends what was written down and waits for the first of the answer. Sent is whether all of it has left.
func (w *wire) send() (sent func() bool, err error) {
	if w.out.Len() > atOnce { // beside whoever reads, as a server may answer before it has read all
		var left atomic.Bool
		go func() {
			_, err := w.Write(w.out.Bytes())
			left.Store(err == nil)
		}()
		return left.Load, nil
	}
	w.asking = true
	if err := w.raw.Read(w.ask); err != nil {
		return nil, err
	}
	return always, w.asked
}

// asks writes when it is called first, and is called again when there is something to read. Somebody who writes, and
// then reads what cannot be there yet, makes one system call more of three.
func (w *wire) asks(uintptr) (done bool) {
	if !w.asking {
		return true
	}
	w.asking = false
	_, w.asked = w.Write(w.out.Bytes())
	return w.asked != nil
}

func always() bool { return true }

// read reads an answer, its body as far as need be. Whole is whether that was all of it.
func (w *wire) read(r *Request) (whole bool, body []byte, err error) {
	w.answer.StreamBody, w.answer.SkipBody = true, r.Method == http.MethodHead
	err = w.answer.ReadLimitBody(w.in, maxBody)
	if isLong(err) {
		w.in = bufio.NewReaderSize(w.in, maxHead)
		err = w.answer.ReadLimitBody(w.in, maxBody)
	}
	if err != nil {
		return false, nil, err
	}
	defer func() { _ = w.answer.CloseBodyStream() }() // which says nothing that reading has not said
	stream := w.answer.BodyStream()
	switch {
	case stream == nil:
		return w.answer.StatusCode() != http.StatusSwitchingProtocols, nil, nil
	case r.Expect.ReadsBody():
		body, err = io.ReadAll(io.LimitReader(stream, maxBody))
		return len(body) < maxBody, body, err
	}
	for read := 0; read < maxBody && err == nil; {
		var n int
		n, err = stream.Read(w.waste[:min(len(w.waste), maxBody-read)])
		read += n
	}
	switch {
	case !errors.Is(err, io.EOF):
		return false, nil, err
	case w.failed != nil && w.answer.Header.ContentLength() == chunked:
		return false, nil, w.failed
	}
	return true, nil, nil
}

// chunked is the length of bodies that come in chunks, which do not end where nothing more comes.
const chunked = -1

// isLong is whether a head did not fit into the buffer.
func isLong(err error) bool {
	if err == nil {
		return false
	}
	var small *fasthttp.ErrSmallBuffer
	return errors.As(err, &small)
}

func (w *wire) fit(rested time.Duration) bool {
	return !w.over && w.in.Buffered() == 0 && (rested < unheard || quiet(w.raw))
}

// unheard is how long it may well take until a reader hears that a connection was closed.
const unheard = 100 * time.Microsecond

func (w *wire) close() { w.Close() }

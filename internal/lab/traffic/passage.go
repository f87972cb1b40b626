package traffic

import (
	"bufio"
	"errors"
	"io"
	"net/http/httputil"
)

// passage is the body of a target's answer on its way to the client, as it comes.
type passage struct {
	io.Reader
	done  func(whole bool)
	ended bool // it has been read to its end
}

// newPassage reads a body of that length from in, or one in chunks for -1, or all until the target hangs up for -2.
func newPassage(in *bufio.Reader, length int, done func(whole bool)) *passage {
	switch length {
	case -1:
		return &passage{Reader: &chunked{Reader: httputil.NewChunkedReader(in), in: in}, done: done}
	case -2:
		return &passage{Reader: in, done: func(bool) { done(false) }}
	}
	return &passage{Reader: io.LimitReader(in, int64(length)), done: done}
}

func (p *passage) Read(b []byte) (int, error) {
	if p.ended {
		return 0, io.EOF
	}
	n, err := p.Reader.Read(b)
	p.ended = p.ended || errors.Is(err, io.EOF)
	return n, err
}

// Close gives the connection back.
func (p *passage) Close() error {
	limited, is := p.Reader.(*io.LimitedReader)
	p.done(p.ended || is && limited.N == 0)
	return nil
}

// chunked is a body in chunks, with the trailer after it, which is not passed on.
type chunked struct {
	io.Reader
	in *bufio.Reader
}

func (c *chunked) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return n, io.ErrUnexpectedEOF
		}
		if len(line) <= len("\r\n") {
			return n, io.EOF
		}
	}
}

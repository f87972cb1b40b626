package traffic

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// unpacked reads what is compressed, whatever its name says, and everything else as it is.
func unpacked(from io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(from, 1<<16)
	if magic, _ := in.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return in, nil
	}
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		return nil, damaged(err)
	}
	return &unzipping{unzipped}, nil
}

type unzipping struct{ *gzip.Reader }

func (u *unzipping) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

// errDamaged is in the error of reading what cannot be unpacked, or not to its end.
var errDamaged = errors.New("it is compressed, and damaged")

func damaged(err error) error { return fmt.Errorf("%w: %w", errDamaged, err) }

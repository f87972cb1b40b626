package traffic

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/bits"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

// Log is what access logs of application load balancers come to: which requests there were how often, and when.
type Log struct {
	Requests []Template        // the most frequent first
	Used     uint64            // requests that Requests stand for
	LeftOut  map[string]uint64 // requests that they do not stand for, by why: Malformed, or what they are
	Sampled  uint64            // of Used: those that others stand for, because there are too many different ones
	Torn     []string          // files that end in the middle, and why
	Arrivals *Arrivals
}

// How many different requests of a log are kept. Where there are more, a random sample of the log's lines stands for
// all of them, so that each request keeps its share.
const (
	maxDifferent      = 20_000
	maxDifferentBytes = 8 << 20
)

// ReadLogs reads access logs, compressed or not, and keeps what has one of the methods. Lines that make no sense are
// counted; an error says that a file could not be read, or that nothing in it can be sent.
func ReadLogs(ctx context.Context, files, methods []string) (*Log, error) {
	r := logReader{
		log: &Log{LeftOut: map[string]uint64{}, Arrivals: &Arrivals{}}, methods: methods,
		counts: map[string]*uint64{}, oneIn: 1, random: rand.New(rand.NewPCG(1, 2)), // the same mix of the same log
	}
	for _, name := range files {
		if err := r.file(ctx, name); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	return r.log, nil
}

type logReader struct {
	log     *Log
	methods []string
	counts  map[string]*uint64 // by method, host and path, separated by spaces, which none of them holds
	bytes   int                // of these
	kept    uint64             // lines that counts stand for
	oneIn   uint64             // lines that is counted
	random  *rand.Rand
	entry   entry
	key     []byte
}

func (r *logReader) file(ctx context.Context, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, err := unpacked(f)
	if err != nil {
		r.log.Torn = append(r.log.Torn, fmt.Sprintf("%s: %v", name, err))
		return nil
	}
	in := bufio.NewReaderSize(plain, 1<<18)
	for n := 0; ; n++ {
		if n%10_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line = nil
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
			r.log.LeftOut[Malformed]++
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			r.line(line)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errDamaged):
			r.log.Torn = append(r.log.Torn, fmt.Sprintf("%s: %v", name, err))
			return nil
		case err != nil:
			return err
		}
	}
}

// Malformed is why a line is left out that is not one of such a log.
const Malformed = "malformed"

// Why others are left out.
const (
	websockets = "WebSocket"
	grpc       = "gRPC"
)

func (r *logReader) line(line []byte) {
	e := &r.entry
	if why := e.parse(line); why != "" {
		r.log.LeftOut[why]++
		return
	}
	if !slices.Contains(r.methods, e.method) {
		r.log.LeftOut[e.method]++
		return
	}
	r.log.Used++
	r.log.Arrivals.add(e.at)
	if r.oneIn > 1 && r.random.Uint64N(r.oneIn) != 0 {
		return
	}
	r.key = append(append(append(append(append(r.key[:0], e.method...), ' '), e.host...), ' '), e.path...)
	if n := r.counts[string(r.key)]; n != nil {
		*n++
		return
	}
	one := uint64(1)
	r.counts[string(r.key)] = &one
	r.bytes += len(r.key)
	for len(r.counts) > maxDifferent || r.bytes > maxDifferentBytes {
		r.thin()
	}
}

// thin forgets every other line at random, whichever request it was of.
func (r *logReader) thin() {
	r.oneIn *= 2
	for _, key := range slices.Sorted(maps.Keys(r.counts)) {
		n := r.counts[key]
		if *n = half(*n, r.random); *n == 0 {
			delete(r.counts, key)
			r.bytes -= len(key)
		}
	}
}

// half is how many of n coins show heads.
func half(n uint64, random *rand.Rand) (heads uint64) {
	for ; n > 64; n -= 64 {
		heads += uint64(bits.OnesCount64(random.Uint64()))
	}
	return heads + uint64(bits.OnesCount64(random.Uint64()>>(64-n)))
}

func (r *logReader) finish() error {
	for key, n := range r.counts {
		parts := strings.SplitN(key, " ", 3)
		t := Template{Weight: *n, Method: parts[0], Path: parts[2]}
		if parts[1] != "" {
			t.Headers = map[string]string{"Host": parts[1]}
		}
		r.log.Requests = append(r.log.Requests, t)
		r.kept += *n
	}
	slices.SortFunc(r.log.Requests, func(a, b Template) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Headers["Host"], b.Headers["Host"]))
	})
	r.log.Sampled = r.log.Used - r.kept
	if r.log.Used > 0 {
		return nil
	}
	if len(r.log.LeftOut) == 0 {
		return errors.New("there is not one line in these logs")
	}
	return fmt.Errorf("no request in these logs can be sent: left out %s", tally(r.log.LeftOut))
}

// tally writes counts by name.
func tally(counts map[string]uint64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	return strings.Join(parts, ", ")
}

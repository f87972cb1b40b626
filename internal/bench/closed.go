package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// closed keeps all connections busy: each sends its next request as soon as the last one is answered.
func (t task) closed(ctx context.Context) (r result, err error) {
	before, begun := spent(), time.Now()
	switch t.With {
	case "net.Conn":
		r.Answered, err = t.loop(ctx, t.rawClient)
	case "http.Client":
		r.Answered, err = t.loop(ctx, t.httpClient())
	case "vegeta":
		r = t.attack()
	default:
		r, err = t.flood(ctx)
	}
	r.CPU, r.Took = spent()-before, time.Since(begun)
	return r, err
}

// loop has every connection send until the time is up, and returns how many requests were answered.
func (t task) loop(ctx context.Context, client func(goOn func() bool) (answered uint64, err error)) (answered uint64, err error) {
	var over atomic.Bool
	time.AfterFunc(t.For, func() { over.Store(true) })
	var sum atomic.Uint64
	all, ctx := errgroup.WithContext(ctx)
	for range t.Connections {
		all.Go(func() error {
			n, err := client(func() bool { return !over.Load() && ctx.Err() == nil })
			sum.Add(n)
			return err
		})
	}
	err = all.Wait()
	return sum.Load(), err
}

// rawClient is the least that a client of HTTP/1.1 does in Go: it writes what was put together once, and finds the end of the answer.
func (t task) rawClient(goOn func() bool) (answered uint64, err error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return 0, err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	request := []byte("GET / HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: raw\r\n\r\n")
	in := bufio.NewReader(conn)
	for ; goOn(); answered++ {
		if _, err := conn.Write(request); err != nil {
			return answered, err
		}
		if err := readAnswer(in); err != nil {
			return answered, err
		}
	}
	return answered, nil
}

var lengthHeader = []byte("Content-Length: ")

// readAnswer reads an answer of status 200 that says how long it is.
func readAnswer(in *bufio.Reader) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answered %q", line)
	}
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case len(line) <= len("\r\n"):
			_, err := in.Discard(length)
			return err
		case bytes.HasPrefix(line, lengthHeader):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthHeader):]))); err != nil {
				return err
			}
		}
	}
}

// httpClient is one http.Client for all.
func (t task) httpClient() func(goOn func() bool) (uint64, error) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: t.Connections}}
	return func(goOn func() bool) (answered uint64, err error) {
		for ; goOn(); answered++ {
			answer, err := client.Get(t.URL)
			if err != nil {
				return answered, err
			}
			_, err = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if err != nil || answer.StatusCode != http.StatusOK {
				return answered, fmt.Errorf("answered %d: %w", answer.StatusCode, err)
			}
		}
		return answered, nil
	}
}

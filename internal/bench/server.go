package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// silence is a stretch of time during which the server answered nobody.
type silence struct{ From, To time.Time }

// serve answers every request with 64 bytes until the standard input ends. A request to /stall has it answer nobody else
// for a second, and is then answered with when that was.
func serve(context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var gate sync.RWMutex
	body := bytes.Repeat([]byte("."), 64)
	server := fasthttp.Server{Handler: func(x *fasthttp.RequestCtx) {
		if string(x.Path()) == "/stall" {
			gate.Lock()
			defer gate.Unlock()
			s := silence{From: time.Now()}
			time.Sleep(time.Second)
			s.To = time.Now()
			x.SetStatusCode(http.StatusOK)
			_ = json.NewEncoder(x).Encode(s) // who asked sees that it is not there
			return
		}
		gate.RLock()
		defer gate.RUnlock()
		x.SetBody(body)
	}}
	fmt.Fprintf(os.Stdout, "http://%s/\n", listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with whoever started this
		_ = listener.Close()
	}()
	_ = server.Serve(listener) // ends with the listener, always with an error
	return nil
}

// haveStall has the server at that URL stall, and returns when it did.
func haveStall(ctx context.Context, url string) (s silence, err error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"stall", nil)
	if err != nil {
		return s, err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return s, err
	}
	defer answer.Body.Close()
	return s, json.NewDecoder(answer.Body).Decode(&s)
}

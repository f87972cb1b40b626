package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// cores of this machine, as far as processes can be bound to them.
type cores struct {
	server, generator int
	bound             bool
}

// command is a process of this program's that does the task. It has one processor to run Go on, whether or not it is bound to one.
func (t task) command(ctx context.Context) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	what, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-task", string(what))
	cmd.Stderr = os.Stderr
	if t.Do != "lab" {
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	return cmd, nil
}

// run has a process of its own do the task, where the generators belong.
func (c cores) run(ctx context.Context, t task) (r result, err error) {
	cmd, err := t.command(ctx)
	if err != nil {
		return r, err
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if t.Do == "lab" { // which has the whole machine
		err = cmd.Start()
	} else {
		err = c.start(cmd, c.generator)
	}
	if err != nil {
		return r, err
	}
	if err := cmd.Wait(); err != nil {
		return r, fmt.Errorf("%s with %s: %w", t.Do, t.With, err)
	}
	return r, json.Unmarshal(out.Bytes(), &r)
}

// serve starts a server, and returns where it is.
func (c cores) serve(ctx context.Context) (url string, end func(), err error) {
	cmd, err := task{Do: "serve"}.command(ctx)
	if err != nil {
		return "", nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := c.start(cmd, c.server); err != nil {
		return "", nil, err
	}
	end = func() {
		in.Close()
		_ = cmd.Wait() // it has served its purpose
	}
	if _, err := fmt.Fscanln(out, &url); err != nil {
		end()
		return "", nil, fmt.Errorf("the server does not say where it is: %w", err)
	}
	return url, end, nil
}

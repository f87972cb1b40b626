package command_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gameday/internal/cloud"
	"gameday/internal/command"
)

// shell is a command that runs the script.
func shell(script string) command.Command {
	return command.Command{Args: []string{"sh", "-c", script}, Timeout: time.Minute}
}

func TestRunReturnsWhatWasPrinted(t *testing.T) {
	dir := t.TempDir()
	c := shell(`echo "$GREETING from $(pwd -P) in $GAMEDAY_RUN_ID"; echo chatter >&2`)
	c.Env, c.Dir = map[string]string{"GREETING": "hello"}, dir
	got, err := c.Run(t.Context(), &cloud.Env{RunID: "run-1"})
	actual, _ := filepath.EvalSymlinks(dir)
	if want := "hello from " + actual + " in run-1\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestTheAuthorsEnvironmentWins(t *testing.T) {
	c := shell(`echo "$GAMEDAY_RUN_ID"`)
	c.Env = map[string]string{"GAMEDAY_RUN_ID": "mine"}
	if got, err := c.Run(t.Context(), &cloud.Env{RunID: "run-1"}); err != nil || string(got) != "mine\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFailuresSayWhy(t *testing.T) {
	slow := shell("echo waiting >&2; sleep 600")
	slow.Timeout = 300 * time.Millisecond
	for name, c := range map[string]struct {
		command command.Command
		want    []string
	}{
		"exit code":    {shell("echo out of beans >&2; exit 3"), []string{"run sh: exit status 3", ": out of beans"}},
		"no program":   {command.Command{Args: []string{"no-such-program"}}, []string{"run no-such-program:", "not found"}},
		"time":         {slow, []string{"run sh: killed after 300ms"}},
		"long stderr":  {shell("seq 1 5000 >&2; exit 1"), []string{"4999\n5000"}},
		"long stdout":  {shell("yes | head -c 2000000"), []string{"more than 1048576 bytes"}},
		"left running": {shell("sleep 30 &"), []string{"holds its output open"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.command.Run(t.Context(), &cloud.Env{})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
			if len(err.Error()) > 3000 {
				t.Errorf("the error is %d bytes long", len(err.Error()))
			}
		})
	}
}

// The grandchild holds a pipe open, whose end the test sees when the last writer is gone.
func TestNothingOutlivesItsContext(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	c := shell(`(echo ready; sleep 600) > "$PIPE" & wait`)
	c.Env = map[string]string{"PIPE": pipe}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, &cloud.Env{})
		ended <- err
	}()

	alive := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe)
		if err != nil {
			alive <- err
			return
		}
		defer f.Close()
		r := bufio.NewReader(f)
		if _, err := r.ReadString('\n'); err != nil {
			alive <- err
			return
		}
		cancel()
		_, err = io.Copy(io.Discard, r)
		alive <- err
	}()

	for _, c := range []chan error{alive, ended} {
		select {
		case err := <-c:
			if c == ended && !errors.Is(err, context.Canceled) {
				t.Errorf("Run returned %v", err)
			}
			if c == alive && err != nil {
				t.Error(err)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the grandchild lives on")
		}
	}
}

// Package command runs the commands that authors of experiments write, so that none outlives its time.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"gameday/internal/cloud"
)

const (
	mostOutput = 1 << 20         // of stdout; a command that prints more has lost its way
	mostError  = 2 << 10         // of stderr, its end: where programs say why they gave up
	letGo      = 2 * time.Second // for whoever still holds the output open once the command itself is gone
)

// Command is a program to run. No shell is involved, unless it is the program.
type Command struct {
	Args    []string          // the program and its arguments, at least one
	Env     map[string]string // beside our own environment and Environ's
	Dir     string            // where to run it; ours where empty
	Timeout time.Duration     // then it is killed, with all that it started; none where 0
}

// Run runs c until it ends and returns what it wrote to stdout. It sees the AWS account, region and endpoint that env
// sees. A command that fails, is killed or prints more than 1 MiB is an error, which quotes the end of stderr.
func (c Command) Run(ctx context.Context, env *cloud.Env) ([]byte, error) {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.Timeout, fmt.Errorf("killed after %s", c.Timeout))
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), env.Environ(ctx)...)
	for key, value := range c.Env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	stdout, stderr := head{most: mostOutput}, tail{most: mostError}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	inOneGroup(cmd)

	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay):
		err = errors.New("it ended, but something that it started holds its output open: redirect the output of background processes")
	case err == nil && stdout.cut:
		err = fmt.Errorf("it printed more than %d bytes", mostOutput)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w%s", c.Args[0], err, stderr.quote())
	}
	return stdout.kept, nil
}

// inOneGroup makes the end of the context the end of everything that the command has started, not of its first process
// alone: a shell that is killed leaves its children running.
func inOneGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = letGo
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}

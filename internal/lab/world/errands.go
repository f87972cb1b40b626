package world

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gameday/internal/lab/outside"
	"gameday/internal/lab/topology"
)

// errand is something that takes its time on the network, while the world goes on.
type errand struct {
	stop   context.CancelFunc
	done   chan struct{}
	ok     bool   // this and the following are written before done is closed
	reason string // why it is not ok, where ECS is told
}

// errand begins one from a subnet. It ends at the latest with the world.
func (w *World) errand(from *subnet, do func(ctx context.Context, client *http.Client) (ok bool, reason string)) *errand {
	ctx, cancel := context.WithCancel(w.alive)
	e := &errand{stop: cancel, done: make(chan struct{})}
	client := outside.Client(w.dialer(from))
	w.ended.Go(func() {
		defer cancel()
		defer close(e.done)
		e.ok, e.reason = do(ctx, client)
	})
	return e
}

// finished reports whether there was one and it has ended.
func (e *errand) finished() bool {
	if e == nil {
		return false
	}
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

func (e *errand) cancel() {
	if e != nil {
		e.stop()
	}
}

// pull gets what a task's container needs before it can be created: its image, and a stream for its log.
func (w *World) pull(t *task) *errand {
	image, fargate, logs := t.Container.Image, t.instance == nil, w.containerOf(t).LogGroup != ""
	behaviour, cached := "always", false
	if !fargate {
		behaviour, cached = t.instance.spec.ImagePull, t.instance.images[image]
	}
	host := w.awsHost("logs")
	return w.errand(w.network.subnet(t.SubnetID), func(ctx context.Context, client *http.Client) (bool, string) {
		if !cached || behaviour == "default" || behaviour == "always" {
			err := outside.Pull(ctx, client, image, fargate)
			if err != nil && !(cached && behaviour == "default") {
				return false, err.Error()
			}
		}
		if !logs {
			return true, ""
		}
		if err := outside.Ask(ctx, client, host); err != nil {
			return false, logFailure(host, err, fargate)
		}
		return true, ""
	})
}

// logFailure is the awslogs driver's failure to create a stream.
func logFailure(host string, err error, fargate bool) string {
	cause := fmt.Sprintf("failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post \"https://%s/\": %v", host, err)
	if fargate {
		return "ResourceInitializationError: failed to validate logger args: " + cause
	}
	return "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: " + cause
}

// pulled goes on with a task whose image is there or cannot be had.
func (w *World) pulled(t *task, now time.Time) {
	e := t.errand
	t.errand, t.PullStopped = nil, now
	if !e.ok {
		w.fail(t, e.reason, now)
		return
	}
	if t.instance != nil {
		t.instance.images[t.Container.Image] = true
	}
	w.containerUp(t, now)
	packages := strings.Fields(w.containerOf(t).Environment[fetchVariable])
	if len(packages) == 0 {
		w.start(t, false, now)
		return
	}
	lines := t.lines
	t.errand = w.errand(w.network.subnet(t.SubnetID), func(ctx context.Context, client *http.Client) (bool, string) {
		for _, p := range packages {
			name, pkg, _ := strings.Cut(p, ":")
			party := w.thirdParty(name)
			if party == nil {
				lines.add("sh: 1: " + name + ": not found")
				return false, ""
			}
			printed, ok := outside.Fetch(ctx, client, party.Kind, party.Host, pkg)
			lines.add(printed...)
			if !ok {
				return false, ""
			}
		}
		return true, ""
	})
}

// fetchVariable is the variable of a container's environment that names the packages that it installs when it starts, so that a
// revision of the task definition without it is one that has them baked in.
const fetchVariable = "FETCH_AT_START"

// fetched goes on with a task whose packages are there, or ends with them: the container exits, with its complaints in its log.
func (w *World) fetched(t *task, now time.Time) {
	e := t.errand
	t.errand = nil
	if e.ok {
		w.start(t, false, now)
		return
	}
	one := 1
	t.Container.ExitCode = &one
	w.stopped(t, "EssentialContainerExited", "Essential container in task exited", now)
}

// thirdParty is that of the topology, nil where there is none of that name.
func (w *World) thirdParty(name string) *topology.ThirdParty {
	for _, p := range w.topology.ThirdParties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// containerOf is the definition of a task's one container.
func (w *World) containerOf(t *task) ContainerDefinition {
	return w.definitionByARN(t.TaskDefinition).Containers[0]
}

// liveCalls are what every request to a task waits for, nil where it is for nothing.
func (w *World) liveCalls(t *task) func(context.Context) error {
	var live []*topology.Call
	for _, c := range t.spec.Calls {
		if c.Live {
			live = append(live, c)
		}
	}
	if len(live) == 0 {
		return nil
	}
	client, lines := outside.Client(w.dialer(w.network.subnet(t.SubnetID))), t.lines
	return func(ctx context.Context) error {
		for _, c := range live {
			if err := w.call(ctx, client, c, lines); err != nil {
				return err
			}
		}
		return nil
	}
}

// call asks a third party, and complains where it does not answer in time.
func (w *World) call(ctx context.Context, client *http.Client, c *topology.Call, lines *lines) error {
	within, cancel := context.WithTimeout(ctx, c.Timeout.Std())
	defer cancel()
	host := w.thirdParty(c.ThirdParty).Host
	err := outside.Ask(within, client, host)
	if err != nil && ctx.Err() == nil {
		lines.add(fmt.Sprintf("error: request to https://%s/ failed: %v", host, err))
	}
	return err
}

// callNowAndThen makes the calls of a running task that no request waits for.
func (w *World) callNowAndThen(t *task, now time.Time) {
	if t.program == nil || now.Before(t.nextCall) || t.calling != nil && !t.calling.finished() {
		return
	}
	for _, c := range t.spec.Calls {
		if !c.Live {
			t.nextCall = now.Add(c.Every.Std())
			lines := t.lines
			t.calling = w.errand(w.network.subnet(t.SubnetID), func(ctx context.Context, client *http.Client) (bool, string) {
				err := w.call(ctx, client, c, lines)
				return !errors.Is(err, context.Canceled), ""
			})
			return
		}
	}
}

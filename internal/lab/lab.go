// Package lab is a simulated AWS account in this process: AWS's wire protocols in front, real HTTP servers behind.
//
//	SDK, AWS CLI ─► wire ─► world ─► traffic ◄─ users, load
//	                  │       └─► metrics ◄─┘
//	                  └──────────────┘
//
// It listens on loopback only, needs neither root nor Docker, and leaves nothing behind. README.md is its manual.
package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
)

// Options says which account to simulate. The zero value is the built-in one.
type Options struct {
	Topology   string       // an HCL file; the built-in topology where empty
	Weaknesses []string     // to switch on, by name
	Listen     string       // where the AWS API listens; a free port of 127.0.0.1 where empty
	Log        *slog.Logger // what happens inside; nowhere where nil
	Wire       wire.Options // what is wrong with the API
}

// Lab is a running account. Safe for concurrent use.
type Lab struct {
	World   *world.World
	Metrics *metrics.Store

	topology *topology.Topology
	handler  *wire.Handler
	listener net.Listener
	api      *http.Server
	stop     context.CancelFunc
	ended    sync.WaitGroup
	close    sync.Once
}

// steadyWithin bounds how long a new account may take until all its services are healthy.
const steadyWithin = 30 * time.Second

// Start returns once every service of the account is healthy and its API answers. Where the topology is at fault, the error is of
// type hcl.Diagnostics. Close the lab.
func Start(ctx context.Context, o Options) (*Lab, error) {
	t, err := topology.Load(o.Topology, o.Weaknesses)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	store := metrics.New(metrics.Options{
		Resolution: t.CloudWatch.Resolution.Std(), Delay: t.CloudWatch.Delay.Std(), Silent: !t.CloudWatch.Publish,
	})
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	inside, err := world.New(t, store, o.Log)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lab: %w", err), listener.Close())
	}
	handler := wire.New(inside, store, o.Wire)
	if action := handler.DeniesNothing(); action != "" {
		inside.Close()
		return nil, errors.Join(fmt.Errorf("nothing in the lab needs the IAM action %q: write it as AWS does, like ec2:TerminateInstances or ecs:*", action), listener.Close())
	}
	l := &Lab{
		World: inside, Metrics: store, topology: t, handler: handler, listener: listener,
		api: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
	}
	running, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.ended.Go(func() { store.Run(running) })
	l.ended.Go(func() { _ = l.api.Serve(listener) }) // ends when told to, always with an error
	steady, cancel := context.WithTimeout(ctx, steadyWithin)
	defer cancel()
	if err := inside.WaitSteady(steady); err != nil {
		l.Close()
		return nil, fmt.Errorf("lab: %w", err)
	}
	return l, nil
}

// Endpoint is the URL of the AWS API, the same for all services.
func (l *Lab) Endpoint() string {
	at := l.listener.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() { // everywhere, and so here too
		return fmt.Sprintf("http://127.0.0.1:%d", at.Port)
	}
	return "http://" + at.String()
}

// Exposed reports whether others than this machine may reach the AWS API.
func (l *Lab) Exposed() bool { return !l.listener.Addr().(*net.TCPAddr).IP.IsLoopback() }

// Environment is what the AWS CLI or any SDK needs to take the lab for AWS.
func (l *Lab) Environment() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL":          l.Endpoint(),
		"AWS_REGION":                l.topology.Region,
		"AWS_DEFAULT_REGION":        l.topology.Region, // the AWS CLI reads this one
		"AWS_ACCESS_KEY_ID":         "AKIALABLABLABLABLAB0",
		"AWS_SECRET_ACCESS_KEY":     "the-lab-takes-any-secret",
		"AWS_EC2_METADATA_DISABLED": "true",
	}
}

// Calls are the AWS calls so far, in the order in which they ended.
func (l *Lab) Calls() []wire.Call { return l.handler.Calls() }

// Intercept has i decide from now on what becomes of calls, in place of Options.Wire.Intercept; nil lets all pass.
func (l *Lab) Intercept(i wire.Interceptor) { l.handler.Intercept(i) }

// Close ends everything: API, load balancers, programs. It may be called again.
func (l *Lab) Close() {
	l.close.Do(func() {
		l.stop()
		_ = l.api.Close() // the listener's error, if any, changes nothing
		l.World.Close()
		l.ended.Wait()
	})
}

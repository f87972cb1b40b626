package world

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"gameday/internal/lab/outside"
)

// outsider is a host on the internet: one of AWS's own, or a third party.
type outsider struct {
	address netip.Addr
	service string // AWS's, as endpoints name it: "ecr.api"; empty for a third party
	server  string // where it really listens
}

// awsServices are the services of AWS that tasks and agents need, and their public addresses. That of S3 is within its prefix list.
var awsServices = map[string]string{
	"s3": "192.0.2.10", "dynamodb": "192.0.2.138", "ecr.api": "198.51.100.10", "ecr.dkr": "198.51.100.11", "ecs": "198.51.100.12",
	"ecs-agent": "198.51.100.13", "ecs-telemetry": "198.51.100.14", "logs": "198.51.100.15", "ssm": "198.51.100.16", "sts": "198.51.100.17",
}

// lookUp finds what a host name leads to in the internet.
func (w *World) lookUp(host string) (outsider, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if o, ok := w.outsiders[host]; ok {
		return o, true
	}
	if s := w.serviceAt(host); s != "" {
		return outsider{address: netip.MustParseAddr(awsServices[s]), service: s, server: w.aws}, true
	}
	return outsider{}, false
}

// serviceAt is the service of AWS whose name a host has, in this region; empty for any other.
func (w *World) serviceAt(host string) string {
	name, ok := strings.CutSuffix(host, "."+w.account.Region+".amazonaws.com")
	switch {
	case !ok:
		return ""
	case name == "api.ecr":
		return "ecr.api"
	case strings.HasSuffix(name, ".dkr.ecr"):
		return "ecr.dkr"
	case name == "s3" || strings.HasSuffix(name, ".s3"):
		return "s3"
	case strings.HasPrefix(name, "ecs-a"):
		return "ecs-agent"
	case strings.HasPrefix(name, "ecs-t"):
		return "ecs-telemetry"
	}
	if _, ok := awsServices[name]; ok {
		return name
	}
	return ""
}

// awsHost is the name that a service of AWS is reached by.
func (w *World) awsHost(service string) string {
	name := map[string]string{
		"ecr.api": "api.ecr", "ecr.dkr": w.account.ID + ".dkr.ecr", "ecs-agent": "ecs-a-1", "ecs-telemetry": "ecs-t-1",
		"s3": "prod-" + w.account.Region + "-starport-layer-bucket.s3",
	}[service]
	if name == "" {
		name = service
	}
	return name + "." + w.account.Region + ".amazonaws.com"
}

// buildOutside starts the servers of AWS and of every third party.
func (w *World) buildOutside() error {
	serve := func(kind string, latency time.Duration) (string, error) {
		server, err := outside.Serve(kind, latency)
		if err != nil {
			return "", err
		}
		w.servers = append(w.servers, server)
		return server.Addr(), nil
	}
	var err error
	if w.aws, err = serve(outside.AWS, 0); err != nil {
		return err
	}
	w.outsiders = map[string]outsider{}
	for n, spec := range w.topology.ThirdParties {
		o := outsider{address: netip.MustParseAddr(cmp.Or(spec.Address, fmt.Sprintf("203.0.113.%d", 10+n%240)))}
		if o.server, err = serve(spec.Kind, spec.Latency.Std()); err != nil {
			return fmt.Errorf("third party %s: %w", spec.Name, err)
		}
		w.outsiders[strings.ToLower(spec.Host)] = o
	}
	return nil
}

// dialer opens connections out of a subnet, as reach decides at that moment, and loses them as the network does: a name that does not
// resolve at once, packets that get lost after the topology's connect_timeout.
func (w *World) dialer(from *subnet) outside.Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		r := w.reach(from, host)
		w.mu.Unlock()
		switch {
		case r.OK():
			return new(net.Dialer).DialContext(ctx, network, r.server)
		case r.Address == "":
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, Server: w.resolverAddress(), IsNotFound: true}}
		}
		timer := time.NewTimer(w.topology.Network.ConnectTimeout.Std())
		defer timer.Stop()
		failed := &net.OpError{Op: "dial", Net: network, Addr: &net.TCPAddr{IP: net.ParseIP(r.Address), Port: port}, Err: os.ErrDeadlineExceeded}
		select {
		case <-timer.C:
		case <-ctx.Done():
			if ctx.Err() == context.Canceled {
				failed.Err = ctx.Err()
			}
		}
		return nil, failed
	}
}

// resolverAddress is where a VPC's resolver listens: two above the beginning of its range.
func (w *World) resolverAddress() string {
	return netip.MustParsePrefix(w.vpc.CIDR).Masked().Addr().Next().Next().String() + ":53"
}

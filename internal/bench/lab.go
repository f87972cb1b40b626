package main

import (
	"context"
	_ "embed" // for the topology
	"fmt"
	"os"
	"path/filepath"

	"gameday/internal/lab"
)

// topology is an account with one service, whose tasks take exactly labLatency for a request.
//
//go:embed lab.hcl
var topology []byte

// lab sends through the load balancer of a lab in this very process.
func (t task) lab(ctx context.Context) (result, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "lab.hcl")
	if err := os.WriteFile(file, topology, 0o600); err != nil {
		return result{}, err
	}
	l, err := lab.Start(ctx, lab.Options{Topology: file})
	if err != nil {
		return result{}, err
	}
	defer l.Close()
	t.URL = fmt.Sprintf("http://127.0.0.1:%d/", l.World.LoadBalancers()[0].Listeners[0].Port)
	return t.open(ctx)
}

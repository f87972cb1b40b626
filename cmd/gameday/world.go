package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/urfave/cli/v2"

	"gameday/experiments"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/wire"
	"gameday/reports"
)

// worldFlags choose between AWS and the lab, and which AWS.
func worldFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.BoolFlag{Name: "lab", Usage: "run against the built-in lab, which lives as long as this command"},
		regionFlag(),
		profileFlag(),
	}, labFlags()...)
}

// labFlags shape the lab.
func labFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "topology", Usage: "HCL `FILE` that describes the lab's account, instead of the built-in one"},
		&cli.StringSliceFlag{Name: "weakness", Usage: "switch a known weakness of the lab on, by `NAME`; `gameday lab --weaknesses` lists them; may be given several times"},
		&cli.StringSliceFlag{Name: "deny", Usage: "have the lab deny an IAM `ACTION`, like ec2:TerminateInstances or ecs:*; may be given several times"},
	}
}

// labOptions reads labFlags.
func labOptions(c *cli.Context, log *slog.Logger) lab.Options {
	return lab.Options{
		Topology: c.String("topology"), Weaknesses: c.StringSlice("weakness"), Log: log,
		Wire: wire.Options{Denied: c.StringSlice("deny")},
	}
}

// world is the AWS that a command works on, real or played.
type world struct {
	env *cloud.Env
	lab *lab.Lab // nil for AWS
}

// openWorld starts the lab or finds AWS, as the flags say.
func openWorld(c *cli.Context, log *slog.Logger) (*world, error) {
	if !c.Bool("lab") {
		for _, flag := range []string{"topology", "weakness", "deny"} {
			if c.IsSet(flag) {
				return nil, fmt.Errorf("--%s shapes the lab: use it together with --lab", flag)
			}
		}
		env, err := cloud.Open(c.Context, cloud.Options{Region: c.String("region"), Profile: c.String("profile"), Log: log})
		return &world{env: env}, err
	}
	for _, flag := range []string{"region", "profile"} {
		if c.IsSet(flag) {
			return nil, fmt.Errorf("--%s chooses an account of AWS, and the lab has one of its own: leave it out", flag)
		}
	}
	l, err := startLab(c.Context, c, labOptions(c, log))
	if err != nil {
		return nil, err
	}
	env, err := openLab(c.Context, l, log)
	if err != nil {
		l.Close()
		return nil, err
	}
	return &world{env: env, lab: l}, nil
}

// startLab starts the lab, or shows everything that is wrong with its topology.
func startLab(ctx context.Context, c *cli.Context, o lab.Options) (*lab.Lab, error) {
	l, err := lab.Start(ctx, o)
	if err != nil {
		return nil, topologyMistakes(c, o.Topology, err)
	}
	return l, nil
}

// topologyMistakes shows them, if err is about the topology, and ends the command.
func topologyMistakes(c *cli.Context, file string, err error) error {
	var found diagnostics
	if !errors.As(err, &found) {
		return fmt.Errorf("start the lab: %w", err)
	}
	source, name, err := topology.Source(file)
	if err != nil {
		return err
	}
	showDiagnostics(c, experiments.Quote(found, map[string][]byte{name: source}))
	return &outcome{reports.Invalid}
}

// openLab makes the Env that talks to l.
func openLab(ctx context.Context, l *lab.Lab, log *slog.Logger) (*cloud.Env, error) {
	e := l.Environment()
	return cloud.Open(ctx, cloud.Options{
		Endpoint: l.Endpoint(), Region: e["AWS_REGION"], Key: e["AWS_ACCESS_KEY_ID"], Secret: e["AWS_SECRET_ACCESS_KEY"], Log: log,
	})
}

// Close ends the lab if there is one.
func (w *world) Close() {
	if w.lab != nil {
		w.lab.Close()
	}
}

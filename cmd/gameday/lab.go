package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os/signal"
	"slices"
	"syscall"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"gameday/internal/lab/topology"
)

func labCommand() *cli.Command {
	return &cli.Command{
		Name:      "lab",
		Usage:     "serve the lab, a simulated AWS account, until Ctrl-C",
		ArgsUsage: "[FILE]",
		Description: "Once it is ready, stdout has the variables that make gameday, the AWS CLI and any SDK use it.\n\nExamples:\n" +
			"  gameday lab > lab.env &   # then: . ./lab.env; aws ecs list-clusters\n" +
			"  gameday lab --weakness single_task\n" +
			"  gameday lab my-topology.hcl --listen 127.0.0.1:4600",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "weaknesses", Usage: "list the weaknesses that can be switched on, and serve nothing"},
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:4599", Usage: "`ADDRESS` of the AWS endpoint; port 0 picks a free one"},
		}, labFlags()...),
		Action: func(c *cli.Context) error {
			if err := atMost(c, 1); err != nil {
				return err
			}
			o := labOptions(c, quietLog(c))
			o.Listen = c.String("listen")
			if c.NArg() > 0 && c.IsSet("topology") {
				return fmt.Errorf("%s and --topology %s are two topologies, and a lab has one: leave one out", c.Args().First(), o.Topology)
			}
			if _, _, err := net.SplitHostPort(o.Listen); err != nil {
				return fmt.Errorf("--listen %s: write it as ADDRESS:PORT, like 127.0.0.1:4599", o.Listen)
			}
			if c.NArg() > 0 {
				o.Topology = c.Args().First()
			}
			if c.Bool("weaknesses") {
				return listWeaknesses(c, o.Topology)
			}
			ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			l, err := startLab(ctx, c, o)
			if errors.Is(err, syscall.EADDRINUSE) {
				return fmt.Errorf("%w; is another lab running? --listen 127.0.0.1:0 takes a free port", err)
			}
			if err != nil {
				return err
			}
			defer l.Close()
			for _, name := range slices.Sorted(maps.Keys(l.Environment())) {
				if _, err := fmt.Fprintf(c.App.Writer, "export %s=%s\n", name, l.Environment()[name]); err != nil {
					return fmt.Errorf("say where the lab is: %w", err)
				}
			}
			fmt.Fprintf(c.App.ErrWriter, "The lab serves AWS at %s until Ctrl-C.\n", l.Endpoint())
			if l.Exposed() {
				fmt.Fprintln(c.App.ErrWriter, "It takes any credentials, from everybody who can reach this machine: --listen 127.0.0.1:4599 keeps it to yourself.")
			}
			<-ctx.Done()
			return nil
		},
	}
}

func listWeaknesses(c *cli.Context, file string) error {
	all, err := topology.ListWeaknesses(file)
	if err != nil {
		return topologyMistakes(c, file, err)
	}
	t := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for _, weakness := range all {
		fmt.Fprintf(t, "%s\t%s\n", weakness.Name, weakness.Description)
	}
	return t.Flush()
}

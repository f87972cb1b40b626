package natcutoff

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// Step cuts off one subnet. Exactly one of Table and ACL is set.
type Step struct {
	Region string
	Zone   string
	Name   string         // of the subnet, "" if it has none
	Table  *vpc.TableSwap `json:",omitempty"`
	ACL    *vpc.ACLSwap   `json:",omitempty"`
}

// swap is what both ways have in common.
type swap interface {
	Do(ctx context.Context, env *cloud.Env) error
	Undo(ctx context.Context, env *cloud.Env) error
	Insure(ctx context.Context, env *cloud.Env) ([]cloud.Call, error)
	Lasts(ctx context.Context, env *cloud.Env) (ended string, err error)
	Rehearse(ctx context.Context, env *cloud.Env) error
	Permissions() []string
	ByHand(region string) []string
	DropByHand(region string) []string
}

func (s *Step) swap() swap {
	switch {
	case s.Table != nil:
		return s.Table
	case s.ACL != nil:
		return s.ACL
	}
	panic("nat_cutoff: a step that says neither what to copy nor for whom")
}

func (s *Step) about() vpc.Swap {
	if s.Table != nil {
		return s.Table.Swap
	}
	return s.ACL.Swap
}

func (s *Step) String() string {
	where := vpc.Subnet{ID: s.about().Subnet, Name: s.Name}.String()
	if s.Zone != "" {
		where += " in " + s.Zone
	}
	if s.Table != nil {
		return fmt.Sprintf("cut %s off from the internet: a copy of %s without %s", where, s.about().Original, cut(s.Table.Cut))
	}
	return fmt.Sprintf("cut %s off from the internet: a copy of %s that lets nothing leave the VPC", where, s.about().Original)
}

func cut(routes []vpc.Route) string {
	var all []string
	for _, r := range routes {
		all = append(all, r.String())
	}
	if len(all) == 0 {
		return "its routes to NAT gateways"
	}
	return strings.Join(all, " and ")
}

// Do returns once EC2 shows the subnet tied to the copy.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error { return s.swap().Do(ctx, env) }

// Undo returns once EC2 shows the subnet tied to what it had, and nothing of the copy.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	err := s.swap().Undo(ctx, env)
	var changed *vpc.Changed
	if errors.As(err, &changed) {
		return &injectors.Conflict{Target: changed.What, Was: changed.Was, Left: changed.Left, Is: changed.Is}
	}
	return err
}

// Lasts reports whether the subnet still is cut off.
func (s *Step) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	return s.swap().Lasts(ctx, env)
}

// Insure has the copy lead out again: it gets back what it was made to lack.
func (s *Step) Insure(ctx context.Context, env *cloud.Env) ([]injectors.Call, error) {
	return s.swap().Insure(ctx, env)
}

// Rehearse asks EC2 whether it would permit all of it.
func (s *Step) Rehearse(ctx context.Context, env *cloud.Env) error {
	if err := s.swap().Rehearse(ctx, env); err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	return nil
}

// Describe says how the subnet is tied to what it had.
func (s *Step) Describe() injectors.Description {
	undo := "tie the subnet to " + s.about().Original + " again, and delete the copy"
	if s.about().Main {
		undo = "leave the subnet to the VPC's main route table " + s.about().Original + " again, and delete the copy"
	}
	return injectors.Description{
		Undo: undo, Permissions: s.swap().Permissions(), Manual: s.swap().ByHand(s.Region), Keep: s.swap().DropByHand(s.Region),
	}
}

// scan finds the subnets that are cut off, by the tags of the copies.
func scan(ctx context.Context, env *cloud.Env) ([]injectors.Found, error) {
	tables, err := vpc.FindTables(ctx, env, name)
	if err != nil {
		return nil, err
	}
	acls, err := vpc.FindACLs(ctx, env, name)
	if err != nil {
		return nil, err
	}
	var found []injectors.Found
	for run, swaps := range tables {
		for _, t := range swaps {
			found = append(found, injectors.Found{Run: run, Step: &Step{Region: env.AWS.Region, Table: &t}})
		}
	}
	for run, swaps := range acls {
		for _, a := range swaps {
			found = append(found, injectors.Found{Run: run, Step: &Step{Region: env.AWS.Region, ACL: &a}})
		}
	}
	return found, nil
}

package thirdpartyoutage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// Step takes the third party away from one VPC, by name, or from one subnet, by address. Exactly one of Firewall and ACL is set.
type Step struct {
	Region   string
	Firewall *Firewall    `json:",omitempty"`
	ACL      *vpc.ACLSwap `json:",omitempty"`
}

// way is what both ways have in common.
type way interface {
	Do(ctx context.Context, env *cloud.Env) error
	Undo(ctx context.Context, env *cloud.Env) error
	Insure(ctx context.Context, env *cloud.Env) ([]cloud.Call, error)
	Lasts(ctx context.Context, env *cloud.Env) (ended string, err error)
	Permissions() []string
	ByHand(region string) []string
}

func (s *Step) way() way {
	switch {
	case s.Firewall != nil:
		return s.Firewall
	case s.ACL != nil:
		return s.ACL
	}
	panic("third_party_outage: a step that says neither what to refuse nor where")
}

func (s *Step) String() string {
	if s.Firewall != nil {
		return strings.TrimSpace(fmt.Sprintf("refuse %s to all of %s by DNS Firewall %s", s.Firewall.whom(), s.Firewall.VPC, s.Firewall.Response))
	}
	return fmt.Sprintf("refuse %s to %s: a copy of %s that lets nothing leave for there", refused(s.ACL.Front), s.ACL.Subnet, s.ACL.Original)
}

func refused(front []vpc.Entry) string {
	var all []string
	for _, e := range front {
		all = append(all, e.CIDR)
	}
	if len(all) == 0 {
		return "some addresses"
	}
	return strings.Join(all, ", ")
}

// Do returns once the third party is out of reach, as far as AWS shows.
func (s *Step) Do(ctx context.Context, env *cloud.Env) error { return s.way().Do(ctx, env) }

// Undo returns once everything is as it was, and nothing of the fault is left.
func (s *Step) Undo(ctx context.Context, env *cloud.Env) error {
	err := s.way().Undo(ctx, env)
	var changed *vpc.Changed
	if errors.As(err, &changed) {
		return &injectors.Conflict{Target: changed.What, Was: changed.Was, Left: changed.Left, Is: changed.Is}
	}
	return err
}

// Lasts reports whether the third party still is out of reach.
func (s *Step) Lasts(ctx context.Context, env *cloud.Env) (ended string, err error) {
	return s.way().Lasts(ctx, env)
}

// Insure has the fault removed by the calls that take away the rules it is made of.
func (s *Step) Insure(ctx context.Context, env *cloud.Env) ([]injectors.Call, error) {
	return s.way().Insure(ctx, env)
}

// Rehearse asks EC2 whether it would permit all of it. Route 53 Resolver cannot be asked.
func (s *Step) Rehearse(ctx context.Context, env *cloud.Env) error {
	if s.ACL == nil {
		return nil
	}
	if err := s.ACL.Rehearse(ctx, env); err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	return nil
}

// Describe says how the third party comes back.
func (s *Step) Describe() injectors.Description {
	d := injectors.Description{Permissions: s.way().Permissions(), Manual: s.way().ByHand(s.Region)}
	if s.Firewall != nil {
		d.Undo = "free the VPC from the rule group, and delete it and its domain list"
	} else {
		d.Undo = "put the subnet behind " + s.ACL.Original + " again, and delete the copy"
		d.Keep = s.ACL.DropByHand(s.Region)
	}
	return d
}

// scan finds what is still refused, by the tags of what refuses it.
func scan(ctx context.Context, env *cloud.Env) ([]injectors.Found, error) {
	firewalls, err := findFirewalls(ctx, env)
	if err != nil {
		return nil, err
	}
	acls, err := vpc.FindACLs(ctx, env, name)
	if err != nil {
		return nil, err
	}
	var found []injectors.Found
	for run, all := range firewalls {
		for _, f := range all {
			found = append(found, injectors.Found{Run: run, Step: &Step{Region: env.AWS.Region, Firewall: &f}})
		}
	}
	for run, all := range acls {
		for _, a := range all {
			found = append(found, injectors.Found{Run: run, Step: &Step{Region: env.AWS.Region, ACL: &a}})
		}
	}
	return found, nil
}

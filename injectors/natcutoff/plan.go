package natcutoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// Plan cuts off all eligible subnets. Those named by subnets have to be eligible, all of them; others are left out where they
// are not.
func (c *NATCutoff) Plan(ctx context.Context, env *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	n, err := vpc.Read(ctx, env)
	if err != nil {
		return nil, err
	}
	r, err := vpc.ReadResidents(ctx, env)
	if err != nil {
		return nil, err
	}
	selected, err := c.selection().Find(n, r)
	if err != nil {
		return nil, err
	}
	b, err := vpc.ReadBalancers(ctx, env)
	if err != nil {
		return nil, err
	}
	plan := &injectors.Plan{}
	var picked []vpc.Subnet
	for _, s := range selected {
		if why := c.against(n, b, scope, s); why != "" {
			plan.LeftOut = append(plan.LeftOut, injectors.LeftOut{ID: s.ID, Why: why})
			continue
		}
		picked = append(picked, s)
		plan.Steps = append(plan.Steps, c.step(env, n, s))
		where := population(n, s.VPC)
		plan.Targets = append(plan.Targets, injectors.Target{ID: s.ID, Group: where.Name, Tags: s.Tags})
		if !slices.Contains(plan.Groups, where) {
			plan.Groups = append(plan.Groups, where)
		}
	}
	if len(picked) == 0 || len(c.Subnets) > 0 && len(plan.LeftOut) > 0 {
		return nil, refuse(len(selected), plan.LeftOut)
	}
	plan.Impacts = impacts(n, r, picked)
	plan.Warnings, err = c.warnings(ctx, env, surroundings{n, r, b, picked})
	return plan, err
}

// against is the first reason not to cut off a subnet, "" if there is none.
func (c *NATCutoff) against(n *vpc.Network, b *vpc.Balancers, scope injectors.Scope, s vpc.Subnet) string {
	out := n.WayOut(s)
	missing := scope.MissingTag(s.Tags)
	held := n.HeldBy(s)
	switch {
	case held != "":
		return injectors.HeldBy(held)
	case out.None != "":
		return out.None
	case missing != "":
		return fmt.Sprintf("it does not carry the tag %s that the guard requires", missing)
	case c.Method == Route:
		return ""
	}
	if names := b.Facing(s.ID); len(names) > 0 {
		return fmt.Sprintf("load balancer %s answers the internet from it, and a network ACL would stop its answers: use method = \"route\"", strings.Join(names, ", "))
	}
	if n.ACL(s.ID) == "" {
		return "its network ACL does not show: is the subnet shared by another account?"
	}
	return n.TooMany(n.ACL(s.ID), c.front(n, s))
}

// front are the rules that keep everything within the VPC.
func (c *NATCutoff) front(n *vpc.Network, s vpc.Subnet) []vpc.Entry {
	return n.Only(n.ACL(s.ID), n.VPC(s.VPC).CIDRs)
}

func (c *NATCutoff) step(env *cloud.Env, n *vpc.Network, s vpc.Subnet) *Step {
	step := &Step{Region: env.AWS.Region, Zone: s.Zone, Name: s.Name}
	if c.Method == Route {
		t := n.SwapTable(name, s)
		step.Table = &t
	} else {
		a := n.SwapACL(name, "", s, c.front(n, s))
		step.ACL = &a
	}
	return step
}

// population is what the subnets are picked from: those of the VPC that lead out through NAT gateways.
func population(n *vpc.Network, id string) injectors.Population {
	return injectors.Population{Name: "private subnets of " + n.VPC(id).String(), Size: len(leadingOut(n, n.In(id)))}
}

// leadingOut are those of the subnets that lead out through NAT gateways.
func leadingOut(n *vpc.Network, subnets []vpc.Subnet) []vpc.Subnet {
	return slices.DeleteFunc(slices.Clone(subnets), func(s vpc.Subnet) bool { return n.WayOut(s).None != "" })
}

// refuse explains why there is nothing, or not all, to cut off.
func refuse(selected int, left []injectors.LeftOut) error {
	var lines []error
	for _, l := range left {
		lines = append(lines, fmt.Errorf("  %s: %s", l.ID, l.Why))
	}
	return fmt.Errorf("%d of %d matching subnets cannot be cut off\n%w", len(left), selected, errors.Join(lines...))
}

// impacts are the subnets by zone, and the instances and tasks in them.
func impacts(n *vpc.Network, r *vpc.Residents, picked []vpc.Subnet) []injectors.Impact {
	var all []injectors.Impact
	for _, s := range leadingOut(n, n.Subnets) {
		what := fmt.Sprintf("private subnets of %s in %s", n.VPC(s.VPC), s.Zone)
		at := slices.IndexFunc(all, func(i injectors.Impact) bool { return i.What == what })
		if at < 0 {
			at, all = len(all), append(all, injectors.Impact{What: what})
		}
		all[at].Of++
		if slices.ContainsFunc(picked, func(p vpc.Subnet) bool { return p.ID == s.ID }) {
			all[at].Hit++
		}
	}
	all = slices.DeleteFunc(all, func(i injectors.Impact) bool { return i.Hit == 0 })
	slices.SortFunc(all, func(a, b injectors.Impact) int { return strings.Compare(a.What, b.What) })
	for _, share := range r.Hit(n, picked) {
		all = append(all, injectors.Impact(share))
	}
	return all
}

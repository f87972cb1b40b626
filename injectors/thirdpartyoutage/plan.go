package thirdpartyoutage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// Plan refuses names to every VPC that is meant, or addresses to every subnet. Subnets named by subnets have to be eligible, all
// of them; others are left out where they are not.
func (o *ThirdPartyOutage) Plan(ctx context.Context, env *cloud.Env, scope injectors.Scope) (*injectors.Plan, error) {
	n, err := vpc.Read(ctx, env)
	if err != nil {
		return nil, err
	}
	r, err := vpc.ReadResidents(ctx, env)
	if err != nil {
		return nil, err
	}
	selected, err := o.selection().Find(n, r)
	if err != nil {
		return nil, err
	}
	plan, prepare := &injectors.Plan{}, o.byVPC
	if len(o.CIDRs) > 0 {
		prepare = o.bySubnet
	}
	hit, err := prepare(env, n, scope, selected, plan)
	if err != nil {
		return nil, err
	}
	for _, share := range r.Hit(n, hit) {
		plan.Impacts = append(plan.Impacts, injectors.Impact(share))
	}
	interfaces, err := vpc.Interfaces(ctx, env, hit)
	if err != nil {
		return nil, err
	}
	plan.Warnings = runner(vpc.Here(interfaces))
	if len(o.CIDRs) > 0 {
		plan.Warnings = append(plan.Warnings, o.addresses(n, r, hit)...)
		return plan, nil
	}
	more, err := o.resolution(ctx, env, plan.Steps)
	plan.Warnings = append(plan.Warnings, more...)
	return plan, err
}

// byVPC plans a firewall for each VPC that the subnets are in, and returns all subnets that are hit.
func (o *ThirdPartyOutage) byVPC(env *cloud.Env, n *vpc.Network, scope injectors.Scope, selected []vpc.Subnet, plan *injectors.Plan) ([]vpc.Subnet, error) {
	where := injectors.Population{Name: "VPCs in " + env.AWS.Region, Size: len(n.VPCs)}
	var hit []vpc.Subnet
	for _, v := range n.VPCs {
		if !slices.ContainsFunc(selected, func(s vpc.Subnet) bool { return s.VPC == v.ID }) {
			continue
		}
		if missing := scope.MissingTag(v.Tags); missing != "" {
			plan.LeftOut = append(plan.LeftOut, injectors.LeftOut{ID: v.ID, Why: lacks(missing)})
			continue
		}
		plan.Steps = append(plan.Steps, &Step{Region: env.AWS.Region, Firewall: newFirewall(v.ID, o.names(), o.Response)})
		plan.Targets = append(plan.Targets, injectors.Target{ID: v.ID, Group: where.Name, Tags: v.Tags})
		hit = append(hit, n.In(v.ID)...)
	}
	plan.Groups = []injectors.Population{where}
	if len(plan.Steps) == 0 {
		return nil, refuse("VPCs", plan.LeftOut)
	}
	return hit, nil
}

func lacks(tag string) string {
	return fmt.Sprintf("it does not carry the tag %s that the guard requires", tag)
}

// bySubnet plans a network ACL for each subnet, and returns those that are hit.
func (o *ThirdPartyOutage) bySubnet(env *cloud.Env, n *vpc.Network, scope injectors.Scope, selected []vpc.Subnet, plan *injectors.Plan) ([]vpc.Subnet, error) {
	var front []vpc.Entry
	var words []string
	for _, p := range o.ranges() {
		front = append(front, vpc.Deny(p))
		words = append(words, p.String())
	}
	var hit []vpc.Subnet
	for _, s := range selected {
		if why := o.against(n, scope, s, front); why != "" {
			plan.LeftOut = append(plan.LeftOut, injectors.LeftOut{ID: s.ID, Why: why})
			continue
		}
		swap := n.SwapACL(name, digest(words...), s, front)
		plan.Steps = append(plan.Steps, &Step{Region: env.AWS.Region, ACL: &swap})
		where := injectors.Population{Name: "subnets of " + n.VPC(s.VPC).String(), Size: len(n.In(s.VPC))}
		plan.Targets = append(plan.Targets, injectors.Target{ID: s.ID, Group: where.Name, Tags: s.Tags})
		if !slices.Contains(plan.Groups, where) {
			plan.Groups = append(plan.Groups, where)
		}
		hit = append(hit, s)
	}
	if len(hit) == 0 || len(o.Subnets) > 0 && len(plan.LeftOut) > 0 {
		return nil, refuse("subnets", plan.LeftOut)
	}
	return hit, nil
}

// against is the first reason not to touch a subnet, "" if there is none.
func (o *ThirdPartyOutage) against(n *vpc.Network, scope injectors.Scope, s vpc.Subnet, front []vpc.Entry) string {
	for _, own := range n.VPC(s.VPC).CIDRs {
		for _, p := range o.ranges() {
			if p.Overlaps(own) {
				return fmt.Sprintf("%s is no third party to it: %s are the VPC's own addresses", p, own)
			}
		}
	}
	if missing := scope.MissingTag(s.Tags); missing != "" {
		return lacks(missing)
	}
	if held := n.HeldBy(s); held != "" {
		return injectors.HeldBy(held)
	}
	if n.ACL(s.ID) == "" {
		return "its network ACL does not show: is the subnet shared by another account?"
	}
	return n.TooMany(n.ACL(s.ID), front)
}

// refuse explains why there is nothing, or not all, to take the third party away from.
func refuse(what string, left []injectors.LeftOut) error {
	var lines []error
	for _, l := range left {
		lines = append(lines, fmt.Errorf("  %s: %s", l.ID, l.Why))
	}
	return fmt.Errorf("%d of the matching %s cannot lose it\n%w", len(left), what, errors.Join(lines...))
}

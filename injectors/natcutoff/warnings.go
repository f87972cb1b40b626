package natcutoff

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gameday/internal/cloud"
	"gameday/internal/vpc"
)

// surroundings are what warnings are about.
type surroundings struct {
	*vpc.Network
	residents *vpc.Residents
	balancers *vpc.Balancers
	picked    []vpc.Subnet
}

// warnings is what somebody who knows AWS would raise before this is done.
func (c *NATCutoff) warnings(ctx context.Context, env *cloud.Env, s surroundings) ([]string, error) {
	interfaces, err := vpc.Interfaces(ctx, env, s.picked)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(
		runner(vpc.Here(interfaces)),
		c.agents(s),
		c.kept(s),
		s.residents.Strayed(s.Network, s.picked, "is not cut off", "are not cut off"),
		others(interfaces),
		managers(s),
		c.quota(s),
	)
	if c.Method == Route {
		all = append(all, "connections that are open already may outlive a route change for as long as they are used: only new ones are sure to fail (method = \"nacl\" cuts both)")
		all = append(all, routes(s)...)
	} else {
		all = append(all, filters(s)...)
	}
	return all, nil
}

// runner warns where gameday cuts itself off.
func runner(here []vpc.Interface) []string {
	var all []string
	for _, i := range here {
		all = append(all, fmt.Sprintf("gameday itself seems to run in %s (%s is an address of this machine): cut off, it reaches AWS only through endpoints, "+
			"and can neither measure nor undo without; run it from elsewhere, and set dead_man = \"aws\" in the guard", i.Subnet, i.Address))
	}
	return all
}

// needs are the services of AWS that work in private subnets depends on.
var needs = [...]struct {
	services []string
	loses    func(agents []string) string // what is lost without, "" where nobody needs it
}{
	{[]string{"ecs", "ecs-agent", "ecs-telemetry"}, func(agents []string) string {
		if len(agents) == 0 {
			return ""
		}
		return fmt.Sprintf("the ECS agents of %s lose ECS itself, which can then neither start nor stop tasks there", strings.Join(agents, ", "))
	}},
	{[]string{"ecr.api", "ecr.dkr", "s3"}, always("no task starts whose image has to come from ECR, the layers of which are in S3")},
	{[]string{"logs"}, always("the awslogs driver has nowhere to send to: it holds up containers that write a lot, unless its mode is non-blocking")},
	{[]string{"ssm"}, always("neither Session Manager nor the SSM agent works, and no task starts that takes secrets from parameters")},
	{[]string{"sts"}, always("nothing can assume a role")},
}

func always(text string) func([]string) string { return func([]string) string { return text } }

// agents warns of what loses AWS itself, because no endpoint leads there.
func (c *NATCutoff) agents(s surroundings) []string {
	agents := s.residents.Agents(s.picked)
	if len(agents) == 0 && !s.residents.Tasks(s.picked) {
		return nil
	}
	var all []string
	for _, need := range needs {
		lacking := slices.DeleteFunc(slices.Clone(need.services), func(service string) bool { return c.reaches(s, service) })
		if text := need.loses(agents); len(lacking) > 0 && text != "" {
			all = append(all, fmt.Sprintf("without NAT there is no way to %s, for lack of endpoints: %s", strings.Join(lacking, ", "), text))
		}
	}
	return all
}

// reaches reports whether all of the subnets reach a service while they are cut off.
func (c *NATCutoff) reaches(s surroundings, service string) bool {
	least := vpc.ByGateway
	if c.Method == NACL { // which refuses the public addresses behind gateway endpoints
		least = vpc.ByInterface
	}
	return !slices.ContainsFunc(s.picked, func(b vpc.Subnet) bool { return s.Reach(b, service) < least })
}

// kept names what of AWS goes on working.
func (c *NATCutoff) kept(s surroundings) []string {
	var kept []string
	for _, need := range needs {
		for _, service := range need.services {
			if c.reaches(s, service) {
				kept = append(kept, service)
			}
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return []string{"these go on working, through endpoints: " + strings.Join(kept, ", ")}
}

func list(subnets []vpc.Subnet) string {
	var names []string
	for _, s := range subnets {
		names = append(names, s.String())
	}
	return strings.Join(names, ", ")
}

// others warns of those whom nobody thinks of.
func others(interfaces []vpc.Interface) []string {
	whose := map[string]string{
		"lambda":          "Lambda functions have network interfaces in %s: they lose the internet, too",
		"transit_gateway": "a transit gateway is attached in %s: what comes through it from other networks loses this way out, too",
	}
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(whose)) {
		var in []string
		for _, i := range interfaces {
			if i.Type == kind {
				in = append(in, i.Subnet)
			}
		}
		if len(in) > 0 {
			slices.Sort(in)
			all = append(all, fmt.Sprintf(whose[kind], strings.Join(slices.Compact(in), ", ")))
		}
	}
	return all
}

// managers warns of NAT instances, and of whatever moves routes between them and NAT gateways.
func managers(s surroundings) []string {
	var all []string
	for _, b := range s.Subnets {
		if !slices.ContainsFunc(s.picked, func(p vpc.Subnet) bool { return p.VPC == b.VPC }) {
			continue
		}
		out := s.WayOut(b)
		for _, r := range out.Others {
			if strings.HasPrefix(r.Target, "eni-") || strings.HasPrefix(r.Target, "i-") {
				all = append(all, fmt.Sprintf("%s in %s looks like a NAT instance: what fails over between those and NAT gateways rewrites routes, of the originals and not of the copies, while %s is cut off",
					r, out.Table, list(s.picked)))
			}
		}
	}
	for _, b := range s.picked {
		out := s.WayOut(b)
		for key, value := range s.TableTags(out.Table) {
			for _, mark := range []string{"alternat", "fck-nat", "nat-instance"} {
				if strings.Contains(strings.ToLower(key+" "+value), mark) {
					all = append(all, fmt.Sprintf("%s carries the tag %s=%s: something seems to manage its routes, and may do so while %s is tied to a copy", out.Table, key, value, b))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// How many of them a VPC may have, unless AWS has been asked for more.
const (
	mostTables = 200
	mostACLs   = 200
)

// quota warns where copies may not fit into the VPC.
func (c *NATCutoff) quota(s surroundings) []string {
	var all []string
	for _, v := range s.VPCs {
		more := 0
		for _, b := range s.picked {
			if b.VPC == v.ID {
				more++
			}
		}
		what, have, most := "route tables", s.Tables(v.ID), mostTables
		if c.Method == NACL {
			what, have, most = "network ACLs", s.ACLs(v.ID), mostACLs
		}
		if more > 0 && have+more > most {
			all = append(all, fmt.Sprintf("%s has %d %s, and this makes %d more for a while: AWS allows %d, unless it has been asked for more", v, have, what, more, most))
		}
	}
	return all
}

// routes warns of what still gets out, or does not get into a copy, and says who shares a table and is not hurt.
func routes(s surroundings) []string {
	var all []string
	for _, b := range s.picked {
		out := s.WayOut(b)
		for _, r := range out.Others {
			switch {
			case r.Destination == "::/0":
				all = append(all, fmt.Sprintf("IPv6 still gets out of %s: %s does not lead through NAT, and stays", b, r))
			default:
				all = append(all, fmt.Sprintf("%s stays in place for %s: what is reached that way still is, and so is the internet, if a proxy or another way out is there", r, b))
			}
		}
		for _, r := range out.Lost {
			all = append(all, fmt.Sprintf("%s in %s is a blackhole, and cannot be copied: packets to there take the next best route while %s is cut off", r, out.Table, b))
		}
		if sharing := s.Sharing(out.Table, s.picked); len(sharing) > 0 {
			all = append(all, fmt.Sprintf("%s is also the route table of %s, which keep%s the way out", out.Table, list(sharing), map[bool]string{true: "s"}[len(sharing) == 1]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// filters warns of what a network ACL cuts besides the internet.
func filters(s surroundings) []string {
	var all []string
	for _, b := range s.picked {
		for _, service := range []string{"s3", "dynamodb"} {
			if s.Reach(b, service) == vpc.ByGateway {
				all = append(all, fmt.Sprintf("the gateway endpoint for %s is cut off, too: its addresses are public ones, and a network ACL knows nothing else (method = \"route\" keeps it)", service))
			}
		}
		for _, r := range s.WayOut(b).Others {
			all = append(all, fmt.Sprintf("%s leads out of the VPC: what is reached that way is cut off from %s, too (method = \"route\" keeps it)", r, b))
		}
		for _, name := range s.balancers.Transparent(b.VPC) {
			all = append(all, fmt.Sprintf("network load balancer %s may pass its clients' own addresses on: the answers of targets in %s are lost then (method = \"route\" keeps them)", name, b))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

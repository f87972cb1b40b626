package natcutoff

import (
	"fmt"
	"slices"
	"strings"

	"gameday/internal/attr"
	"gameday/internal/vpc"
)

// The ways to cut a subnet off.
const (
	Route = "route" // a route table without the routes to NAT gateways: nothing new gets out
	NACL  = "nacl"  // a network ACL that lets packets leave for the VPC alone: what is open is cut, too
)

var methods = [...]string{Route, NACL}

// NATCutoff cuts the private subnets that match all of its selection off from the internet.
type NATCutoff struct {
	Method  string            `hcl:"method,optional" doc:"how: route (a route table without the routes to NAT gateways) or nacl (a network ACL that lets packets leave for the VPC alone)"`
	VPC     string            `hcl:"vpc,optional" doc:"only subnets of this VPC, by id or name"`
	Subnets []string          `hcl:"subnets,optional" doc:"only these subnets, by id or name, and an error if one of them is not eligible"`
	Tags    map[string]string `hcl:"tags,optional" doc:"only subnets that carry all of these tags"`
	Cluster string            `hcl:"cluster,optional" doc:"only subnets that instances or tasks of this ECS cluster live in"`
	Service string            `hcl:"service,optional" doc:"only subnets that tasks of this service of cluster, or the instances under them, live in"`
}

func (c *NATCutoff) selection() vpc.Selection {
	return vpc.Selection{VPC: c.VPC, Subnets: c.Subnets, Tags: c.Tags, Cluster: c.Cluster, Service: c.Service}
}

// Validate says which attributes contradict each other.
func (c *NATCutoff) Validate() []attr.Problem {
	var problems []attr.Problem
	if !slices.Contains(methods[:], c.Method) {
		problems = append(problems, attr.Problem{Attr: "method", Summary: "Unknown method", Detail: fmt.Sprintf("%q is none of %s.", c.Method, strings.Join(methods[:], ", "))})
	}
	if c.selection().Empty() && c.Service == "" {
		problems = append(problems, attr.Problem{Summary: "Nothing to cut off", Detail: "Set at least one of vpc, subnets, tags or cluster."})
	}
	if c.Service != "" && c.Cluster == "" {
		problems = append(problems, attr.Problem{Attr: "service", Summary: "A service is known by its cluster", Detail: "Set cluster, too."})
	}
	return problems
}

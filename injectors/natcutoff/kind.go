// Package natcutoff takes the way out to the internet from private subnets.
//
//	what is selected ─► what leads out through NAT ─► a Step for each subnet
//	    config.go              plan.go                   step.go
//
// Neither NAT gateways nor the originals of route tables and network ACLs are touched: package vpc ties each subnet to a copy
// that lets nothing out, and back.
package natcutoff

import (
	_ "embed"
	"slices"

	"gameday/injectors"
	"gameday/internal/inventory"
	"gameday/internal/vpc"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

const name = "nat_cutoff"

// Kind is nat_cutoff.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:        name,
		Summary:     "Cuts private subnets off from the internet, by taking their routes to NAT gateways away or by a network ACL.",
		Undo:        "ties them to their own route tables or network ACLs again",
		New:         func() injectors.Injector { return &NATCutoff{Method: Route} },
		Step:        func() injectors.Step { return &Step{} },
		Permissions: permissions(),
		Held:        true,
		Scan:        scan,
		Page:        page,
		Example:     example,
	}
}

// permissions are the IAM actions of planning, and of both methods.
func permissions() []string {
	own, main := vpc.TableSwap{Endpoints: []string{""}, Also: []string{"ec2:EnableVgwRoutePropagation", "ec2:ReplaceRoute"}}, vpc.TableSwap{}
	main.Main = true
	all := slices.Concat(inventory.Permissions(), vpc.Permissions(), own.Permissions(), main.Permissions(), (&vpc.ACLSwap{}).Permissions(),
		[]string{"ec2:DescribeNetworkInterfaces", "elasticloadbalancing:DescribeLoadBalancers"})
	slices.Sort(all)
	return slices.Compact(all)
}

// Package thirdpartyoutage takes a single dependency away that lies outside: by its names, or by its addresses.
//
//	host, hosts ─► a DNS Firewall rule for the VPC      firewall.go
//	cidrs       ─► a network ACL for each subnet        package vpc
//
// Names are refused by a rule group of our own, which the VPC obeys before any other of lesser priority. Addresses are refused by a
// copy of the subnet's network ACL. Nothing that was there before is edited.
package thirdpartyoutage

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

const name = "third_party_outage"

// Kind is third_party_outage.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:        name,
		Summary:     "Takes a third party away from a VPC: its names, by DNS Firewall, or its addresses, by network ACLs.",
		Undo:        "takes its rules out of DNS Firewall or the subnets' network ACLs again",
		New:         func() injectors.Injector { return &ThirdPartyOutage{Response: NXDomain} },
		Step:        func() injectors.Step { return &Step{} },
		Permissions: permissions(),
		Held:        true,
		Scan:        scan,
		Page:        page,
		Example:     example,
	}
}

// permissions are the IAM actions of planning, and of both ways.
func permissions() []string {
	all := slices.Concat(inventory.Permissions(), vpc.Permissions(), (&vpc.ACLSwap{}).Permissions(), (&Firewall{}).Permissions(),
		[]string{"ec2:DescribeNetworkInterfaces", "route53resolver:GetFirewallConfig", "route53resolver:ListTagsForResource"})
	slices.Sort(all)
	return slices.Compact(all)
}

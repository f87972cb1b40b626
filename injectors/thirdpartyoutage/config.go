package thirdpartyoutage

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"gameday/internal/attr"
	"gameday/internal/vpc"
)

// What the resolver answers for a name that is refused.
const (
	NXDomain = "NXDOMAIN" // there is no such name
	NoData   = "NODATA"   // there is, and it has no address
)

var responses = [...]string{NXDomain, NoData}

// ThirdPartyOutage takes one dependency away from all that lives in a VPC, or in some of its subnets.
type ThirdPartyOutage struct {
	Host     string            `hcl:"host,optional" doc:"the name that is not found any more, like registry.npmjs.org, or *.npmjs.org for all below it"`
	Hosts    []string          `hcl:"hosts,optional" doc:"several names"`
	CIDRs    []string          `hcl:"cidrs,optional" doc:"the addresses that nothing reaches any more, like 203.0.113.0/24, in place of names"`
	Response string            `hcl:"response,optional" doc:"what the resolver answers for a name: NXDOMAIN (there is none) or NODATA (it has no address)"`
	VPC      string            `hcl:"vpc,optional" doc:"only in this VPC, by id or name"`
	Subnets  []string          `hcl:"subnets,optional" doc:"with cidrs: only for these subnets, by id or name, and an error if one of them is not eligible"`
	Tags     map[string]string `hcl:"tags,optional" doc:"with cidrs: only for subnets that carry all of these tags"`
	Cluster  string            `hcl:"cluster,optional" doc:"only where instances or tasks of this ECS cluster live: for names the whole VPC, for cidrs their subnets"`
	Service  string            `hcl:"service,optional" doc:"only where tasks of this service of cluster, or the instances under them, live"`
}

func (o *ThirdPartyOutage) selection() vpc.Selection {
	return vpc.Selection{VPC: o.VPC, Subnets: o.Subnets, Tags: o.Tags, Cluster: o.Cluster, Service: o.Service}
}

// names are the hosts as DNS has them: in small letters, without a dot at the end, each once.
func (o *ThirdPartyOutage) names() []string {
	var all []string
	for _, host := range append(slices.Clone(o.Hosts), o.Host) {
		if host != "" {
			all = append(all, strings.ToLower(strings.TrimSuffix(host, ".")))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ranges are the addresses, each range once.
func (o *ThirdPartyOutage) ranges() []netip.Prefix {
	var all []netip.Prefix
	for _, cidr := range o.CIDRs {
		if p, err := netip.ParsePrefix(cidr); err == nil && !slices.Contains(all, p.Masked()) {
			all = append(all, p.Masked())
		}
	}
	return all
}

var hostName = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$`)

// Validate says which attributes contradict each other.
func (o *ThirdPartyOutage) Validate() []attr.Problem {
	var problems []attr.Problem
	add := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	names := o.names()
	switch {
	case len(names) == 0 && len(o.CIDRs) == 0:
		add("", "Nobody to take away", "Set host, hosts or cidrs.")
	case len(names) > 0 && len(o.CIDRs) > 0:
		add("cidrs", "Both names and addresses", "Keep one of them, or write a second inject block: they are taken away in different ways.")
	case len(names) > 0 && len(o.Subnets) > 0:
		add("subnets", "Names are refused for a whole VPC", "DNS Firewall knows no subnets: leave them away, or set cidrs in place of names.")
	case len(names) > 0 && len(o.Tags) > 0:
		add("tags", "Names are refused for a whole VPC", "DNS Firewall knows no subnets: leave their tags away, or set cidrs in place of names.")
	}
	for _, n := range names {
		if !hostName.MatchString(n) || len(n) > 253 {
			add(o.guilty(n), "Not a host's name", fmt.Sprintf("%q is not like registry.npmjs.org or *.npmjs.org.", n))
		}
	}
	for _, cidr := range o.CIDRs {
		if _, err := netip.ParsePrefix(cidr); err != nil {
			add("cidrs", "Not a range of addresses", fmt.Sprintf("%q is not like 203.0.113.0/24; a single address is 203.0.113.7/32.", cidr))
		}
	}
	if !slices.Contains(responses[:], o.Response) {
		add("response", "Unknown response", fmt.Sprintf("%q is none of %s.", o.Response, strings.Join(responses[:], ", ")))
	}
	if o.selection().Empty() && o.Service == "" {
		add("", "Nobody to take it away from", "Set vpc or cluster; with cidrs, subnets or tags do, too.")
	}
	if o.Service != "" && o.Cluster == "" {
		add("service", "A service is known by its cluster", "Set cluster, too.")
	}
	return problems
}

// guilty is the attribute that a name was written in.
func (o *ThirdPartyOutage) guilty(name string) string {
	if strings.EqualFold(strings.TrimSuffix(o.Host, "."), name) {
		return "host"
	}
	return "hosts"
}

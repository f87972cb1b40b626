package vpc

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Residents are who lives in a region's subnets.
type Residents struct {
	Clusters []*inventory.Cluster // by name

	subnets map[string]string // of every running instance, by its id
}

// ReadResidents reads who lives in the region's subnets.
func ReadResidents(ctx context.Context, env *cloud.Env) (*Residents, error) {
	r := &Residents{subnets: map[string]string{}}
	var err error
	if r.Clusters, err = inventory.All(ctx, env); err != nil {
		return nil, err
	}
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(env.AWS), &ec2.DescribeInstancesInput{Filters: []types.Filter{filter("instance-state-name", "running")}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe instances: %w", err)
		}
		for _, reservation := range page.Reservations {
			for _, i := range reservation.Instances {
				r.subnets[aws.ToString(i.InstanceId)] = aws.ToString(i.SubnetId)
			}
		}
	}
	return r, nil
}

// Share is a part of something: "2 of 6 tasks of service web/conversations".
type Share struct {
	What    string
	Hit, Of int
}

// Hit says which part of instances and services lives in some of the subnets of a network. What is not hit at all is left away.
func (r *Residents) Hit(n *Network, subnets []Subnet) []Share {
	var all []Share
	in := func(id string) bool { return slices.ContainsFunc(subnets, func(s Subnet) bool { return s.ID == id }) }
	for _, v := range n.VPCs {
		share := Share{What: "running instances in " + v.String()}
		for _, subnet := range r.subnets {
			if slices.ContainsFunc(n.In(v.ID), func(s Subnet) bool { return s.ID == subnet }) {
				share.count(in(subnet))
			}
		}
		all = append(all, share)
	}
	for _, c := range r.Clusters {
		for _, s := range c.Services {
			share := Share{What: "tasks of service " + c.Name + "/" + s.Name}
			for _, t := range c.Of(s.Name) {
				share.count(in(r.Where(c, t)))
			}
			all = append(all, share)
		}
		alone := Share{What: "tasks of cluster " + c.Name + " without a service"}
		for _, t := range c.Of("") {
			alone.count(in(r.Where(c, t)))
		}
		all = append(all, alone)
	}
	return slices.DeleteFunc(all, func(s Share) bool { return s.Hit == 0 })
}

func (s *Share) count(hit bool) {
	s.Of++
	if hit {
		s.Hit++
	}
}

// Where is the subnet that a task's packets leave from: that of its own network interface, or of its instance's.
func (r *Residents) Where(c *inventory.Cluster, t inventory.Task) string {
	return cmp.Or(t.Subnet, r.under(c, t))
}

// under is the subnet of the instance that a task runs on, "" on Fargate.
func (r *Residents) under(c *inventory.Cluster, t inventory.Task) string {
	for _, i := range c.Instances {
		if t.Instance != "" && i.ARN == t.Instance {
			return r.subnets[i.ID]
		}
	}
	return ""
}

// Agents are the container instances in some subnets, by id: their ECS agents talk to AWS from there.
func (r *Residents) Agents(subnets []Subnet) []string {
	var ids []string
	for _, c := range r.Clusters {
		for _, i := range c.Instances {
			if slices.ContainsFunc(subnets, func(s Subnet) bool { return s.ID == r.subnets[i.ID] }) {
				ids = append(ids, i.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Strays are the services that may start tasks in other subnets than those they are hit in, and which.
func (r *Residents) Strays(n *Network, subnets []Subnet) map[string][]Subnet {
	strays := map[string][]Subnet{}
	for _, c := range r.Clusters {
		for _, s := range c.Services {
			var out []Subnet
			for _, b := range n.Subnets {
				if slices.Contains(s.Subnets, b.ID) && !slices.ContainsFunc(subnets, func(hit Subnet) bool { return hit.ID == b.ID }) {
					out = append(out, b)
				}
			}
			if len(out) > 0 && len(out) < len(s.Subnets) {
				strays[c.Name+"/"+s.Name] = out
			}
		}
	}
	return strays
}

// Strayed says of services that may start tasks elsewhere which do where: "service web/a may start tasks in b, too, which ". Those
// that may in the same subnets are named together.
func (r *Residents) Strayed(n *Network, subnets []Subnet, one, several string) []string {
	strays := r.Strays(n, subnets)
	where := map[string][]string{}
	for _, service := range slices.Sorted(maps.Keys(strays)) {
		var names []string
		for _, s := range strays[service] {
			names = append(names, s.String())
		}
		which := one
		if len(names) > 1 {
			which = several
		}
		text := strings.Join(names, " and ") + ", too, which " + which
		where[text] = append(where[text], service)
	}
	var all []string
	for _, text := range slices.Sorted(maps.Keys(where)) {
		services := "service " + where[text][0]
		if len(where[text]) > 1 {
			services = "services " + strings.Join(where[text], " and ")
		}
		all = append(all, services+" may start tasks in "+text)
	}
	return all
}

// Tasks reports whether ECS tasks run in any of the subnets.
func (r *Residents) Tasks(subnets []Subnet) bool {
	for _, c := range r.Clusters {
		for _, t := range c.Tasks {
			if slices.ContainsFunc(subnets, func(s Subnet) bool { return s.ID == r.Where(c, t) }) {
				return true
			}
		}
	}
	return false
}

package vpc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gameday/internal/cloud"
	"gameday/internal/inventory"
)

// Selection says which subnets are meant: those that match all of it. What is empty does not count.
type Selection struct {
	VPC     string            // id or name
	Subnets []string          // ids or names
	Tags    map[string]string // of the subnet
	Cluster string            // ECS: the subnets that its instances and tasks live in
	Service string            // of Cluster: the subnets that its tasks, and the instances under them, live in
}

// Empty reports whether nothing is selected by.
func (s Selection) Empty() bool {
	return s.VPC == "" && len(s.Subnets) == 0 && len(s.Tags) == 0 && s.Cluster == ""
}

// Find returns the subnets that are meant, by VPC, zone and id. It fails where a name leads nowhere, and says which names do.
func (s Selection) Find(n *Network, r *Residents) ([]Subnet, error) {
	if s.VPC != "" && !slices.ContainsFunc(n.VPCs, func(v VPC) bool { return v.ID == s.VPC || v.Name == s.VPC }) {
		return nil, cloud.NoSuch("VPC", s.VPC, titles(n.VPCs, func(v VPC) (string, string) { return v.ID, v.Name }))
	}
	for _, want := range s.Subnets {
		if !slices.ContainsFunc(n.Subnets, func(b Subnet) bool { return b.ID == want || b.Name == want }) {
			return nil, cloud.NoSuch("subnet", want, titles(n.Subnets, func(b Subnet) (string, string) { return b.ID, b.Name }))
		}
	}
	var home []string
	if s.Cluster != "" {
		var err error
		if home, err = r.home(s.Cluster, s.Service); err != nil {
			return nil, err
		}
	}
	var found []Subnet
	for _, b := range n.Subnets {
		v := n.VPC(b.VPC)
		switch {
		case s.VPC != "" && v.ID != s.VPC && v.Name != s.VPC:
		case len(s.Subnets) > 0 && !slices.Contains(s.Subnets, b.ID) && (b.Name == "" || !slices.Contains(s.Subnets, b.Name)):
		case s.Cluster != "" && !slices.Contains(home, b.ID):
		case !carries(b.Tags, s.Tags):
		default:
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no subnet %s", s)
	}
	return found, nil
}

// String says what is looked for: "in VPC main and tagged tier=private".
func (s Selection) String() string {
	var conditions []string
	if s.VPC != "" {
		conditions = append(conditions, "in VPC "+s.VPC)
	}
	if len(s.Subnets) > 0 {
		conditions = append(conditions, "among "+strings.Join(s.Subnets, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		conditions = append(conditions, fmt.Sprintf("tagged %s=%s", key, s.Tags[key]))
	}
	switch {
	case s.Service != "":
		conditions = append(conditions, fmt.Sprintf("where tasks of service %s/%s live", s.Cluster, s.Service))
	case s.Cluster != "":
		conditions = append(conditions, "where instances and tasks of cluster "+s.Cluster+" live")
	}
	return strings.Join(conditions, " and ")
}

func carries(have, wanted map[string]string) bool {
	for key, value := range wanted {
		if got, ok := have[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// titles are the names of things, and the ids of those that have none.
func titles[T any](all []T, of func(T) (id, name string)) []string {
	var names []string
	for _, one := range all {
		id, name := of(one)
		if name == "" {
			name = id
		}
		names = append(names, name)
	}
	return names
}

// home are the subnets that instances and tasks of a cluster live in, or those of one of its services.
func (r *Residents) home(cluster, service string) ([]string, error) {
	at := slices.IndexFunc(r.Clusters, func(c *inventory.Cluster) bool { return c.Name == cluster })
	if at < 0 {
		return nil, cloud.NoSuch("ECS cluster", cluster, titles(r.Clusters, func(c *inventory.Cluster) (string, string) { return c.Name, "" }))
	}
	c := r.Clusters[at]
	if _, known := c.Service(service); service != "" && !known {
		return nil, c.NoService(service)
	}
	var subnets []string
	for _, t := range c.Tasks {
		if service == "" || t.Service == service {
			subnets = append(subnets, t.Subnet, r.under(c, t))
		}
	}
	for _, i := range c.Instances {
		if service == "" {
			subnets = append(subnets, r.subnets[i.ID])
		}
	}
	return subnets, nil
}

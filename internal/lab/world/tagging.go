package world

import "maps"

// Tagged is a resource of any service that carries tags.
type Tagged struct {
	ARN  string
	Tags map[string]string
}

// Tagged returns every resource that carries a tag just now and that the Resource Groups Tagging API knows: everything but
// Auto Scaling groups, and what is terminated or deleted.
func (w *World) Tagged() []Tagged {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Tagged
	add := func(arn string, tags map[string]string) {
		if len(tags) > 0 {
			all = append(all, Tagged{arn, maps.Clone(tags)})
		}
	}
	ec2 := func(kind, id string, tags map[string]string) { add(w.arn("ec2", kind+"/"+id), tags) }
	w.eachOfNetwork(ec2)
	for _, i := range w.instances {
		if i.State != Terminated {
			ec2("instance", i.ID, i.Tags)
		}
	}
	for _, c := range w.clusters {
		add(c.ARN, c.Tags)
	}
	for _, h := range w.hosts {
		if h.Status != "INACTIVE" {
			add(h.ARN, h.Tags)
		}
	}
	for _, s := range w.services {
		add(s.ARN, s.Tags)
	}
	for _, b := range w.balancers {
		add(b.ARN, b.Tags)
	}
	for _, g := range w.targetGroups {
		add(g.ARN, g.Tags)
	}
	for _, n := range w.firewallNamed() {
		add(n.ARN, n.Tags)
	}
	for _, g := range w.scheduler.groups {
		add(g.ARN, g.Tags)
	}
	return all
}

// eachOfNetwork visits what there is in the VPC, by the kinds that are in ARNs.
func (w *World) eachOfNetwork(visit func(kind, id string, tags map[string]string)) {
	visit("vpc", w.vpc.ID, w.vpc.Tags)
	for _, s := range w.subnets {
		visit("subnet", s.ID, s.Tags)
	}
	for _, t := range w.network.tables {
		visit("route-table", t.ID, t.Tags)
	}
	for _, a := range w.network.acls {
		visit("network-acl", a.ID, a.Tags)
	}
	for _, e := range w.network.endpoints {
		visit("vpc-endpoint", e.ID, e.Tags)
	}
	for _, g := range w.network.gateways {
		kind := "internet-gateway"
		if g.EgressOnly {
			kind = "egress-only-internet-gateway"
		}
		visit(kind, g.ID, g.Tags)
	}
	for _, g := range w.network.nats {
		if g.State != GatewayDeleted {
			visit("natgateway", g.ID, g.Tags)
		}
	}
}

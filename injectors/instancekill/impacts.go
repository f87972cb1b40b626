package instancekill

import (
	"cmp"
	"slices"

	"gameday/injectors"
	"gameday/internal/inventory"
)

// impacts is what the picked instances take with them: their share of each cluster, zone and service.
func impacts(picked []candidate) []injectors.Impact {
	var all []injectors.Impact
	for _, cluster := range clustersOf(picked) {
		lost := within(picked, cluster)
		all = append(all, injectors.Impact{What: "instances of cluster " + cluster.Name, Hit: len(lost), Of: cluster.Usable("")})
		all = append(all, zones(cluster, lost)...)
		for _, service := range servicesOf(lost) {
			hit, of := share(cluster, lost, service)
			all = append(all, injectors.Impact{What: "tasks of service " + cluster.Name + "/" + service, Hit: hit, Of: of})
		}
	}
	for _, c := range picked {
		if c.cluster != nil || c.group == nil {
			continue
		}
		group := injectors.Impact{What: "instances of Auto Scaling group " + c.group.name(), Of: len(c.group.inService())}
		all = count(all, group)
	}
	return all
}

// count adds one hit to the impact, which is appended where it is new.
func count(all []injectors.Impact, one injectors.Impact) []injectors.Impact {
	at := slices.IndexFunc(all, func(i injectors.Impact) bool { return i.What == one.What })
	if at < 0 {
		at, all = len(all), append(all, one)
	}
	all[at].Hit++
	return all
}

// zones is the share of each zone's instances.
func zones(cluster *inventory.Cluster, lost []candidate) []injectors.Impact {
	var all []injectors.Impact
	for _, c := range lost {
		all = count(all, injectors.Impact{What: "instances of cluster " + cluster.Name + " in " + c.zone, Of: cluster.Usable(c.zone)})
	}
	slices.SortFunc(all, func(a, b injectors.Impact) int { return cmp.Compare(a.What, b.What) })
	return all
}

// share counts the running tasks of a service: on the lost instances, and at all.
func share(cluster *inventory.Cluster, lost []candidate, service string) (hit, of int) {
	for _, c := range lost {
		hit += running(c, service)
	}
	return hit, len(cluster.Of(service))
}

// running counts the running tasks of a service on an instance.
func running(c candidate, service string) int {
	n := 0
	for _, t := range c.tasks {
		if t.Service == service && t.Running {
			n++
		}
	}
	return n
}

// clustersOf are the clusters of the instances, by name.
func clustersOf(picked []candidate) []*inventory.Cluster {
	var all []*inventory.Cluster
	for _, c := range picked {
		if c.cluster != nil && !slices.Contains(all, c.cluster) {
			all = append(all, c.cluster)
		}
	}
	slices.SortFunc(all, func(a, b *inventory.Cluster) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// within are those of the instances that are in the cluster.
func within(picked []candidate, cluster *inventory.Cluster) []candidate {
	return slices.DeleteFunc(slices.Clone(picked), func(c candidate) bool { return c.cluster != cluster })
}

// servicesOf are the services that have a task on one of the instances, by name.
func servicesOf(lost []candidate) []string {
	var names []string
	for _, c := range lost {
		names = append(names, servicesOn(c)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

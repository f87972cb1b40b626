package taskkill

import (
	"fmt"
	"slices"

	"gameday/injectors"
	"gameday/internal/inventory"
)

// impacts is what the picked tasks are a part of: their services, as a whole and in each zone.
func impacts(cluster *inventory.Cluster, picked []inventory.Task) []injectors.Impact {
	var all []injectors.Impact
	for _, service := range servicesOf(picked) {
		what := "tasks of service " + cluster.Name + "/" + service
		running, hit := cluster.Of(service), of(picked, service)
		all = append(all, injectors.Impact{What: what, Hit: len(hit), Of: len(running)})
		for _, zone := range zonesOf(hit) {
			all = append(all, injectors.Impact{What: what + " in " + zone, Hit: in(hit, zone), Of: in(running, zone)})
		}
	}
	return all
}

// warnings is what somebody who knows ECS would raise before this is done.
func warnings(cluster *inventory.Cluster, picked []inventory.Task) []string {
	var all []string
	for _, t := range picked {
		if t.Service == "" {
			all = append(all, fmt.Sprintf("no service owns task %s: nothing will start another", t.ID))
		}
		for _, kept := range t.State {
			all = append(all, fmt.Sprintf("task %s of %s keeps %s", t.ID, t, kept))
		}
	}
	for _, name := range servicesOf(picked) {
		running, hit := cluster.Of(name), of(picked, name)
		service, _ := cluster.Service(name)
		if len(running) == len(hit) {
			all = append(all, fmt.Sprintf("these are all %d running tasks of service %s/%s: until others serve, nobody does", len(hit), cluster.Name, name))
		}
		if service.Deploying {
			all = append(all, fmt.Sprintf("service %s/%s is being deployed: ECS may end these tasks before this does, which proves nothing, and may hold their end against the deployment: "+
				"wait until it is over, unless that is what you want to see", cluster.Name, name))
		}
		if service.Daemon {
			all = append(all, fmt.Sprintf("service %s/%s is a daemon: nothing stands in for it on an instance until its task there has ended and ECS has started another", cluster.Name, name))
		}
		if service.Desired < len(running) {
			all = append(all, fmt.Sprintf("service %s/%s runs more tasks than the %d it wants, so ECS may not replace all that are stopped", cluster.Name, name, service.Desired))
		}
	}
	return all
}

// servicesOf are the services that own the tasks, by name.
func servicesOf(tasks []inventory.Task) []string {
	var names []string
	for _, t := range tasks {
		if t.Service != "" {
			names = append(names, t.Service)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// zonesOf are the zones that the tasks run in.
func zonesOf(tasks []inventory.Task) []string {
	var zones []string
	for _, t := range tasks {
		zones = append(zones, t.Zone)
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

func of(tasks []inventory.Task, service string) []inventory.Task {
	return slices.DeleteFunc(slices.Clone(tasks), func(t inventory.Task) bool { return t.Service != service })
}

func in(tasks []inventory.Task, zone string) int {
	n := 0
	for _, t := range tasks {
		if t.Zone == zone {
			n++
		}
	}
	return n
}

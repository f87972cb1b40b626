package world

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

// age is how old everything is that a new lab begins with.
const age = time.Hour

// build makes everything that the topology describes, in a fixed order, as if it were as old as born.
func (w *World) build(born time.Time) error {
	w.buildNetwork(born)
	if err := w.buildOutside(); err != nil {
		return err
	}
	for _, spec := range w.topology.Clusters {
		w.clusters = append(w.clusters, &cluster{Cluster{
			Name: spec.Name, ARN: w.arn("ecs", "cluster/"+spec.Name), Status: "ACTIVE",
			CapacityProviders: []string{"FARGATE", "FARGATE_SPOT"}, Tags: copied(spec.Tags),
		}})
	}
	for _, spec := range w.topology.Groups {
		w.buildGroup(spec, born)
	}
	for _, spec := range w.topology.LoadBalancers {
		if err := w.buildBalancer(spec, born); err != nil {
			return fmt.Errorf("load balancer %s: %w", spec.Name, err)
		}
	}
	for _, spec := range w.topology.Services {
		w.buildService(spec, born)
	}
	w.buildRules()
	w.populate(born)
	return w.buildAlarms()
}

func (w *World) buildGroup(spec *topology.Group, born time.Time) {
	g := &group{
		Group: Group{
			Name: spec.Name, Min: spec.Min, Max: spec.Max, Desired: spec.Desired, Cooldown: 5 * time.Minute,
			ARN:             w.arn("autoscaling", "autoScalingGroup:"+w.ids.uuid("group")+":autoScalingGroupName/"+spec.Name),
			HealthCheckType: "EC2", GracePeriod: spec.GracePeriod.Std(),
			LaunchTemplate: spec.Name, LaunchTemplateID: w.ids.resource("lt-"),
			NewInstancesProtected: spec.ScaleInGuard, Suspended: append([]string{}, spec.Suspended...),
			Created: born, Tags: copied(spec.Tags),
		},
		spec: spec, image: w.ids.resource("ami-"),
	}
	for _, s := range w.private() {
		g.Zones, g.SubnetIDs = append(g.Zones, s.Zone), append(g.SubnetIDs, s.ID)
	}
	w.groups = append(w.groups, g)
	c := w.clusterNamed(spec.Cluster)
	if c == nil {
		return
	}
	var owner *topology.Cluster
	for _, candidate := range w.topology.Clusters {
		if candidate.Name == spec.Cluster {
			owner = candidate
		}
	}
	g.Tags["AmazonECSManaged"] = "true"
	g.NewInstancesProtected = g.NewInstancesProtected || owner.ManagedProtection
	w.providers = append(w.providers, CapacityProvider{
		Name: spec.Name, ARN: w.arn("ecs", "capacity-provider/"+spec.Name), GroupARN: g.ARN, Cluster: c.Name,
		ManagedScaling: owner.ManagedScaling, ManagedProtection: owner.ManagedProtection, TargetCapacity: 100,
	})
	c.CapacityProviders = append([]string{spec.Name}, c.CapacityProviders...)
}

func (w *World) buildBalancer(spec *topology.LoadBalancer, born time.Time) error {
	tail := "app/" + spec.Name + "/" + w.ids.hex("loadbalancer", 16)
	b := &balancer{LoadBalancer: LoadBalancer{
		Name: spec.Name, ARN: w.arn("elasticloadbalancing", "loadbalancer/"+tail), Dimension: tail, DNSName: "127.0.0.1",
		Scheme: spec.Scheme, State: "active", VPCID: w.vpc.ID, Zones: map[string]string{},
		IdleTimeout: spec.IdleTimeout.Std(), Created: born, Tags: copied(spec.Tags),
	}}
	var zones []string
	in := w.public()
	if spec.Scheme == "internal" {
		in = w.private()
	}
	for _, s := range in {
		b.Zones[s.Zone] = s.ID
		zones = append(zones, s.Zone)
	}
	proxy, err := traffic.Balance(traffic.BalancerOptions{
		Port: spec.Port, Dimension: tail, Zones: zones,
		IdleTimeout: spec.IdleTimeout.Std(), ConnectTimeout: spec.ConnectTimeout.Std(), Store: w.store,
	})
	if err != nil {
		return err
	}
	b.proxy = proxy
	b.Listeners = []Listener{{
		ARN:          w.arn("elasticloadbalancing", "listener/"+tail+"/"+w.ids.hex("listener", 16)),
		LoadBalancer: b.ARN, Port: proxy.Port(), Protocol: "HTTP",
	}}
	w.balancers = append(w.balancers, b)
	return nil
}

func (w *World) buildService(spec *topology.Service, born time.Time) {
	c := w.clusterNamed(spec.Cluster)
	s := &service{
		Service: Service{
			Name: spec.Name, ARN: w.arn("ecs", "service/"+c.Name+"/"+spec.Name), Cluster: c.Name, ClusterARN: c.ARN, Status: "ACTIVE",
			Launch: spec.Launch, Scheduling: "REPLICA", Desired: spec.Tasks, TaskDefinition: w.buildDefinition(spec, born),
			MinHealthy: spec.Deployment.MinimumHealthy, MaxShare: spec.Deployment.Maximum,
			CircuitBreaker: spec.Deployment.CircuitBreaker, CircuitRollback: spec.Deployment.Rollback,
			GracePeriod: spec.GracePeriod.Std(), Created: born, Tags: copied(spec.Tags),
		},
		spec: spec, cluster: c,
	}
	if spec.Daemon {
		s.Scheduling = "DAEMON"
	}
	if spec.DistinctInstances {
		s.PlacementConstraints = append(s.PlacementConstraints, Placement{Type: "distinctInstance"})
	}
	if spec.Constraint != "" {
		s.PlacementConstraints = append(s.PlacementConstraints, Placement{Type: "memberOf", Field: spec.Constraint})
	}
	if field := map[string]string{"zone": "attribute:ecs.availability-zone", "instance": "instanceId"}[spec.Spread]; field != "" {
		s.PlacementStrategy = append(s.PlacementStrategy, Placement{Type: "spread", Field: field})
	}
	if networkMode(spec) == "awsvpc" {
		for _, in := range w.private() {
			s.SubnetIDs = append(s.SubnetIDs, in.ID)
		}
	}
	if spec.LoadBalancer != "" {
		s.targets = w.buildTargetGroup(spec)
		s.LoadBalancers = []ServiceLoadBalancer{{TargetGroupARN: s.targets.ARN, Container: spec.Name, Port: containerPort}}
	}
	if spec.Scaling != nil {
		s.scaling = w.buildScaling(s, born)
	}
	w.deploy(s, born)
	p := s.primary()
	p.RolloutState, p.RolloutReason, p.Finished = "COMPLETED", "ECS deployment "+p.ID+" completed.", born
	w.services = append(w.services, s)
}

// networkMode is awsvpc where tasks have addresses of their own, bridge where they share their instance's.
func networkMode(spec *topology.Service) string {
	if spec.LoadBalancer != "" && spec.TargetType == "instance" || spec.Daemon {
		return "bridge"
	}
	return "awsvpc"
}

func (w *World) buildDefinition(spec *topology.Service, born time.Time) (arn string) {
	container := ContainerDefinition{
		Name: spec.Name, Image: spec.Image, Command: append([]string{}, spec.Command...), CPU: spec.CPU, Memory: spec.Memory,
		StopTimeout: spec.StopTimeout.Std(), Environment: map[string]string{}, Mounts: map[string]string{},
	}
	if spec.LoadBalancer != "" {
		container.Port = containerPort
		container.Environment["PORT"] = fmt.Sprint(containerPort)
	}
	d := TaskDefinition{
		ARN: w.revisionARN(spec.Name, 1), Family: spec.Name, Revision: 1, Status: "ACTIVE",
		NetworkMode: networkMode(spec), CPU: spec.CPU, Memory: spec.Memory, Launch: spec.Launch, Created: born,
	}
	for _, v := range spec.Volumes {
		volume := Volume{Name: v.Name, Kind: v.Kind}
		switch v.Kind {
		case VolumeEFS:
			volume.ID = w.ids.resource("fs-")
		case VolumeDocker:
			volume.ID = "local"
		case VolumeHost:
			volume.ID = "/var/lib/" + v.Name
		}
		d.Volumes = append(d.Volumes, volume)
		container.Mounts[v.Name] = cmp.Or(v.Path, "/"+v.Name)
	}
	if len(spec.Fetches) > 0 {
		container.Environment[fetchVariable] = strings.Join(spec.Fetches, " ")
	}
	container.LogGroup, container.LogPrefix = "/ecs/"+spec.Name, spec.Name
	w.logs.CreateGroup(container.LogGroup, born)
	d.Containers = []ContainerDefinition{container}
	w.definitions = append(w.definitions, d)
	return d.ARN
}

func (w *World) buildTargetGroup(spec *topology.Service) *targetGroup {
	tail := "targetgroup/" + spec.Name + "/" + w.ids.hex("targetgroup", 16)
	h := spec.Health
	g := &targetGroup{
		TargetGroup: TargetGroup{
			Name: spec.Name, ARN: w.arn("elasticloadbalancing", tail), Dimension: tail, TargetType: spec.TargetType, Protocol: "HTTP",
			Port: containerPort, VPCID: w.vpc.ID, HealthPath: h.Path, HealthInterval: h.Interval.Std(), HealthTimeout: h.Timeout.Std(),
			HealthyThreshold: h.Healthy, UnhealthyThreshold: h.Unhealthy, Matcher: "200",
			DeregistrationDelay: spec.DeregistrationDelay.Std(), Tags: map[string]string{},
		},
		pool: traffic.NewPool(traffic.PoolOptions{
			HealthPath: h.Path, Interval: h.Interval.Std(), Timeout: h.Timeout.Std(), Healthy: h.Healthy, Unhealthy: h.Unhealthy,
			DeregistrationDelay: spec.DeregistrationDelay.Std(),
		}),
	}
	w.targetGroups = append(w.targetGroups, g)
	return g
}

// buildRules has every load balancer send each service's path to its target group, in the order of the topology, and answer 404
// to the rest.
func (w *World) buildRules() {
	for _, b := range w.balancers {
		l := &b.Listeners[0]
		tail := l.ARN[strings.Index(l.ARN, "listener/")+len("listener/"):]
		ruleARN := func() string {
			return w.arn("elasticloadbalancing", "listener-rule/"+tail+"/"+w.ids.hex("rule", 16))
		}
		var routes []traffic.Route
		for _, s := range w.services {
			if s.targets == nil || s.spec.LoadBalancer != b.Name {
				continue
			}
			l.Rules = append(l.Rules, Rule{ARN: ruleARN(), Priority: len(l.Rules) + 1, Paths: []string{s.spec.Path}, TargetGroup: s.targets.ARN})
			s.targets.LoadBalancers = []string{b.ARN}
			b.TargetGroupARNs = append(b.TargetGroupARNs, s.targets.ARN)
			routes = append(routes, traffic.Route{Patterns: []string{s.spec.Path}, Pool: s.targets.pool, Dimension: s.targets.Dimension})
		}
		l.Rules = append(l.Rules, Rule{ARN: ruleARN(), FixedStatus: 404})
		b.proxy.SetRoutes(routes)
	}
}

// populate launches the first instances and tasks, and takes them to where they have been for a while.
func (w *World) populate(born time.Time) {
	for _, g := range w.groups {
		for range g.Desired {
			i := w.launch(g, w.thinnest(g), born)
			i.State, i.power, i.member.lifecycle = Running, up, "InService"
			w.agentUp(i, born)
		}
	}
	w.observe()
	for _, s := range w.services {
		for n := w.desired(s); n > 0; n-- {
			t := w.place(s, born)
			if t == nil {
				break
			}
			t.PullStarted, t.PullStopped = born, born
			if t.instance != nil {
				t.instance.images[t.Container.Image] = true
			}
			w.containerUp(t, born)
			w.start(t, true, born)
		}
	}
}

func (w *World) buildAlarms() error {
	for _, a := range w.topology.Alarms {
		id := metrics.ID{Namespace: a.Namespace, Name: a.Metric}
		add := func(name, value string) {
			id.Dimensions = append(id.Dimensions, metrics.Dimension{Name: name, Value: value})
		}
		for _, b := range w.balancers {
			if b.Name == a.LoadBalancer {
				add("LoadBalancer", b.Dimension)
			}
		}
		for _, s := range w.services {
			if s.Name == a.TargetGroup && s.targets != nil {
				add("TargetGroup", s.targets.Dimension)
			}
			if s.Name == a.Service {
				add("ClusterName", s.Cluster)
				add("ServiceName", s.Name)
			}
		}
		for name, value := range a.Dimensions {
			add(name, value)
		}
		err := w.store.PutAlarm(metrics.Alarm{
			Name: a.Name, ARN: w.arn("cloudwatch", "alarm:"+a.Name), Description: a.Description, Metric: id, Statistic: a.Statistic,
			Period: a.Period.Std(), Periods: a.Periods, ToAlarm: a.ToAlarm, Comparison: a.Comparison, Threshold: a.Threshold,
			MissingData: a.MissingData,
		})
		if err != nil {
			return fmt.Errorf("alarm %s: %w", a.Name, err)
		}
	}
	return nil
}

func copied(tags map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, tags)
	return all
}

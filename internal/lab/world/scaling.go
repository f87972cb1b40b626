package world

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/traffic"
)

// scaling is a service's target tracking policy at work.
//
//	above the target for 3 periods ─► as many tasks as bring it down to the target
//	below 90 % of it for 15        ─► fewer, as if the worst of those periods had lasted
//
// A period is the finest that the metrics have: a minute on AWS, mostly less here.
type scaling struct {
	Scaling
	series    metrics.ID
	statistic metrics.Statistic
	perPeriod float64   // of what the policy's target counts, in what the series does
	out, in   time.Time // when it last scaled either way
}

const (
	periodsAbove = 3
	periodsBelow = 15
	shareBelow   = 0.9
)

func (w *World) buildScaling(s *service, born time.Time) *scaling {
	spec := s.spec.Scaling
	id := "service/" + s.Cluster + "/" + s.Name
	target := w.ids.uuid("scalable target")
	p := &scaling{Scaling: Scaling{
		ResourceID: id, Min: spec.Min, Max: spec.Max, Suspended: spec.Suspended,
		TargetARN: w.arn("application-autoscaling", "scalable-target/"+target),
		RoleARN: fmt.Sprintf("arn:aws:iam::%s:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
			w.account.ID),
		PolicyName:       s.Name,
		PolicyARN:        w.arn("autoscaling", "scalingPolicy:"+w.ids.uuid("scaling policy")+":resource/ecs/"+id+":policyName/"+s.Name),
		ScaleOutCooldown: spec.ScaleOutCooldown.Std(), ScaleInCooldown: spec.ScaleInCooldown.Std(), Created: born,
	}}
	if spec.TargetRequests > 0 {
		p.Metric, p.Target = MetricRequests, float64(spec.TargetRequests)
		lb := w.dimensionOf(s.spec.LoadBalancer)
		p.ResourceLabel = lb + "/" + s.targets.Dimension
		p.series = metrics.ID{Namespace: "AWS/ApplicationELB", Name: "RequestCountPerTarget", Dimensions: []metrics.Dimension{
			{Name: "LoadBalancer", Value: lb}, {Name: "TargetGroup", Value: s.targets.Dimension},
		}}
		p.statistic, p.perPeriod = statistic("Sum"), w.store.Resolution().Minutes() // the target is a minute's
	} else {
		p.Metric, p.Target = MetricCPU, 100*spec.TargetCPU.Ratio()
		p.series = metrics.ID{Namespace: "AWS/ECS", Name: "CPUUtilization", Dimensions: []metrics.Dimension{
			{Name: "ClusterName", Value: s.Cluster}, {Name: "ServiceName", Value: s.Name},
		}}
		p.statistic, p.perPeriod = statistic("Average"), 1
	}
	return p
}

// dimensionOf is what CloudWatch calls a load balancer, which the topology says is there.
func (w *World) dimensionOf(name string) string {
	return w.balancers[slices.IndexFunc(w.balancers, func(b *balancer) bool { return b.Name == name })].Dimension
}

func statistic(name string) metrics.Statistic {
	s, err := metrics.ParseStatistic(name)
	if err != nil {
		panic("world: " + err.Error())
	}
	return s
}

// scaleServices has every policy look once a period.
func (w *World) scaleServices(time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.services {
		if s.scaling != nil {
			w.scale(s, time.Now())
		}
	}
}

// scale looks at the last periods that can be seen, and changes the service's desired count where they call for it.
func (w *World) scale(s *service, now time.Time) {
	p, period := s.scaling, w.store.Resolution()
	if p.Suspended {
		return
	}
	to := w.store.Bucket(now.Add(-w.store.Delay()))
	from := to.Add(-periodsBelow * period)
	values := make([]float64, periodsBelow)
	for i := range values {
		values[i] = math.NaN()
	}
	for _, point := range w.store.Query(p.series, p.statistic, period, from, to) {
		values[point.At.Sub(from)/period] = point.Value / p.perPeriod
	}
	serving := 0
	for _, t := range w.tasksOf(s) {
		if t.LastStatus == TaskRunning && t.DesiredStatus == "RUNNING" && t.health() == traffic.Healthy {
			serving++
		}
	}
	wanted := p.wants(s.Desired, serving, values)
	var alarm string
	switch {
	case wanted > s.Desired && now.Sub(p.out) >= p.ScaleOutCooldown:
		p.out, alarm = now, "AlarmHigh"
	// It never scales in while a deployment is under way, so that the two are not in each other's way.
	case wanted < s.Desired && len(s.deployments) == 1 && now.Sub(p.out) >= p.ScaleInCooldown && now.Sub(p.in) >= p.ScaleInCooldown:
		p.in, alarm = now, "AlarmLow"
	default:
		return
	}
	p.Activities = append([]ScalingActivity{{
		ID: w.ids.uuid("scaling activity"), At: now, Description: fmt.Sprintf("Setting desired count to %d.", wanted),
		Cause: fmt.Sprintf("monitor alarm TargetTracking-%s-%s in state ALARM triggered policy %s", p.ResourceID, alarm, p.PolicyName),
	}}, p.Activities[:min(len(p.Activities), eventsKept-1)]...)
	w.log.Debug("application auto scaling", "service", s.Name, "alarm", alarm, "from", s.Desired, "to", wanted)
	s.Desired, s.steady = wanted, false
}

// wants returns how many tasks the last periods call for, the newest value last and NaN where nothing was measured. What is measured is
// what each of those that serve had to bear, which may be fewer than are desired.
func (p *scaling) wants(desired, serving int, values []float64) int {
	need := func(value float64) int { return int(math.Ceil(float64(serving)*value/p.Target - 1e-9)) }
	recent := values[len(values)-periodsAbove:]
	switch {
	case all(recent, func(v float64) bool { return v > p.Target }):
		sum := 0.0
		for _, v := range recent {
			sum += v
		}
		return min(max(need(sum/periodsAbove), desired), max(p.Max, desired))
	case all(values, func(v float64) bool { return v < shareBelow*p.Target }):
		return max(min(need(slices.Max(values)), desired), min(p.Min, desired))
	}
	return desired
}

func all(values []float64, is func(float64) bool) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return !is(v) }) // nothing is true of NaN
}

// Scalings returns what Application Auto Scaling knows of services.
func (w *World) Scalings() []Scaling {
	w.mu.Lock()
	defer w.mu.Unlock()
	var known []Scaling
	for _, s := range w.services {
		if s.scaling != nil {
			v := s.scaling.Scaling
			v.Activities = slices.Clone(v.Activities)
			known = append(known, v)
		}
	}
	return known
}

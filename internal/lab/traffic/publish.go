package traffic

import (
	"strconv"
	"time"

	"gameday/internal/lab/metrics"
)

const namespace = "AWS/ApplicationELB"

// publish hands the buckets up to and including the given one to CloudWatch, under every set of dimensions that AWS uses.
func (b *Balancer) publish(bucket time.Time) {
	end := bucket.Add(b.options.Store.Resolution())
	for _, r := range *b.routes.Load() {
		for zone, t := range r.tallies {
			for at, c := range t.until(end) {
				b.publishCell(at, c, r.Dimension, b.options.Zones[zone])
				b.publishShare(at, c, r)
				t.recycle(c)
			}
		}
		b.publishHealth(bucket, r)
	}
}

func (b *Balancer) publishCell(at time.Time, c *cell, group, zone string) {
	lb := metrics.Dimension{Name: "LoadBalancer", Value: b.options.Dimension}
	az := metrics.Dimension{Name: "AvailabilityZone", Value: zone}
	tg := metrics.Dimension{Name: "TargetGroup", Value: group}
	whole := [][]metrics.Dimension{{lb}, {lb, az}}
	each := [][]metrics.Dimension{{lb}, {lb, az}, {lb, tg}, {lb, tg, az}}

	b.put(at, "RequestCount", "Count", metrics.Total(c.chosen), each)
	b.put(at, "TargetConnectionErrorCount", "Count", metrics.Total(c.refused), each)
	for class := 2; class <= 5; class++ {
		b.put(at, "HTTPCode_Target_"+strconv.Itoa(class)+"XX_Count", "Count", metrics.Total(c.target[class]), each)
	}
	b.put(at, "TargetResponseTime", "Seconds", c.responseTime(), each)
	for status, n := range c.elb {
		if status >= 500 {
			b.put(at, "HTTPCode_ELB_"+strconv.Itoa(status)+"_Count", "Count", metrics.Total(n), whole)
		}
		b.put(at, "HTTPCode_ELB_"+strconv.Itoa(status/100)+"XX_Count", "Count", metrics.Total(n), whole)
	}
}

// publishShare says how many requests each target has had. Only its sum makes sense.
func (b *Balancer) publishShare(at time.Time, c *cell, r *route) {
	targets := len(*r.Pool.active.Load())
	if c.chosen == 0 || targets == 0 {
		return
	}
	lb := metrics.Dimension{Name: "LoadBalancer", Value: b.options.Dimension}
	tg := metrics.Dimension{Name: "TargetGroup", Value: r.Dimension}
	b.put(at, "RequestCountPerTarget", "Count", metrics.One(float64(c.chosen)/float64(targets)), [][]metrics.Dimension{{tg}, {lb, tg}})
}

// publishHealth samples the pool. As on AWS, there is a value only for zones that have targets.
func (b *Balancer) publishHealth(bucket time.Time, r *route) {
	healthy, unhealthy := map[string]int{}, map[string]int{}
	all, ill := 0, 0
	for _, t := range r.Pool.Targets() {
		switch t.State {
		case Healthy:
			all++
			healthy[t.Zone]++
			unhealthy[t.Zone] += 0
		case Unhealthy, Initial:
			ill++
			unhealthy[t.Zone]++
			healthy[t.Zone] += 0
		}
	}
	lb := metrics.Dimension{Name: "LoadBalancer", Value: b.options.Dimension}
	tg := metrics.Dimension{Name: "TargetGroup", Value: r.Dimension}
	whole := [][]metrics.Dimension{{lb, tg}}
	b.put(bucket, "HealthyHostCount", "Count", metrics.One(float64(all)), whole)
	b.put(bucket, "UnHealthyHostCount", "Count", metrics.One(float64(ill)), whole)
	for zone, n := range healthy {
		each := [][]metrics.Dimension{{lb, tg, {Name: "AvailabilityZone", Value: zone}}}
		b.put(bucket, "HealthyHostCount", "Count", metrics.One(float64(n)), each)
		b.put(bucket, "UnHealthyHostCount", "Count", metrics.One(float64(unhealthy[zone])), each)
	}
}

func (b *Balancer) put(at time.Time, name, unit string, c metrics.Cell, dimensions [][]metrics.Dimension) {
	if c.Count == 0 {
		return
	}
	for _, d := range dimensions {
		b.options.Store.Put(metrics.ID{Namespace: namespace, Name: name, Dimensions: d}, unit, at, c)
	}
}

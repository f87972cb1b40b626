package world

import (
	"time"

	"gameday/internal/lab/metrics"
)

// What nobody can measure in a process that holds a whole account is computed: a task uses CPU as its requests keep it busy.
const (
	idleCPU      = 2.0  // percent, of a task that does nothing
	busyCPU      = 90.0 // percent more, of one with every worker busy
	usualWorkers = 64.0 // where a service has no limit of its own
	usualMemory  = 35.0 // percent
)

// measure hands CloudWatch what it knows of services, groups and instances over one bucket.
func (w *World) measure(bucket time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.services {
		w.measureService(s, bucket)
	}
	for _, g := range w.groups {
		w.measureGroup(g, bucket)
	}
}

func (w *World) measureService(s *service, bucket time.Time) {
	workers := usualWorkers
	if s.spec.Workers > 0 {
		workers = float64(s.spec.Workers)
	}
	dimensions := []metrics.Dimension{{Name: "ClusterName", Value: s.Cluster}}
	service := append(dimensions[:1:1], metrics.Dimension{Name: "ServiceName", Value: s.Name})
	for _, t := range w.tasksOf(s) {
		if t.program == nil {
			continue
		}
		busy := t.program.Busy()
		share := (busy - t.busy).Seconds() / w.store.Resolution().Seconds() / workers
		t.busy = busy
		if t.LastStatus != TaskRunning {
			continue
		}
		for name, percent := range map[string]float64{"CPUUtilization": idleCPU + busyCPU*min(share, 1), "MemoryUtilization": usualMemory} {
			for _, d := range [][]metrics.Dimension{dimensions, service} {
				w.store.Put(metrics.ID{Namespace: "AWS/ECS", Name: name, Dimensions: d}, "Percent", bucket, metrics.One(percent))
			}
		}
	}
}

func (w *World) measureGroup(g *group, bucket time.Time) {
	count := map[string]float64{
		"GroupMinSize": float64(g.Min), "GroupMaxSize": float64(g.Max), "GroupDesiredCapacity": float64(g.Desired),
		"GroupInServiceInstances": 0, "GroupPendingInstances": 0, "GroupTerminatingInstances": 0, "GroupTotalInstances": 0,
	}
	for _, i := range w.membersOf(g) {
		count["Group"+i.member.lifecycle+"Instances"]++
		count["GroupTotalInstances"]++
		if i.State == Running {
			w.store.Put(metrics.ID{
				Namespace: "AWS/EC2", Name: "StatusCheckFailed", Dimensions: []metrics.Dimension{{Name: "InstanceId", Value: i.ID}},
			}, "Count", bucket, metrics.One(0))
		}
	}
	for name, n := range count {
		w.store.Put(metrics.ID{
			Namespace: "AWS/AutoScaling", Name: name, Dimensions: []metrics.Dimension{{Name: "AutoScalingGroupName", Value: g.Name}},
		}, "None", bucket, metrics.One(n))
	}
}

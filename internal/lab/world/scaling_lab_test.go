package world

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

const scaledAccount = `
cloudwatch {
  resolution = "100ms"
  delay      = "0s"
}
cluster "web" {}
auto_scaling_group "web" {
  cluster = "web"
  desired = 2
}
load_balancer "web" {}
service "front" {
  tasks         = 2
  load_balancer = "web"
  path          = "/front*"
  latency       = "1ms"
  start         = "50ms"
  drain         = "0s"
  deregistration_delay = "100ms"
  health_check {
    interval  = "50ms"
    timeout   = "5s"
    healthy   = 2
    unhealthy = 5
  }
  auto_scaling {
    min                        = 1
    max                        = 4
    target_requests_per_target = 1200 # a minute: two for every period
    scale_out_cooldown         = "500ms"
    scale_in_cooldown          = "500ms"
  }
}
weakness "by_cpu" {
  description = "CPU counts, not requests"
  service "front" {
    workers = 1
    latency = "20ms"
    auto_scaling {
      target_requests_per_target = 0
      target_cpu                 = "20%"
    }
  }
}
weakness "suspended" {
  description = "nobody scales"
  service "front" {
    auto_scaling {
      suspended = true
    }
  }
}
`

// keepAsking sends requests one after the other, that far apart, until the test ends or stop is called.
func keepAsking(t *testing.T, url string, pause time.Duration) (stop func()) {
	t.Helper()
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
			}
			if r, err := http.Get(url); err == nil {
				_ = r.Body.Close()
			}
			time.Sleep(pause)
		}
	}()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			close(end)
			<-ended
		}
	}
	t.Cleanup(stop)
	return stop
}

// scaled is the account with its metrics running, and the URL of its service.
func scaled(t *testing.T, weaknesses ...string) (w *World, url string) {
	t.Helper()
	parsed, err := topology.Parse([]byte(scaledAccount), "test.hcl", weaknesses)
	if err != nil {
		t.Fatal(err)
	}
	store := metrics.New(metrics.Options{Resolution: parsed.CloudWatch.Resolution.Std()})
	w, err = New(parsed, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	var running sync.WaitGroup
	running.Go(func() { store.Run(t.Context()) })
	t.Cleanup(running.Wait)
	if err := w.WaitSteady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, "http://127.0.0.1:" + strconv.Itoa(w.LoadBalancers()[0].Listeners[0].Port) + "/front"
}

func (w *World) healthyTargets(t *testing.T, name string) (n int) {
	t.Helper()
	for _, target := range w.targetsOf(t, name) {
		if target.State == traffic.Healthy {
			n++
		}
	}
	return n
}

func TestAServiceIsScaledByTheRequestsThatReallyFlow(t *testing.T) {
	w, url := scaled(t)
	stop := keepAsking(t, url, 0)
	eventually(t, "four tasks are healthy", func() bool { return w.healthyTargets(t, "front") == 4 })
	first := w.Scalings()[0].Activities[len(w.Scalings()[0].Activities)-1]
	if first.Description != "Setting desired count to 4." || !strings.Contains(first.Cause, "AlarmHigh") {
		t.Errorf("it was scaled out by %+v", first)
	}
	stop()
	keepAsking(t, url, 50*time.Millisecond) // nothing at all would be nothing to go by
	eventually(t, "fewer tasks are desired", func() bool { return w.lookService(t, "front").Desired < 4 })
	eventually(t, "fewer tasks run", func() bool { return w.healthyTargets(t, "front") < 4 })
	if last := w.Scalings()[0].Activities[0]; !strings.Contains(last.Cause, "AlarmLow") {
		t.Errorf("it was scaled in by %+v", last)
	}
}

func TestASuspendedServiceStaysAsItIs(t *testing.T) {
	w, url := scaled(t, "suspended")
	s := w.Scalings()[0]
	if !s.Suspended || s.Min != 1 || s.Max != 4 || s.Metric != MetricRequests || s.Target != 1200 {
		t.Errorf("the override has changed more than it says: %+v", s)
	}
	keepAsking(t, url, 0)
	began := time.Now()
	eventually(t, "there is enough traffic to scale by", func() bool {
		points := w.store.Query(w.services[0].scaling.series, statistic("Sum"), w.store.Resolution(), began, time.Now())
		return len(points) > 2*periodsBelow
	})
	if got := w.lookService(t, "front").Desired; got != 2 {
		t.Errorf("%d tasks are desired", got)
	}
}

func TestScalingByCPU(t *testing.T) {
	w, url := scaled(t, "by_cpu")
	for range 3 {
		keepAsking(t, url, 0)
	}
	eventually(t, "more tasks are desired", func() bool { return w.lookService(t, "front").Desired > 2 })
	if s := w.Scalings()[0]; s.Metric != MetricCPU || s.Target != 20 || s.ResourceLabel != "" {
		t.Errorf("%+v", s)
	}
}

package lab

import (
	"slices"
	"testing"
	"time"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/world"
)

func start(t *testing.T, weaknesses ...string) *Lab {
	t.Helper()
	l, err := Start(t.Context(), Options{Weaknesses: weaknesses})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func (l *Lab) tasks(t *testing.T, service string) []world.Task {
	t.Helper()
	all, err := l.World.Tasks("web")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(v world.Task) bool { return v.Service != service })
}

func (l *Lab) running(t *testing.T, service string) int {
	n := 0
	for _, v := range l.tasks(t, service) {
		if v.LastStatus == world.TaskRunning {
			n++
		}
	}
	return n
}

func (l *Lab) healthy(t *testing.T, group string) int {
	t.Helper()
	n := 0
	for _, g := range l.World.TargetGroups() {
		if g.Name != group {
			continue
		}
		targets, err := l.World.TargetHealth(g.ARN)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range targets {
			if h.State == "healthy" {
				n++
			}
		}
	}
	return n
}

// hosting returns the instance that runs the first task of a service.
func (l *Lab) hosting(t *testing.T, service string) string {
	t.Helper()
	return l.tasks(t, service)[0].InstanceID
}

func TestTerminationLosesNoRequestAndHeals(t *testing.T) {
	t.Parallel()
	l := start(t)
	u := visit(t, l, "/conversations/1", 6)
	eventually(t, "traffic flows", func() bool { return u.count("200") > 200 })
	victim := l.hosting(t, "conversations")
	if _, err := l.World.TerminateInstances([]string{victim}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the task is lost", func() bool { return l.running(t, "conversations") == 5 })
	eventually(t, "six healthy targets again", func() bool {
		return l.healthy(t, "conversations") == 6 && l.running(t, "conversations") == 6
	})
	if seen := u.stop(); len(seen) != 1 {
		t.Errorf("users saw %v", seen)
	}
}

func TestForcedStopCostsItsShareUntilItIsNoticed(t *testing.T) {
	t.Parallel()
	l := start(t)
	u := visit(t, l, "/conversations/1", 6)
	eventually(t, "traffic flows", func() bool { return u.count("200") > 200 })
	if _, err := l.World.StopInstances([]string{l.hosting(t, "conversations")}, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "users notice", func() bool { return u.count("502") > 0 })
	eventually(t, "the load balancer notices", func() bool { return l.healthy(t, "conversations") == 5 })
	noticed := u.count("502")
	eventually(t, "six healthy targets again", func() bool { return l.healthy(t, "conversations") == 6 })
	seen := u.stop()
	if late := seen["502"] - noticed; late > 6 { // one request of each user may have been under way
		t.Errorf("%d requests failed after the target had been taken out", late)
	}
	if len(seen) != 2 {
		t.Errorf("users saw %v", seen)
	}
}

// p99 is the slowest second's 99th percentile of the load balancer's response time, in seconds.
func (l *Lab) p99(t *testing.T) float64 {
	t.Helper()
	p99, err := metrics.ParseStatistic("p99")
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for _, p := range l.Metrics.Query(l.metric("TargetResponseTime", ""), p99, time.Second, time.Now().Add(-time.Minute), time.Now()) {
		worst = max(worst, p.Value)
	}
	return worst
}

// metric names a metric of the load balancer, or of one of its target groups.
func (l *Lab) metric(name, group string) metrics.ID {
	id := metrics.ID{Namespace: "AWS/ApplicationELB", Name: name, Dimensions: []metrics.Dimension{
		{Name: "LoadBalancer", Value: l.World.LoadBalancers()[0].Dimension},
	}}
	for _, g := range l.World.TargetGroups() {
		if g.Name == group {
			id.Dimensions = append(id.Dimensions, metrics.Dimension{Name: "TargetGroup", Value: g.Dimension})
		}
	}
	return id
}

// total sums a metric over all that is visible.
func (l *Lab) total(t *testing.T, name, group string) int {
	t.Helper()
	sum, err := metrics.ParseStatistic("Sum")
	if err != nil {
		t.Fatal(err)
	}
	all := 0.0
	for _, p := range l.Metrics.Query(l.metric(name, group), sum, time.Minute, time.Now().Add(-time.Hour), time.Now()) {
		all += p.Value
	}
	return int(all)
}

func TestMetricsAreThoseOfTheTrafficThatFlowed(t *testing.T) {
	t.Parallel()
	l := start(t)
	comments := visit(t, l, "/comments/7", 3)
	conversations := visit(t, l, "/conversations/1", 3)
	eventually(t, "traffic flows", func() bool { return conversations.count("200") > 100 })
	if _, err := l.World.StopInstances([]string{l.hosting(t, "conversations")}, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "users notice", func() bool { return conversations.count("502") > 0 })
	eventually(t, "the load balancer notices", func() bool { return l.healthy(t, "conversations") == 5 })
	one, other := conversations.stop(), comments.stop()

	requests := one["200"] + one["502"] + other["200"] + other["502"]
	eventually(t, "the metrics of all requests arrive", func() bool { return l.total(t, "RequestCount", "") == requests })
	for _, c := range []struct {
		name, group string
		want        int
	}{
		{"RequestCount", "conversations", one["200"] + one["502"]},
		{"RequestCount", "comments", other["200"] + other["502"]},
		{"HTTPCode_Target_2XX_Count", "conversations", one["200"]},
		{"HTTPCode_Target_2XX_Count", "", one["200"] + other["200"]},
		{"HTTPCode_Target_5XX_Count", "", 0},
		{"HTTPCode_ELB_5XX_Count", "", one["502"] + other["502"]},
		{"HTTPCode_ELB_502_Count", "", one["502"] + other["502"]},
		{"HTTPCode_ELB_503_Count", "", 0},
	} {
		if got := l.total(t, c.name, c.group); got != c.want {
			t.Errorf("%s of %q is %d, users counted %d", c.name, c.group, got, c.want)
		}
	}
	if all := l.Metrics.List("AWS/ApplicationELB", "HTTPCode_ELB_503_Count", nil); len(all) != 0 {
		t.Errorf("a metric without a value was published: %v", all)
	}
}

func TestTheSameLabTwiceIsTheSameAccount(t *testing.T) {
	t.Parallel()
	one, other := start(t), start(t)
	a, b := one.World.Instances(), other.World.Instances()
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Zone != b[i].Zone || a[i].PrivateIP != b[i].PrivateIP {
			t.Errorf("instance %d: %v and %v", i, a[i], b[i])
		}
	}
	for _, service := range []string{"conversations", "search", "recommendations", "log-router"} {
		x, y := one.tasks(t, service), other.tasks(t, service)
		for i := range x {
			if x[i].ID != y[i].ID || x[i].InstanceID != y[i].InstanceID {
				t.Errorf("task %d of %s: %s on %s and %s on %s", i, service, x[i].ID, x[i].InstanceID, y[i].ID, y[i].InstanceID)
			}
		}
	}
}

func TestEnvironmentNamesTheEndpointAndTheRegion(t *testing.T) {
	t.Parallel()
	l := start(t)
	env := l.Environment()
	if env["AWS_ENDPOINT_URL"] != l.Endpoint() || env["AWS_REGION"] != "eu-west-1" || env["AWS_ACCESS_KEY_ID"] == "" || env["AWS_SECRET_ACCESS_KEY"] == "" {
		t.Errorf("%v", env)
	}
}

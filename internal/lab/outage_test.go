package lab

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/internal/lab/logs"
	"gameday/internal/lab/world"
)

// cut takes the routes to NAT gateways out of every route table.
func cut(t *testing.T, l *Lab) {
	t.Helper()
	for _, table := range l.World.RouteTables() {
		for _, r := range table.Routes {
			if strings.HasPrefix(r.Target, "nat-") {
				if err := l.World.DeleteRoute(table.ID, r, false); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// deploy begins a deployment and returns how to look at it.
func deploy(t *testing.T, l *Lab, service string) func() world.Deployment {
	t.Helper()
	id := must(l.World.UpdateService("web", service, world.ServiceChange{Force: true}))(t).Deployments[0].ID
	return func() world.Deployment {
		all := must(l.World.ServiceDeployments("web", service))(t)
		return all[slices.IndexFunc(all, func(d world.Deployment) bool { return d.ID == id })]
	}
}

// failures are the stopped tasks of a deployment.
func (l *Lab) failures(t *testing.T, service, deployment string) []world.Task {
	t.Helper()
	return slices.DeleteFunc(l.tasks(t, service), func(k world.Task) bool { return k.StartedBy != deployment || k.LastStatus != world.TaskStopped })
}

func (l *Lab) connected(t *testing.T) (agents int) {
	t.Helper()
	for _, h := range must(l.World.ContainerInstances("web"))(t) {
		if h.AgentConnected {
			agents++
		}
	}
	return agents
}

func TestAWellBuiltPlatformDoesNotNeedTheInternet(t *testing.T) {
	t.Parallel()
	l := start(t)
	readers, moderators := visit(t, l, "/conversations/1", 3), visit(t, l, "/moderation/1", 3)
	cut(t, l)
	for _, service := range []string{"comments", "recommendations"} {
		d := deploy(t, l, service)
		eventually(t, service+" is deployed", func() bool { return d().RolloutState == "COMPLETED" })
		if d().Failed > 0 {
			t.Errorf("%s: %+v", service, d())
		}
	}
	eventually(t, "the service that asks a third party in passing says so in its log", func() bool {
		all, _ := l.World.Logs().Events("/ecs/moderation", func(string) bool { return true }, time.Time{}, time.Now())
		return slices.ContainsFunc(all, func(e logs.Event) bool { return strings.Contains(e.Message, "https://api.scoring.example/ failed") })
	})
	if n := l.connected(t); n != 6 {
		t.Errorf("%d agents are connected", n)
	}
	for _, u := range []*users{readers, moderators} {
		if seen := u.stop(); len(seen) != 1 || seen["200"] == 0 {
			t.Errorf("users saw %v", seen)
		}
	}
}

func TestPublicImageCannotBeDeployedInAnOutage(t *testing.T) {
	t.Parallel()
	l := start(t, "public_image")
	u := visit(t, l, "/recommendations/1", 3)
	well := deploy(t, l, "recommendations")
	eventually(t, "it can be deployed", func() bool { return well().RolloutState == "COMPLETED" })
	cut(t, l)
	d := deploy(t, l, "recommendations")
	eventually(t, "the deployment fails", func() bool { return d().RolloutState == "FAILED" })
	for _, k := range l.failures(t, "recommendations", d().ID) {
		if !strings.HasPrefix(k.StoppedReason, "CannotPullContainerError: ") || !strings.Contains(k.StoppedReason, "docker.io/newsroom/recommendations:7") {
			t.Errorf("got %s", k.StoppedReason)
		}
	}
	if seen := u.stop(); len(seen) != 1 {
		t.Errorf("users saw %v", seen)
	}
}

func TestFetchAtStartCannotBeDeployedInAnOutage(t *testing.T) {
	t.Parallel()
	l := start(t, "fetch_at_start")
	u := visit(t, l, "/recommendations/1", 3)
	cut(t, l)
	d := deploy(t, l, "recommendations")
	eventually(t, "the deployment fails", func() bool { return d().RolloutState == "FAILED" })
	for _, k := range l.failures(t, "recommendations", d().ID) {
		if k.StoppedReason != "Essential container in task exited" {
			t.Errorf("got %s", k.StoppedReason)
		}
		all, _ := l.World.Logs().Events("/ecs/recommendations", func(stream string) bool { return strings.HasSuffix(stream, k.ID) }, time.Time{}, time.Now())
		if !slices.ContainsFunc(all, func(e logs.Event) bool {
			return strings.Contains(e.Message, "npm error network request to https://registry.npmjs.org/express failed")
		}) {
			t.Errorf("task %s logged %v", k.ID, all)
		}
	}
	if seen := u.stop(); len(seen) != 1 {
		t.Errorf("users saw %v", seen)
	}
}

func TestOneNATGatewayTakesAllZonesAlong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weaknesses []string
		cut        int // zones that lose the internet with one gateway
	}{{nil, 1}, {[]string{"one_nat_gateway"}, 3}} {
		l := start(t, c.weaknesses...)
		if err := l.World.DeleteNATGateway(l.World.NATGateways()[0].ID, false); err != nil {
			t.Fatal(err)
		}
		lost := 0
		for _, s := range l.World.Subnets() {
			if !s.Public && !must(l.World.Reach(s.ID, "registry.npmjs.org"))(t).OK() {
				lost++
			}
		}
		if lost != c.cut {
			t.Errorf("%v: %d zones have lost the internet", c.weaknesses, lost)
		}
	}
}

func TestLiveDependencyIsNoticedByUsers(t *testing.T) {
	t.Parallel()
	l := start(t, "live_dependency")
	u := visit(t, l, "/moderation/1", 3)
	eventually(t, "all is well", func() bool { return u.count("200") > 20 })
	cut(t, l)
	eventually(t, "users notice", func() bool { return u.count("500") > 0 })
	u.stop()
}

func TestNoEndpointsLosesAgentsWithTheNATGateways(t *testing.T) {
	t.Parallel()
	l := start(t, "no_endpoints")
	u := visit(t, l, "/conversations/1", 3)
	cut(t, l)
	eventually(t, "no agent is connected", func() bool { return l.connected(t) == 0 })
	d := deploy(t, l, "recommendations")
	eventually(t, "not even an image of its own can be had", func() bool { return d().RolloutState == "FAILED" })
	for _, k := range l.failures(t, "recommendations", d().ID) {
		if !strings.Contains(k.StoppedReason, "unable to retrieve ecr registry auth") {
			t.Errorf("got %s", k.StoppedReason)
		}
	}
	if seen := u.stop(); len(seen) != 1 {
		t.Errorf("users saw %v", seen)
	}
}

package world

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gameday/internal/lab/logs"
)

// dependent is an account whose services depend on what lies outside, each in its own way.
const dependent = `
cluster "web" {}

ecs {
  agent_timeout = "100ms"
}

network {
  connect_timeout = "100ms"
  gateway_settles = "50ms"
}

auto_scaling_group "web" {
  cluster = "web"
  desired = 2
  max     = 2
}

load_balancer "web" {
  connect_timeout = "200ms"
  idle_timeout    = "300ms"
}

third_party "hub" {
  host = "registry-1.docker.io"
  kind = "registry"
}

third_party "npm" {
  host = "registry.npmjs.org"
  kind = "npm"
}

third_party "gems" {
  host = "rubygems.org"
  kind = "rubygems"
}

third_party "scores" {
  host = "api.scores.example"
}

service "inside" {
  launch_type = "FARGATE"
  start       = "50ms"
}

service "public" {
  launch_type = "FARGATE"
  image       = "newsroom/public:7"
  start       = "50ms"
  deployment {
    circuit_breaker = true
  }
}

service "cached" {
  image = "newsroom/cached:7"
  start = "50ms"
}

service "fetching" {
  launch_type = "FARGATE"
  fetches     = ["npm:express", "gems:rails"]
  start       = "50ms"
  deployment {
    circuit_breaker = true
  }
}

service "live" {
  load_balancer = "web"
  path          = "/live*"
  latency       = "1ms"
  call "scores" {
    live    = true
    timeout = "50ms"
  }
  health_check {
    interval  = "50ms"
    timeout   = "1s"
    healthy   = 2
    unhealthy = 2
  }
}

service "curious" {
  launch_type = "FARGATE"
  call "scores" {
    every   = "50ms"
    timeout = "50ms"
  }
}

weakness "no_endpoints" {
  description = "agents lose AWS with the NAT gateways"
  network {
    endpoints = []
  }
}
`

// cutNAT takes the default route out of every table of a private subnet, and returns how to put it back.
func (w *World) cutNAT(t *testing.T) (restore func()) {
	t.Helper()
	var undo []func()
	for _, table := range w.RouteTables() {
		for _, r := range table.Routes {
			if strings.HasPrefix(r.Target, "nat-") {
				check(t, w.DeleteRoute(table.ID, r, false))
				undo = append(undo, func() { check(t, w.CreateRoute(table.ID, Route{CIDR: r.CIDR, Target: r.Target}, false)) })
			}
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}

func (w *World) redeploy(t *testing.T, name string) Deployment {
	t.Helper()
	return must(w.UpdateService("web", name, ServiceChange{Force: true}))(t).Deployments[0]
}

func (w *World) rollout(t *testing.T, name string) Deployment {
	t.Helper()
	for _, s := range must(w.Services("web"))(t) {
		if s.Name == name {
			return s.Deployments[0]
		}
	}
	t.Fatalf("no service %s", name)
	return Deployment{}
}

// stoppedBy returns the stopped tasks of a deployment.
func (w *World) stoppedBy(t *testing.T, deployment string) []Task {
	t.Helper()
	return slices.DeleteFunc(must(w.Tasks("web"))(t), func(k Task) bool { return k.StartedBy != deployment || k.LastStatus != TaskStopped })
}

func (w *World) lines(t *testing.T, group, pattern string) []logs.Event {
	t.Helper()
	p, err := logs.ParsePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := w.Logs().Events(group, func(string) bool { return true }, time.Time{}, time.Now().Add(time.Hour))
	return slices.DeleteFunc(all, func(e logs.Event) bool { return !p.Matches(e.Message) })
}

func TestDeploymentsWithoutAWayOut(t *testing.T) {
	t.Parallel()
	w := open(t, dependent)
	for _, name := range []string{"public", "fetching", "cached"} { // well, to begin with
		d := w.redeploy(t, name)
		eventually(t, name+" is deployed", func() bool { return w.rollout(t, name).ID == d.ID && w.rollout(t, name).RolloutState == "COMPLETED" })
	}
	if n := len(w.lines(t, "/ecs/fetching", `"added 1 package"`)); n != 1 {
		t.Errorf("the packages were installed %d times", n)
	}
	restore := w.cutNAT(t)
	inside, cached, public, fetching := w.redeploy(t, "inside"), w.redeploy(t, "cached"), w.redeploy(t, "public"), w.redeploy(t, "fetching")
	for name, d := range map[string]Deployment{"inside": inside, "cached": cached} {
		eventually(t, name+" is deployed all the same", func() bool { return w.rollout(t, name).ID == d.ID && w.rollout(t, name).RolloutState == "COMPLETED" })
	}
	for _, name := range []string{"public", "fetching"} {
		eventually(t, name+" is given up", func() bool { return w.rollout(t, name).RolloutState == "FAILED" })
		if d := w.rollout(t, name); d.Failed < 3 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	for _, s := range must(w.Services("web"))(t) {
		if s.Name == "public" && !slices.ContainsFunc(s.Events, func(e ServiceEvent) bool { return strings.Contains(e.Message, "unable to consistently start tasks") }) {
			t.Errorf("no event tells of it: %v", s.Events)
		}
	}
	for _, k := range w.stoppedBy(t, public.ID) {
		want := `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/newsroom/public:7: failed to do request: ` +
			`Head "https://registry-1.docker.io/v2/newsroom/public/manifests/7": dial tcp 203.0.113.10:443: i/o timeout`
		if k.StopCode != "TaskFailedToStart" || k.StoppedReason != want || k.Container.Reason != want {
			t.Errorf("got %s: %s (%s)", k.StopCode, k.StoppedReason, k.Container.Reason)
		}
	}
	for _, k := range w.stoppedBy(t, fetching.ID) {
		if k.StopCode != "EssentialContainerExited" || k.Container.ExitCode == nil || *k.Container.ExitCode != 1 {
			t.Errorf("got %s: %+v", k.StopCode, k.Container)
		}
	}
	eventually(t, "the log tells why", func() bool {
		return len(w.lines(t, "/ecs/fetching", `"https://registry.npmjs.org/express failed" "connect ETIMEDOUT 203.0.113.11:443"`)) >= 3
	})
	restore()
	again := w.redeploy(t, "public")
	eventually(t, "it is deployed once the way out is back", func() bool {
		d := w.rollout(t, "public")
		return d.ID == again.ID && d.RolloutState == "COMPLETED"
	})
}

func TestAnInstanceWithoutTheImageCannotFallBackToIt(t *testing.T) {
	t.Parallel()
	w := open(t, strings.Replace(dependent, `cluster = "web"`, "cluster = \"web\"\n image_pull_behavior = \"always\"", 1))
	w.cutNAT(t)
	d := w.redeploy(t, "cached")
	eventually(t, "the task fails", func() bool { return len(w.stoppedBy(t, d.ID)) > 0 })
	k := w.stoppedBy(t, d.ID)[0]
	if k.StoppedReason != "Task failed to start" || !strings.Contains(k.Container.Reason, "CannotPullContainerError: Error response from daemon") ||
		!strings.Contains(k.Container.Reason, "docker.io/newsroom/cached:7") {
		t.Errorf("got %q, %q", k.StoppedReason, k.Container.Reason)
	}
}

func TestABlockedNameFailsAtOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	w := open(t, dependent)
	w.filters(t, 200, "BLOCK NXDOMAIN registry.npmjs.org")
	d := w.redeploy(t, "fetching")
	eventually(t, "the task fails", func() bool { return len(w.stoppedBy(t, d.ID)) > 0 })
	eventually(t, "the log tells why", func() bool { return len(w.lines(t, "/ecs/fetching", `"getaddrinfo ENOTFOUND registry.npmjs.org"`)) > 0 })
	if n := len(w.lines(t, "/ecs/fetching", "rubygems.org")); n > 1 { // what the first tasks installed
		t.Errorf("%d lines about the other registry", n)
	}
}

// visit asks the first load balancer for a path.
func (w *World) visit(t *testing.T, path string) int {
	t.Helper()
	client := http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", w.LoadBalancers()[0].Listeners[0].Port, path))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

func TestALiveDependencyTakesItsServiceAlong(t *testing.T) {
	t.Parallel()
	w := open(t, dependent)
	if status := w.visit(t, "/live"); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	restore := w.cutNAT(t)
	if status := w.visit(t, "/live"); status != http.StatusInternalServerError {
		t.Errorf("got %d", status)
	}
	eventually(t, "its log complains", func() bool {
		return len(w.lines(t, "/ecs/live", `"request to https://api.scores.example/ failed"`)) > 0
	})
	eventually(t, "so does that of one that depends on it less", func() bool {
		return len(w.lines(t, "/ecs/curious", `"request to https://api.scores.example/ failed"`)) > 0
	})
	restore()
	eventually(t, "all is well again", func() bool { return w.visit(t, "/live") == http.StatusOK })
}

func TestAnACLBetweenLoadBalancerAndTaskBreaksTheService(t *testing.T) {
	t.Parallel()
	w := open(t, dependent)
	var before, behind string
	for _, k := range must(w.Tasks("web"))(t) {
		if k.Service == "live" {
			behind = k.SubnetID
		}
	}
	for _, a := range w.NetworkACLs()[0].Associations {
		if a.Subnet == behind {
			before = w.NetworkACLs()[0].ID
		}
	}
	made := w.behind(t, behind, ACLEntry{Number: 100, Egress: true, Allow: true, Protocol: "-1", CIDR: anywhere},
		ACLEntry{Number: 100, Allow: true, Protocol: "6", CIDR: anywhere, FromPort: 1024, ToPort: 65535})
	if status := w.visit(t, "/live"); status != http.StatusOK {
		t.Fatalf("an ACL that lets everything pass that is needed: %d", status)
	}
	check(t, w.ReplaceACLEntry(made.ID, ACLEntry{Number: 100, Egress: true, Allow: true, Protocol: "6", CIDR: anywhere, FromPort: 443, ToPort: 443}, false))
	if status := w.visit(t, "/live"); status != http.StatusGatewayTimeout {
		t.Errorf("without the way back: %d", status)
	}
	eventually(t, "its health checks time out", func() bool {
		for _, g := range w.TargetGroups() {
			for _, h := range must(w.TargetHealth(g.ARN))(t) {
				if h.State == "unhealthy" && h.Reason == "Target.Timeout" {
					return true
				}
			}
		}
		return false
	})
	for _, a := range w.NetworkACLs() {
		for _, association := range a.Associations {
			if association.Subnet == behind {
				must(w.ReplaceACLAssociation(association.ID, before, false))(t)
			}
		}
	}
	eventually(t, "all is well again", func() bool { return w.visit(t, "/live") == http.StatusOK })
}

func (w *World) connected(t *testing.T) int {
	t.Helper()
	n := 0
	for _, h := range must(w.ContainerInstances("web"))(t) {
		if h.AgentConnected {
			n++
		}
	}
	return n
}

func TestAgentsKeepAWSThroughEndpointsOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		endpoints string
		connected int
	}{
		"all endpoints":            {"", 2},
		"none":                     {"endpoints = []", 0},
		"one of the two is needed": {`endpoints = ["ecs", "logs"]`, 0},
		"the two that are needed":  {`endpoints = ["ecs", "ecs-agent"]`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, strings.Replace(dependent, "network {", "network {\n"+c.endpoints, 1))
			restore := w.cutNAT(t)
			if c.connected > 0 {
				d := w.redeploy(t, "cached") // its agents are given orders
				eventually(t, "an order is carried out", func() bool {
					for _, k := range must(w.Tasks("web"))(t) {
						if k.StartedBy == d.ID && k.LastStatus != TaskProvisioning {
							return true
						}
					}
					return false
				})
			}
			eventually(t, "the agents are as expected", func() bool { return w.connected(t) == c.connected })
			if c.connected == 0 {
				d := w.redeploy(t, "cached")
				eventually(t, "nothing can be placed", func() bool {
					for _, s := range must(w.Services("web"))(t) {
						if s.Name == "cached" && strings.Contains(s.Events[0].Message, "unable to place a task") {
							return s.Deployments[0].ID == d.ID
						}
					}
					return false
				})
				restore()
				eventually(t, "the agents are back", func() bool { return w.connected(t) == 2 })
				eventually(t, "it is deployed", func() bool { return w.rollout(t, "cached").RolloutState == "COMPLETED" })
			}
		})
	}
}

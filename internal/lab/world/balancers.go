package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gameday/internal/lab/traffic"
)

type balancer struct {
	LoadBalancer
	proxy *traffic.Balancer
}

type targetGroup struct {
	TargetGroup
	pool *traffic.Pool
	seen map[string]string // target to state, as of the present tick
}

func (t target) key() string { return t.id + ":" + strconv.Itoa(t.port) }

// observe looks at the state of every target, once a tick, and takes instances that do not run out of use.
func (w *World) observe() {
	for _, g := range w.targetGroups {
		g.seen = map[string]string{}
		for _, s := range g.pool.Targets() {
			g.seen[target{id: s.ID, port: s.Port}.key()] = s.State
			if g.TargetType != "instance" || s.State == traffic.Unused {
				continue
			}
			if i := w.instanceByID(s.ID); i != nil && i.State != Running && i.State != Pending {
				g.pool.Invalidate(s.ID, s.Port, i.State)
			}
		}
	}
}

// LoadBalancers returns every load balancer with its listeners and rules.
func (w *World) LoadBalancers() []LoadBalancer {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]LoadBalancer, len(w.balancers))
	for n, b := range w.balancers {
		v := b.LoadBalancer
		v.Zones, v.Tags, v.TargetGroupARNs = maps.Clone(v.Zones), maps.Clone(v.Tags), slices.Clone(v.TargetGroupARNs)
		v.Listeners = slices.Clone(v.Listeners)
		for i := range v.Listeners {
			v.Listeners[i].Rules = slices.Clone(v.Listeners[i].Rules)
		}
		all[n] = v
	}
	return all
}

// TargetGroups returns every target group.
func (w *World) TargetGroups() []TargetGroup {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]TargetGroup, len(w.targetGroups))
	for n, g := range w.targetGroups {
		v := g.TargetGroup
		v.LoadBalancers, v.Tags = slices.Clone(v.LoadBalancers), maps.Clone(v.Tags)
		all[n] = v
	}
	return all
}

// TargetHealth returns the targets of a target group by its ARN, in the order of id and port. Code: TargetGroupNotFound.
func (w *World) TargetHealth(arn string) ([]TargetHealth, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.targetGroup(arn)
	if err != nil {
		return nil, err
	}
	var all []TargetHealth
	for _, s := range g.pool.Targets() {
		all = append(all, TargetHealth{
			ID: s.ID, Port: s.Port, Zone: s.Zone, State: s.State, Reason: s.Reason, Description: s.Description,
		})
	}
	return all, nil
}

// RegisterTargets adds targets to a target group. Only what runs in the account can be reached: an address where
// nothing listens becomes unhealthy. Codes: TargetGroupNotFound, InvalidTarget.
func (w *World) RegisterTargets(arn string, targets []Target) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.targetGroup(arn)
	if err != nil {
		return err
	}
	var wanted []traffic.Target
	for _, t := range targets {
		found := traffic.Target{ID: t.ID, Port: cmp.Or(t.Port, g.Port), Zone: t.Zone}
		if g.TargetType == "instance" {
			i := w.instanceByID(t.ID)
			if i == nil || i.State != Running {
				return refuse("InvalidTarget", "The following targets are not in a running state and cannot be registered: '%s'", t.ID)
			}
			found.Zone = i.Zone
		}
		for _, task := range w.tasks {
			if task.program != nil && task.LastStatus != TaskStopped && task.answersTo(found.ID, found.Port) {
				found.Zone, found.Addr = task.Zone, task.program.Addr()
			}
		}
		wanted = append(wanted, found)
	}
	for _, t := range wanted {
		g.pool.Register(t, false)
	}
	w.sever()
	return nil
}

// DeregisterTargets has targets drain and leave. Codes: TargetGroupNotFound, InvalidTarget.
func (w *World) DeregisterTargets(arn string, targets []Target) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.targetGroup(arn)
	if err != nil {
		return err
	}
	for _, t := range targets {
		there := 0
		for _, s := range g.pool.Targets() {
			if s.ID == t.ID && (t.Port == 0 || t.Port == s.Port) {
				g.pool.Deregister(s.ID, s.Port)
				there++
			}
		}
		if there == 0 {
			return refuse("InvalidTarget", "The target '%s' is not registered in target group '%s'", t.ID, g.Name)
		}
	}
	return nil
}

func (t *task) answersTo(id string, port int) bool {
	return t.PrivateIP != "" && t.PrivateIP == id && t.Container.Port == port ||
		t.InstanceID != "" && t.InstanceID == id && t.Container.HostPort == port
}

func (w *World) targetGroup(arn string) (*targetGroup, error) {
	for _, g := range w.targetGroups {
		if g.ARN == arn {
			return g, nil
		}
	}
	return nil, refuse("TargetGroupNotFound", "Target groups '%s' not found", arn)
}

func (w *World) instanceByID(id string) *instance {
	for _, i := range w.instances {
		if i.ID == id {
			return i
		}
	}
	return nil
}

func (w *World) arn(service, tail string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, w.account.Region, w.account.ID, tail)
}

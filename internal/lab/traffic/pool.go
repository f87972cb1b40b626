package traffic

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The states of a target, and the reasons for them, by AWS's names.
const (
	Initial   = "initial"
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
	Unused    = "unused"

	reasonRegistering  = "Elb.RegistrationInProgress"
	reasonChecking     = "Elb.InitialHealthChecking"
	reasonMismatch     = "Target.ResponseCodeMismatch"
	reasonTimeout      = "Target.Timeout"
	reasonFailed       = "Target.FailedHealthChecks"
	reasonDeregistered = "Target.DeregistrationInProgress"
	reasonInvalid      = "Target.InvalidState"
)

// PoolOptions is a target group's configuration.
type PoolOptions struct {
	HealthPath          string
	Interval, Timeout   time.Duration
	Healthy, Unhealthy  int // consecutive checks that change a target's state
	DeregistrationDelay time.Duration
}

// Target is an address to send requests to.
type Target struct {
	ID   string // what AWS calls it: a private IP or an instance id
	Port int    // what AWS calls its port
	Zone string
	Addr string // where it really listens; empty where nothing does
}

// TargetState is a target and how it is.
type TargetState struct {
	Target
	State, Reason, Description string
	Since                      time.Time // of the state
}

// Pool is a target group: targets, their health, and whose turn it is.
type Pool struct {
	options PoolOptions
	turn    atomic.Uint64
	active  atomic.Pointer[[]*target] // those that get requests; replaced, never changed

	mu      sync.Mutex
	targets []*target // in the order of ID and port
	closed  bool
	checks  sync.WaitGroup
}

type target struct {
	Target
	upstreams
	cut atomic.Pointer[Cut] // nil where all packets arrive

	// The rest is guarded by the pool's lock.
	state, reason, description string
	since                      time.Time
	passed, failed             int                // consecutive checks
	established                bool               // and not seen healthy yet
	stop                       context.CancelFunc // of its health checks
	leaves                     *time.Timer        // the end of its draining
}

// NewPool returns a pool without targets.
func NewPool(o PoolOptions) *Pool {
	p := &Pool{options: o}
	p.active.Store(&[]*target{})
	return p
}

// Register adds a target and begins to check it. A target that is draining is taken back, one that is there stays as it is.
// An established target, one that was there long before anybody looked, becomes healthy with its first passed check,
// and is checked without pause until then.
func (p *Pool) Register(t Target, established bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, there := p.find(t.ID, t.Port)
	if p.closed || there && p.targets[i].state != Draining {
		return
	}
	if there {
		p.remove(i)
	}
	added := &target{Target: t, established: established}
	p.targets = slices.Insert(p.targets, i, added)
	p.enter(added, Initial, reasonRegistering, "Target registration is in progress")
	ctx, stop := context.WithCancel(context.Background())
	added.stop = stop
	p.checks.Go(func() { p.watch(ctx, added) })
}

// Deregister has a target drain: no new requests at once, and after the deregistration delay it is gone, with
// whatever was still under way. It reports whether the target was there.
func (p *Pool) Deregister(id string, port int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, there := p.find(id, port)
	if !there {
		return false
	}
	t := p.targets[i]
	if t.state == Draining || p.closed {
		return true
	}
	t.stop()
	p.enter(t, Draining, reasonDeregistered, "Target deregistration is in progress")
	t.leaves = time.AfterFunc(p.options.DeregistrationDelay, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if i := slices.Index(p.targets, t); i >= 0 {
			p.remove(i)
		}
	})
	return true
}

// Invalidate marks a target as unused, because the instance that it is has left the running state.
func (p *Pool) Invalidate(id string, port int, state string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, there := p.find(id, port)
	if !there || p.targets[i].state == Draining {
		return
	}
	p.targets[i].stop()
	p.enter(p.targets[i], Unused, reasonInvalid, "Target is in the "+state+" state")
}

// Cut says from where packets to a target, or the answers to them, get lost.
type Cut struct {
	Zones      []string // of the load balancers' nodes
	Everywhere bool     // no node reaches it, so its health checks do not either
}

func (c *Cut) from(zone string) bool { return c != nil && slices.Contains(c.Zones, zone) }

// Cut has packets to a target get lost from now on, or arrive again where c is empty.
func (p *Pool) Cut(id string, port int, c Cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, there := p.find(id, port)
	switch {
	case !there:
	case len(c.Zones) == 0:
		p.targets[i].cut.Store(nil)
	default:
		p.targets[i].cut.Store(&c)
	}
}

// Targets returns every target, by id and port.
func (p *Pool) Targets() []TargetState {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]TargetState, len(p.targets))
	for i, t := range p.targets {
		all[i] = TargetState{Target: t.Target, State: t.state, Reason: t.reason, Description: t.description, Since: t.since}
	}
	return all
}

// Close drops every target and waits until nothing is checked any more.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	for len(p.targets) > 0 {
		p.remove(0)
	}
	p.mu.Unlock()
	p.checks.Wait()
}

func (p *Pool) find(id string, port int) (int, bool) {
	return slices.BinarySearchFunc(p.targets, Target{ID: id, Port: port}, func(t *target, wanted Target) int {
		return cmp.Or(strings.Compare(t.ID, wanted.ID), t.Port-wanted.Port)
	})
}

func (p *Pool) remove(i int) {
	t := p.targets[i]
	t.stop()
	if t.leaves != nil {
		t.leaves.Stop()
	}
	p.targets = slices.Delete(p.targets, i, i+1)
	p.elect()
	t.close()
}

func (p *Pool) enter(t *target, state, reason, description string) {
	if t.state != state {
		t.since = time.Now()
	}
	t.state, t.reason, t.description = state, reason, description
	p.elect()
}

// elect settles who gets requests: the healthy, or, where nobody is, everybody who might be (fail open).
func (p *Pool) elect() {
	var healthy, others []*target
	for _, t := range p.targets {
		switch t.state {
		case Healthy:
			healthy = append(healthy, t)
		case Initial, Unhealthy:
			others = append(others, t)
		}
	}
	if len(healthy) == 0 {
		healthy = others
	}
	p.active.Store(&healthy)
}

// pick returns whose turn it is, nil where nobody can be asked.
func (p *Pool) pick() *target {
	active := *p.active.Load()
	if len(active) == 0 {
		return nil
	}
	return active[p.turn.Add(1)%uint64(len(active))]
}

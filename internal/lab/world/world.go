// Package world is the inside of the lab's AWS account: everything that exists behind the wire.
//
// It keeps EC2 instances and networks, Auto Scaling groups, ECS clusters and load balancers, moves them through their states in
// real time, and heals what it can, as AWS does:
//
//	verb (TerminateInstances, StopTask, ...) ─► state ◄─ tick: instances ─► groups ─► tasks ─► services ─► targets
//
// A verb changes state and returns; the tick, a few dozen times a second, looks at the whole world and moves everything
// that is due. Nothing else acts, so the order of events does not depend on chance.
//
// Tasks and agents reach what lies outside of their subnet as reach says, and only there is that decided:
//
//	task, agent ─► resolver, DNS Firewall ─► network ACLs ─► route table ─► NAT gateway ─► internet gateway ─► third parties, AWS
//	                                                              └───────► VPC endpoints ───────────────────────────────► AWS
//
// Every exported method is safe for concurrent use. What it returns is a copy of the world as it was at that moment, in an
// order that does not change from call to call. What AWS would refuse is refused with an *Error.
package world

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gameday/internal/lab/logs"
	"gameday/internal/lab/metrics"
	"gameday/internal/lab/outside"
	"gameday/internal/lab/topology"
	"gameday/internal/lab/traffic"
)

// beat is how often the world looks whether anything is due.
const beat = 25 * time.Millisecond

// remembered is how long what has ended stays visible, as on AWS.
const remembered = time.Hour

// World is a simulated AWS account.
type World struct {
	topology *topology.Topology
	store    *metrics.Store
	log      *slog.Logger
	account  Account

	mu           sync.Mutex
	ids          ids
	vpc          VPC
	subnets      []*subnet
	network      network
	outsiders    map[string]outsider // by host name
	aws          string              // where AWS's own services listen
	formerly     []networkVersion    // the oldest first
	servers      []*outside.Server
	logs         logs.Store
	instances    []*instance // in the order of launch
	groups       []*group
	clusters     []*cluster
	providers    []CapacityProvider
	hosts        []*host // container instances, in the order of registration
	definitions  []TaskDefinition
	services     []*service
	tasks        []*task // in the order of creation
	balancers    []*balancer
	targetGroups []*targetGroup
	firewall     firewall
	scheduler    scheduler

	alive context.Context // what tasks do in the background ends with it
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// New builds the account that t describes, as if it had been running for a while: its instances are up, its
// tasks run, its load balancers listen. Close it.
func New(t *topology.Topology, store *metrics.Store, log *slog.Logger) (*World, error) {
	w := &World{
		topology: t, store: store, log: log, ids: ids{seed: t.Account},
		account: Account{ID: t.Account, Region: t.Region, User: fmt.Sprintf("arn:aws:iam::%s:user/gameday", t.Account)},
	}
	ctx, stop := context.WithCancel(context.Background())
	w.alive, w.stop = ctx, stop
	w.addScheduleGroup(DefaultScheduleGroup, time.Now().Add(-age))
	if err := w.build(time.Now().Add(-age)); err != nil {
		w.Close()
		return nil, err
	}
	store.Collect(w.measure)
	store.Collect(w.scaleServices)
	w.ended.Go(func() { w.run(ctx) })
	return w, nil
}

func (w *World) run(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.mu.Lock()
			w.tick(time.Now())
			w.mu.Unlock()
		}
	}
}

// tick moves everything that is due.
func (w *World) tick(now time.Time) {
	w.observe()
	w.moveGateways(now)
	for _, i := range w.instances {
		w.moveInstance(i, now)
	}
	for _, g := range w.groups {
		w.reconcileGroup(g, now)
	}
	for _, h := range w.hosts {
		w.moveHost(h, now)
	}
	for _, t := range w.tasks {
		w.moveTask(t, now)
		w.deliver(t, now)
	}
	for _, s := range w.services {
		w.reconcileService(s, now)
	}
	w.moveFirewall(now)
	w.moveSchedules(now)
	w.forget(now.Add(-remembered))
}

// Close stops the world: nothing of it listens, runs or changes any more.
func (w *World) Close() {
	w.stop()
	w.ended.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.balancers {
		b.proxy.Close()
	}
	for _, g := range w.targetGroups {
		g.pool.Close()
	}
	for _, s := range w.servers {
		s.Close()
	}
	for _, t := range w.tasks {
		if t.program != nil {
			t.program.Kill()
		}
	}
	for _, t := range w.tasks {
		if t.program != nil {
			<-t.program.Done()
		}
	}
}

// Account says whose account this is.
func (w *World) Account() Account { return w.account }

// WaitSteady returns once every service has all its tasks running and all its targets healthy. When ctx ends before,
// the error says what is still missing.
func (w *World) WaitSteady(ctx context.Context) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		missing := w.missing()
		if missing == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the lab to be steady: %s: %w", missing, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

func (w *World) missing() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.observe()
	for _, s := range w.services {
		healthy := 0
		for _, t := range w.tasksOf(s) {
			if t.LastStatus == TaskRunning && t.program != nil && t.health() == traffic.Healthy {
				healthy++
			}
		}
		if desired := w.desired(s); healthy < desired {
			missing := fmt.Sprintf("%d of %d tasks of service %s are healthy", healthy, desired, s.Name)
			if len(s.Events) > 0 {
				missing += "; its last event: " + s.Events[0].Message
			}
			if word := w.lastWord(s); word != "" {
				missing += "; the last word of one of its tasks: " + word
			}
			return missing
		}
	}
	return ""
}

// lastWord is what the latest task of a service that has ended had to say: what it printed, or why it did not start.
func (w *World) lastWord(s *service) (word string) {
	for _, t := range w.tasks {
		if t.service == s && t.LastStatus == TaskStopped {
			word = cmp.Or(t.lines.lastWord(), t.Container.Reason, word)
		}
	}
	return word
}

// forget drops what ended before.
func (w *World) forget(before time.Time) {
	w.tasks = keep(w.tasks, func(t *task) bool { return t.LastStatus != TaskStopped || t.Stopped.After(before) })
	w.instances = keep(w.instances, func(i *instance) bool { return i.State != Terminated || i.ended.After(before) })
	w.hosts = keep(w.hosts, func(h *host) bool { return h.Status != "INACTIVE" })
}

// keep returns the elements of list that are wanted, in their order, and list itself where all of them are.
func keep[T any](list []T, wanted func(T) bool) []T {
	for i, v := range list {
		if wanted(v) {
			continue
		}
		kept := append([]T{}, list[:i]...)
		for _, v := range list[i+1:] {
			if wanted(v) {
				kept = append(kept, v)
			}
		}
		return kept
	}
	return list
}

func refuse(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

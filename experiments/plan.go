package experiments

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/internal/deadman"
	"gameday/internal/elb"
	"gameday/internal/load"
)

// Plan is one experiment with everything settled that can be settled before it begins: who acts, which targets,
// which steps in which order, what speaks against it.
type Plan struct {
	Experiment *Experiment
	File       *File
	Seed       uint64
	Speed      float64
	Identity   cloud.Identity
	Steps      []PlannedStep // in the order in which they are done
	Groups     []injectors.Population
	Targets    []injectors.Target
	Impacts    []injectors.Impact // each once, however many injects have it
	LeftOut    []injectors.LeftOut
	Warnings   []string             // likewise
	Loads      map[string]load.Spec // by the load's name
	Traffic    map[string]Traffic   // likewise: what was settled of them
	Expiring   string               // why the credentials may end before the undo has; the plan is not run then

	behind map[any][]*Inject // whose an impact or a warning is
}

// PlannedStep is one step, and which inject wants it.
type PlannedStep struct {
	N      int // its number in plan, journal and report, from 1
	Inject *Inject
	Step   injectors.Step
	About  injectors.Description
}

// ReachesOutside reports whether a step changes what is not on AWS, and so not in a lab either.
func (p *Plan) ReachesOutside() bool {
	return slices.ContainsFunc(p.Steps, func(s PlannedStep) bool { return s.Inject.Kind.Outside })
}

// Refusal is why an experiment is not run although its file is in order: a guard, or nothing to target.
type Refusal struct {
	Rule string // the guard's rule, "" where no rule was asked
	Text string
}

func (r *Refusal) Error() string {
	if r.Rule == "" {
		return r.Text
	}
	return fmt.Sprintf("the guard refused (%s): %s", r.Rule, r.Text)
}

// MakePlan resolves targets and checks the guard, the permissions and that every probe can look. It changes nothing.
// The same seed and the same inventory give the same plan. A *Refusal says that the experiment must not run; any
// other error, that AWS could not be asked.
func MakePlan(ctx context.Context, env *cloud.Env, file *File, e *Experiment, seed uint64, speed float64) (*Plan, error) {
	id, err := cloud.Identify(ctx, env)
	if err != nil {
		return nil, err
	}
	p := &Plan{Experiment: e, File: file, Seed: seed, Speed: speed, Identity: id, Loads: map[string]load.Spec{}, Traffic: map[string]Traffic{}}
	if err := e.Guard.admits(id); err != nil {
		return nil, err
	}
	if err := p.aim(ctx, env); err != nil {
		return nil, err
	}
	env = p.idle(env)
	for i := range e.Injects {
		if err := p.add(ctx, env, &e.Injects[i]); err != nil {
			return nil, err
		}
	}
	p.order()
	if id := p.overlapping(); id != "" {
		return nil, &Refusal{Text: fmt.Sprintf("two injects target %s: give them targets of their own", id)}
	}
	if err := e.Guard.allows(p); err != nil {
		return nil, err
	}
	if err := p.rehearse(ctx, env); err != nil {
		return nil, err
	}
	p.outlast(ctx, env)
	p.foresee()
	return p, nil
}

// add plans one inject. Its random picks depend on the seed and on its own address in the file only, so that adding
// another inject does not change them.
func (p *Plan) add(ctx context.Context, env *cloud.Env, i *Inject) error {
	address := fnv.New64a()
	address.Write([]byte(i.ID()))
	scope := injectors.Scope{
		Rand:        rand.New(rand.NewPCG(p.Seed, address.Sum64())),
		RequireTags: p.Experiment.Guard.RequireTags,
	}
	planned, err := i.Injector.Plan(ctx, env, scope)
	if err != nil {
		return fmt.Errorf("plan %s: %w", i.ID(), err)
	}
	if len(planned.Steps) == 0 {
		return &Refusal{Text: fmt.Sprintf("%s has nothing to target", i.ID())}
	}
	for _, s := range planned.Steps {
		p.Steps = append(p.Steps, PlannedStep{Inject: i, Step: s, About: s.Describe()})
	}
	p.Targets = append(p.Targets, planned.Targets...)
	for _, impact := range planned.Impacts {
		p.Impacts = bring(p, p.Impacts, impact, i)
	}
	p.LeftOut = append(p.LeftOut, planned.LeftOut...)
	for _, text := range planned.Warnings {
		p.Warnings = bring(p, p.Warnings, text, i)
	}
	for _, g := range planned.Groups {
		if !slices.Contains(p.Groups, g) {
			p.Groups = append(p.Groups, g)
		}
	}
	return nil
}

// bring adds what an inject brings along, unless it has been said.
func bring[T comparable](p *Plan, all []T, one T, i *Inject) []T {
	if p.behind == nil {
		p.behind = map[any][]*Inject{}
	}
	if !slices.Contains(p.behind[one], i) {
		p.behind[one] = append(p.behind[one], i)
	}
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// Behind are the numbers of the steps that have an impact or a warning; none where no other steps could.
func (p *Plan) Behind(said any) []int {
	var steps []int
	for _, s := range p.Steps {
		if slices.Contains(p.behind[said], s.Inject) {
			steps = append(steps, s.N)
		}
	}
	if len(p.Experiment.Injects) < 2 {
		return nil
	}
	return steps
}

// order numbers the steps by the time at which they are due.
func (p *Plan) order() {
	slices.SortStableFunc(p.Steps, func(a, b PlannedStep) int { return int(a.Inject.Start - b.Inject.Start) })
	for i := range p.Steps {
		p.Steps[i].N = i + 1
	}
}

// Permissions lists every IAM action that the run needs, sorted, each once.
func (p *Plan) Permissions() []string {
	actions := []string{"sts:GetCallerIdentity"}
	for _, s := range p.Steps {
		actions = append(actions, s.About.Permissions...)
		actions = append(actions, slices.DeleteFunc(slices.Clone(s.Inject.Kind.Permissions), changes)...)
	}
	for _, probe := range p.Experiment.Probes {
		actions = append(actions, probe.Kind.Permissions...)
	}
	if p.Experiment.Guard.DeadMan != "" {
		actions = append(actions, deadman.Permissions()...)
	}
	for _, l := range p.Experiment.Loads {
		if l.LoadBalancer != "" {
			actions = append(actions, elb.ListenerPermissions[:]...)
		}
		if l.Rate == attr.Current {
			actions = append(actions, elb.PresentPermissions()...)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// changes reports whether an IAM action changes anything. A kind may change more than its planned steps do.
func changes(action string) bool {
	_, call, _ := strings.Cut(action, ":")
	return !strings.HasPrefix(call, "Describe") && !strings.HasPrefix(call, "List") && !strings.HasPrefix(call, "Get")
}

// overlapping names a target that two injects want, "" if none is: what the one did, the other would find done.
func (p *Plan) overlapping() string {
	seen := make([]string, 0, len(p.Targets))
	for _, t := range p.Targets {
		if slices.Contains(seen, t.ID) {
			return t.ID
		}
		seen = append(seen, t.ID)
	}
	return ""
}

// FaultPhase is how long the fault phase takes if nothing stops it and doing the steps takes no time.
func (e *Experiment) FaultPhase() time.Duration {
	d := e.Observe
	for _, i := range e.Injects {
		d = max(d, i.Start+e.watched(&i))
	}
	return d
}

// watched is how long the fault phase goes on once an inject has been done.
func (e *Experiment) watched(i *Inject) time.Duration {
	var rise, rest time.Duration
	if g, is := i.Injector.(injectors.Gradual); is {
		rise, rest = g.Course()
	}
	return rise + max(rest, i.Duration, e.Observe)
}

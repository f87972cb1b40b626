package instancekill

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/wire"
	"gameday/internal/lab/world"
)

// account is a lab, and a run in it.
type account struct {
	*lab.Lab
	env *cloud.Env
}

func open(t *testing.T, o lab.Options) account {
	t.Helper()
	l, err := lab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	e := l.Environment()
	env, err := cloud.Open(t.Context(), cloud.Options{
		Endpoint: l.Endpoint(), Region: e["AWS_REGION"], Key: e["AWS_ACCESS_KEY_ID"], Secret: e["AWS_SECRET_ACCESS_KEY"],
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	env.RunID, env.Poll = "run-1", 50*time.Millisecond
	return account{l, env}
}

func mixed(t *testing.T) account {
	t.Helper()
	return open(t, lab.Options{Topology: "testdata/mixed.hcl"})
}

// patience is for waits that end as soon as they may.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func scope(seed uint64, tags map[string]string) injectors.Scope {
	return injectors.Scope{Rand: rand.New(rand.NewPCG(seed, 0)), RequireTags: tags}
}

// plan plans and insists that there is a plan.
func (a account) plan(t *testing.T, k *InstanceKill) *injectors.Plan {
	t.Helper()
	p, err := k.Plan(patience(t), a.env, scope(1, nil))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// step plans a single step and reads it back from the journal.
func (a account) step(t *testing.T, k *InstanceKill) *Step {
	t.Helper()
	p := a.plan(t, k)
	if len(p.Steps) != 1 {
		t.Fatalf("planned %v", p.Steps)
	}
	return journaled(t, p.Steps[0])
}

// journaled is a step as a later process reads it back.
func journaled(t *testing.T, planned injectors.Step) *Step {
	t.Helper()
	line, err := json.Marshal(planned)
	if err != nil {
		t.Fatal(err)
	}
	s := &Step{}
	if err := json.Unmarshal(line, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (a account) instance(t *testing.T, id string) world.Instance {
	t.Helper()
	all := a.World.Instances()
	at := slices.IndexFunc(all, func(i world.Instance) bool { return i.ID == id })
	if at < 0 {
		t.Fatalf("no instance %s", id)
	}
	return all[at]
}

// in returns the ids of a group's instances that have not been terminated, sorted.
func (a account) in(group string) []string {
	var ids []string
	for _, i := range a.World.Instances() {
		if i.Group == group && i.State != world.Terminated && i.State != world.ShuttingDown {
			ids = append(ids, i.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// writes are the calls that changed something.
func (a account) writes() []string {
	var all []string
	for _, c := range a.Calls() {
		if c.Write && !c.DryRun {
			all = append(all, c.Service+":"+c.Action)
		}
	}
	return all
}

// undeclared are the calls that the kind does not list among its permissions.
func undeclared(calls []wire.Call, declared []string) []string {
	var all []string
	for _, c := range calls {
		if name := c.Service + ":" + c.Action; !slices.Contains(declared, name) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// eventually waits for something that happens by itself.
func (a account) eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	err := cloud.Wait(patience(t), a.env, what, func(context.Context) (string, bool, error) { return "", happened(), nil })
	if err != nil {
		t.Fatal(err)
	}
}

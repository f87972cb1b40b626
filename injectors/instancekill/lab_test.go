package instancekill

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gameday/injectors"
	"gameday/internal/cloud"
	"gameday/internal/lab"
	"gameday/internal/lab/world"
	"gameday/internal/labtest"
)

// account is a lab, and a run in it.
type account struct {
	*lab.Lab
	env *cloud.Env
}

func open(t *testing.T, o lab.Options) account {
	t.Helper()
	l, env := labtest.Start(t, o)
	env.RunID, env.Poll = "run-1", 50*time.Millisecond
	return account{l, env}
}

func mixed(t *testing.T) account {
	t.Helper()
	return open(t, lab.Options{Topology: "testdata/mixed.hcl"})
}

func scope(seed uint64, tags map[string]string) injectors.Scope {
	return injectors.Scope{Rand: rand.New(rand.NewPCG(seed, 0)), RequireTags: tags}
}

// plan plans and insists that there is a plan.
func (a account) plan(t *testing.T, k *InstanceKill) *injectors.Plan {
	t.Helper()
	p, err := k.Plan(labtest.Patience(t), a.env, scope(1, nil))
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

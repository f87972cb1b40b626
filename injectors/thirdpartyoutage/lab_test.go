package thirdpartyoutage

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

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

func open(t *testing.T, weaknesses ...string) account {
	t.Helper()
	l, env := labtest.Start(t, lab.Options{Topology: "testdata/network.hcl", Weaknesses: weaknesses})
	env.RunID, env.Poll = "run-1", 25*time.Millisecond
	env.AWS.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 2, time.Millisecond })
	}
	return account{l, env}
}

// as is the account for another run in it.
func (a account) as(run string) account {
	env := *a.env
	env.RunID = run
	return account{a.Lab, &env}
}

// patience is for waits that end as soon as they may.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func scope() injectors.Scope { return injectors.Scope{Rand: rand.New(rand.NewPCG(1, 0))} }

func (a account) plan(t *testing.T, o *ThirdPartyOutage) *injectors.Plan {
	t.Helper()
	outage := *o // which tests share
	if outage.Response == "" {
		outage.Response = NXDomain
	}
	p, err := outage.Plan(patience(t), a.env, scope())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// step plans a single step, and reads it back as the journal would.
func (a account) step(t *testing.T, o *ThirdPartyOutage) *Step {
	t.Helper()
	p := a.plan(t, o)
	if len(p.Steps) != 1 {
		t.Fatalf("planned %v", p.Steps)
	}
	line, err := json.Marshal(p.Steps[0])
	if err != nil {
		t.Fatal(err)
	}
	s := &Step{}
	if err := json.Unmarshal(line, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (a account) do(t *testing.T, s injectors.Step) {
	t.Helper()
	if err := s.Do(patience(t), a.env); err != nil {
		t.Fatal(err)
	}
}

func (a account) undo(t *testing.T, s injectors.Step) {
	t.Helper()
	if err := s.Undo(patience(t), a.env); err != nil {
		t.Fatal(err)
	}
}

func (a account) subnet(t *testing.T, name string) world.Subnet {
	t.Helper()
	all := a.World.Subnets()
	at := slices.IndexFunc(all, func(s world.Subnet) bool { return s.Tags["Name"] == name })
	if at < 0 {
		t.Fatalf("no subnet %s", name)
	}
	return all[at]
}

// reaches reports whether a host is reached from a subnet.
func (a account) reaches(t *testing.T, subnet, host string) bool {
	t.Helper()
	r, err := a.World.Reach(a.subnet(t, subnet).ID, host)
	if err != nil {
		t.Fatal(err)
	}
	return r.OK()
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

// undeclared are the calls that are not among the permissions.
func (a account) undeclared(declared []string) []string {
	var all []string
	for _, c := range a.Calls() {
		if name := c.Service + ":" + c.Action; !slices.Contains(declared, name) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

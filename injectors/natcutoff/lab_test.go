package natcutoff

import (
	"math/rand/v2"
	"testing"

	"gameday/injectors"
	"gameday/internal/lab"
	"gameday/internal/labtest"
)

// account is a lab, and a run in it.
type account struct{ labtest.Account }

func open(t *testing.T, weaknesses ...string) account {
	t.Helper()
	return account{labtest.Open(t, lab.Options{Topology: "testdata/network.hcl", Weaknesses: weaknesses})}
}

func scope() injectors.Scope { return injectors.Scope{Rand: rand.New(rand.NewPCG(1, 0))} }

func (a account) plan(t *testing.T, c *NATCutoff) *injectors.Plan {
	t.Helper()
	if c.Method == "" {
		c.Method = Route
	}
	p, err := c.Plan(labtest.Patience(t), a.Env, scope())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// step plans to cut one subnet off, and reads the step back as the journal would.
func (a account) step(t *testing.T, method, subnet string) *Step {
	t.Helper()
	p := a.plan(t, &NATCutoff{Method: method, Subnets: []string{subnet}})
	if len(p.Steps) != 1 {
		t.Fatalf("planned %v", p.Steps)
	}
	return labtest.Journaled[Step](t, p.Steps[0])
}

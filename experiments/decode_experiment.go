package experiments

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
)

// Why a sensitive value is refused.
const (
	shown     = "This value is shown in plans and reports, so it cannot be a secret. Sensitive values may be used in load blocks and in the attributes of a probe's own kind."
	journaled = "What an inject will do is written to the journal, so that any later process can undo it. Let the command read the secret from its environment or from a file."
)

// experimentBlock is the body of `experiment "name" {}`.
type experimentBlock struct {
	Description string             `hcl:"description,optional"`
	Baseline    attr.Duration      `hcl:"baseline,optional"`
	Observe     attr.Duration      `hcl:"observe,optional"`
	Recovery    attr.Duration      `hcl:"recovery,optional"`
	Guard       *guardBlock        `hcl:"guard,block"`
	Loads       []*hclsyntax.Block `hcl:"load,block"`
	Injects     []*hclsyntax.Block `hcl:"inject,block"`
	Probes      []*hclsyntax.Block `hcl:"probe,block"`
}

// Validate says what is wrong beyond types.
func (e *experimentBlock) Validate() []attr.Problem {
	return positive(map[string]attr.Duration{"baseline": e.Baseline, "observe": e.Observe, "recovery": e.Recovery})
}

// positive says which of the durations are zero.
func positive(durations map[string]attr.Duration) (problems []attr.Problem) {
	for name, d := range durations {
		if d.Std() == 0 {
			problems = append(problems, attr.Problem{Attr: name, Summary: fmt.Sprintf("Wrong value for %q", name), Detail: "It must be longer than 0s."})
		}
	}
	return problems
}

// experiment decodes one experiment block. Where there are mistakes, what they are about may be missing from it.
func (r *reader) experiment(b *hclsyntax.Block) *Experiment {
	block := experimentBlock{Baseline: "1m", Observe: "5m", Recovery: "10m"}
	r.decode(placeOf(b), target{into: &block, private: shown})
	e := &Experiment{
		Name: b.Labels[0], Description: block.Description, Range: b.DefRange(),
		Baseline: r.lasting(block.Baseline), Observe: r.lasting(block.Observe), Recovery: r.lasting(block.Recovery),
		Guard: block.Guard.guard(),
	}
	loads, injects, probes := map[string]hcl.Range{}, map[string]hcl.Range{}, map[string]hcl.Range{}
	for _, b := range block.Loads {
		if r.addressed(loads, b, "NAME") {
			e.Loads = append(e.Loads, r.load(b))
		}
	}
	for _, b := range block.Injects {
		if r.addressed(injects, b, "KIND", "NAME") {
			i := r.inject(b)
			r.ofLoad(b, i.Injector, loads)
			e.Injects = append(e.Injects, i)
		}
	}
	for _, b := range block.Probes {
		if r.addressed(probes, b, "KIND", "NAME") {
			p := r.probe(b)
			r.ofLoad(b, p.Probe, loads)
			e.Probes = append(e.Probes, p)
		}
	}
	if r.torn {
		return e
	}
	if len(block.Probes) == 0 {
		r.mistake(b.DefRange(), fmt.Sprintf("Experiment %q has no probe", e.Name), "Nothing says what must stay true, so there is nothing to judge it by. Add a probe block.")
	}
	if len(block.Injects) == 0 {
		r.report(&hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: fmt.Sprintf("Experiment %q has no inject", e.Name),
			Detail: "Nothing goes wrong in it: it only watches whether the steady state holds, and is inconclusive where it does.", Subject: b.DefRange().Ptr()})
	}
	return e
}

// addressed reports whether a block has the labels that make its address, and whether no other one has the same.
// Where it has not, its expressions are looked through all the same.
func (r *reader) addressed(seen map[string]hcl.Range, b *hclsyntax.Block, labels ...string) bool {
	if !r.labelled(b, labels...) {
		r.evaluateAll(b.Body)
		return false
	}
	address := strings.Join(b.Labels, ".")
	if first, taken := seen[address]; taken {
		r.mistake(b.DefRange(), fmt.Sprintf("Duplicate %s %q", b.Type, address), fmt.Sprintf("It has the same name as the one in line %d. Give it another.", first.Start.Line))
		return true
	}
	seen[address] = b.DefRange()
	return true
}

// lasting is how long d really lasts at the speed that was asked for.
func (r *reader) lasting(d attr.Duration) time.Duration { return d.Scale(r.o.Speed).Std() }

// quicken divides the durations in a decoded kind by the speed that was asked for.
func (r *reader) quicken(kind any) { scale(reflect.ValueOf(kind), r.o.Speed) }

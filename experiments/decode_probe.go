package experiments

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/attr"
)

// probeBlock is what all probes have in common.
type probeBlock struct {
	Every       attr.Duration        `hcl:"every,optional"`
	Max         hclsyntax.Expression `hcl:"max,optional"`
	Min         hclsyntax.Expression `hcl:"min,optional"`
	Unchanged   bool                 `hcl:"unchanged,optional"`
	Confidence  *float64             `hcl:"confidence,optional"`
	Margin      hclsyntax.Expression `hcl:"margin,optional"`
	Allow       attr.Duration        `hcl:"allow,optional"`
	OnViolation string               `hcl:"on_violation,optional"`
	Proof       bool                 `hcl:"proof,optional"`
}

const defaultConfidence = 0.99

// Validate says what is wrong beyond types. Bounds are another matter: what they may be depends on the kind.
func (p *probeBlock) Validate() []attr.Problem {
	problems := positive(map[string]attr.Duration{"every": p.Every})
	say := func(name, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: fmt.Sprintf("Wrong value for %q", name), Detail: detail})
	}
	if c := p.Confidence; c != nil && (*c <= 0.5 || *c >= 1) {
		say("confidence", "It must be more than 0.5 and less than 1, like 0.99.")
	}
	if p.OnViolation != "stop" && p.OnViolation != "continue" {
		say("on_violation", "It must be \"stop\" (end the fault phase and roll back) or \"continue\" (measure on).")
	}
	if p.Confidence != nil && !p.Unchanged {
		problems = append(problems, attr.Problem{Attr: "confidence", Summary: "Confidence without unchanged", Detail: "It says how sure the comparison of unchanged = true has to be. Add that, or remove confidence."})
	}
	return problems
}

func (r *reader) probe(b *hclsyntax.Block) Probe {
	block := probeBlock{Every: "10s", OnViolation: "stop"}
	outer := target{into: &block, private: shown}
	for _, kind := range r.o.Kinds.Probes {
		if kind.Name != b.Labels[0] {
			continue
		}
		p := Probe{Kind: kind, Name: b.Labels[1], Probe: kind.New(), Range: b.DefRange()}
		r.decode(placeOf(b), outer, target{into: p.Probe})
		p.Bounds = r.bounds(b, block, p.Probe.Scale())
		r.quicken(p.Probe)
		p.Every, p.Allow = r.lasting(block.Every), r.lasting(block.Allow)
		p.Stop, p.Proof = block.OnViolation == "stop", block.Proof
		p.Lines = boundLines(b)
		return p
	}
	r.unknownKind(b, probeNames(r.o.Kinds), injectorNames(r.o.Kinds))
	outer.lenient = true
	r.decode(placeOf(b), outer)
	for _, bound := range []hclsyntax.Expression{block.Max, block.Min, block.Margin} {
		if bound != nil {
			r.value(bound)
		}
	}
	return Probe{}
}

// ofLoad reports a block of a kind that is about a load which the experiment does not have; loads are those it has.
func (r *reader) ofLoad(b *hclsyntax.Block, kind any, loads map[string]hcl.Range) {
	one, ok := kind.(interface{ OfLoad() string }) // injectors.OfLoad, probes.OfLoad
	if !ok || r.torn {
		return
	}
	name, written := one.OfLoad(), b.Body.Attributes["load"]
	known := slices.Sorted(maps.Keys(loads))
	_, there := loads[name]
	switch {
	case there || name == "" && (written != nil || len(known) == 1): // a name that could not be read has been reported
	case len(known) == 0:
		r.mistake(b.DefRange(), "No load", fmt.Sprintf("%s is for a load block, and the experiment has none. Add one.", b.Labels[0]))
	case name == "":
		r.mistake(b.DefRange(), "Which load?", fmt.Sprintf("There are %s. Say which one is meant: load = %q", listed(known), known[0]))
	default:
		r.mistake(written.Expr.Range(), fmt.Sprintf("Unknown load %q", name), DidYouMean(name, known))
	}
}

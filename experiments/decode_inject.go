package experiments

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/injectors"
	"gameday/internal/attr"
)

// injectBlock is what all injects have in common.
type injectBlock struct {
	Start    attr.Duration  `hcl:"start,optional"`
	Duration *attr.Duration `hcl:"duration,optional"`
}

// Validate says what is wrong beyond types.
func (i *injectBlock) Validate() []attr.Problem {
	if i.Duration != nil {
		return positive(map[string]attr.Duration{"duration": *i.Duration})
	}
	return nil
}

func (r *reader) inject(b *hclsyntax.Block) Inject {
	block := injectBlock{Start: "0s"}
	outer := target{into: &block, private: shown}
	for _, kind := range r.o.Kinds.Injectors {
		if kind.Name != b.Labels[0] {
			continue
		}
		i := Inject{Kind: kind, Name: b.Labels[1], Injector: kind.New(), Range: b.DefRange()}
		r.decode(placeOf(b), outer, target{into: i.Injector, private: journaled})
		if a := b.Body.Attributes["duration"]; a != nil && !kind.Held {
			r.mistake(a.SrcRange, fmt.Sprintf("%s has no duration", kind.Name), "This fault happens once and is not held, so there is nothing to end. Remove duration.")
		} else if m, may := i.Injector.(injectors.Momentary); a != nil && may && m.Momentary() != "" {
			r.mistake(a.SrcRange, "Nothing for duration to end", m.Momentary())
		}
		r.quicken(i.Injector)
		i.Start = r.lasting(block.Start)
		if block.Duration != nil {
			i.Duration = r.lasting(*block.Duration)
		}
		return i
	}
	r.unknownKind(b, injectorNames(r.o.Kinds), probeNames(r.o.Kinds))
	outer.lenient = true
	r.decode(placeOf(b), outer)
	return Inject{}
}

// unknownKind reports a block whose first label is no kind; others are the kinds of the other block type.
func (r *reader) unknownKind(b *hclsyntax.Block, kinds, others []string) {
	advice := DidYouMean(b.Labels[0], kinds)
	if name := suggest(b.Labels[0], others); name != "" && suggest(b.Labels[0], kinds) == "" {
		other := map[string]string{"inject": "probe", "probe": "inject"}[b.Type]
		advice = fmt.Sprintf("%s is a kind of %s. Write: %s %q %q { ... }", name, other, other, name, b.Labels[1])
	}
	r.mistake(b.LabelRanges[0], fmt.Sprintf("Unknown kind of %s %q", b.Type, b.Labels[0]), advice)
}

func injectorNames(k Kinds) (names []string) {
	for _, kind := range k.Injectors {
		names = append(names, kind.Name)
	}
	return names
}

func probeNames(k Kinds) (names []string) {
	for _, kind := range k.Probes {
		names = append(names, kind.Name)
	}
	return names
}

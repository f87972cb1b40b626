package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// local is a named expression of a locals block. It is evaluated when it is first referred to, so that the order
// in which locals are written does not matter.
type local struct {
	attribute *hclsyntax.Attribute
	state     localState
	value     cty.Value
}

type localState int

const (
	untouched localState = iota
	underWay
	settled
)

func (r *reader) declareLocals(blocks []*hclsyntax.Block) {
	for _, b := range blocks {
		r.labelled(b)
		for _, inner := range b.Body.Blocks {
			r.mistake(inner.DefRange(), "Unexpected block", "A locals block consists of lines like: cluster = \"web\"")
			r.evaluateAll(inner.Body)
		}
		for _, a := range inOrder(b.Body.Attributes) {
			if first := r.locals[a.Name]; first != nil {
				r.mistake(a.NameRange, fmt.Sprintf("Duplicate local value %q", a.Name),
					fmt.Sprintf("It has the same name as the one in line %d. Give it another.", first.attribute.NameRange.Start.Line))
				continue
			}
			r.locals[a.Name] = &local{attribute: a}
		}
	}
}

// settleLocals evaluates the locals that nothing refers to as well, for their mistakes.
func (r *reader) settleLocals() {
	all := make([]*local, 0, len(r.locals))
	for _, l := range r.locals {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b *local) int {
		return cmp.Compare(a.attribute.SrcRange.Start.Byte, b.attribute.SrcRange.Start.Byte)
	})
	for _, l := range all {
		r.local(l)
	}
}

// local returns the value of l, unknown where its mistake has been reported.
func (r *reader) local(l *local) cty.Value {
	switch l.state {
	case settled:
		return l.value
	case underWay:
		r.mistake(l.attribute.Expr.Range(), fmt.Sprintf("Local value %q refers to itself", l.attribute.Name),
			fmt.Sprintf("It needs its own value first: %s. Break the circle.", r.circle(l)))
		return cty.DynamicVal
	}
	l.state, l.value = underWay, cty.DynamicVal
	r.chain = append(r.chain, l)
	if v, ok := r.value(l.attribute.Expr); ok {
		l.value = v
	}
	r.chain = r.chain[:len(r.chain)-1]
	l.state = settled
	return l.value
}

// circle writes down how l leads back to itself.
func (r *reader) circle(l *local) string {
	var b strings.Builder
	for _, step := range r.chain[slices.Index(r.chain, l):] {
		fmt.Fprintf(&b, "local.%s -> ", step.attribute.Name)
	}
	return b.String() + "local." + l.attribute.Name
}

// inOrder lists attributes as they are written.
func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	list := make([]*hclsyntax.Attribute, 0, len(attributes))
	for _, a := range attributes {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hclsyntax.Attribute) int { return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte) })
	return list
}

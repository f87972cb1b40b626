package experiments

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// sensitive is the mark on values that must never show. It spreads to whatever is made of them.
const sensitive = "sensitive"

// scope is what the expressions of a file may refer to.
type scope struct {
	variables map[string]*variable
	locals    map[string]*local
	functions map[string]function.Function
	chain     []*local // being evaluated, each because of the one before it
	constant  bool     // references are not allowed for now
}

// value evaluates an expression and reports its mistakes. It is not ok where there were any, here or in what
// the expression refers to: then whoever asked says nothing more.
func (r *reader) value(expr hclsyntax.Expression) (v cty.Value, ok bool) {
	r.checkCalls(expr)
	ctx := &hcl.EvalContext{Functions: r.functions, Variables: map[string]cty.Value{}}
	roots := map[string]map[string]cty.Value{}
	secret := false
	for _, t := range expr.Variables() {
		root, name, v := r.refer(t)
		secret = secret || v.ContainsMarked()
		if name == "" {
			ctx.Variables[root] = cty.DynamicVal
			continue
		}
		if roots[root] == nil {
			roots[root] = map[string]cty.Value{}
		}
		roots[root][name] = v
	}
	for root, values := range roots {
		if _, wrong := ctx.Variables[root]; !wrong {
			ctx.Variables[root] = cty.ObjectVal(values)
		}
	}
	v, diags := expr.Value(ctx)
	for _, d := range diags {
		r.evaluation(d, secret)
	}
	if diags.HasErrors() {
		return v, false
	}
	if !within(v, maxValueSize) {
		r.mistake(expr.Range(), "Value too large", "It is more than 256 KiB of text, which no experiment needs. Make it smaller.")
		return cty.DynamicVal, false
	}
	return v, v.IsWhollyKnown()
}

// evaluation reports what HCL found while it evaluated an expression. Its messages may quote values, so they are
// not repeated where a sensitive one took part.
func (r *reader) evaluation(d *hcl.Diagnostic, secret bool) {
	if _, reported := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d); reported {
		return
	}
	detail := d.Detail
	if secret {
		detail = "A sensitive value takes part in this expression, so what went wrong is not shown."
	}
	r.report(&hcl.Diagnostic{Severity: d.Severity, Summary: d.Summary, Detail: detail, Subject: d.Subject})
}

// checkCalls reports calls to functions that do not exist.
func (r *reader) checkCalls(expr hclsyntax.Expression) {
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		call, is := n.(*hclsyntax.FunctionCallExpr)
		if !is {
			return nil
		}
		if _, known := r.functions[call.Name]; !known {
			advice := "docs/language.md lists the functions that there are."
			if s := suggest(call.Name, slices.Sorted(maps.Keys(r.functions))); s != "" {
				advice = fmt.Sprintf("Did you mean %q?", s)
			}
			r.mistake(call.NameRange, fmt.Sprintf("Unknown function %q", call.Name), advice)
		}
		return nil
	})
}

// refer resolves one reference. Where it leads nowhere, that is reported and v is unknown; name is empty where
// not even that could be told.
func (r *reader) refer(t hcl.Traversal) (root, name string, v cty.Value) {
	root = t.RootName()
	at := t[0].SourceRange()
	if len(t) > 1 {
		at = hcl.RangeBetween(at, t[1].SourceRange())
		name = stepName(t[1])
	}
	switch {
	case r.constant:
		r.mistake(at, "Reference in a constant", "This value must stand on its own: it cannot refer to anything else.")
	case root != "var" && root != "local":
		name = ""
		r.mistake(at, fmt.Sprintf("Unknown reference %q", root), r.adviseOnRoot(root))
	case name == "":
		r.mistake(at, "Incomplete reference", fmt.Sprintf("Say which one is meant: %s.NAME.", root))
	case root == "var" && r.variables[name] != nil:
		return root, name, r.variables[name].value
	case root == "local" && r.locals[name] != nil:
		return root, name, r.local(r.locals[name])
	case r.torn: // it may be declared where the syntax is broken
	case root == "var":
		r.mistake(at, fmt.Sprintf("Unknown variable %q", name),
			r.adviseOnName(name, "variable", slices.Sorted(maps.Keys(r.variables)), fmt.Sprintf("Declare it: variable %q {}", name)))
	default:
		r.mistake(at, fmt.Sprintf("Unknown local value %q", name),
			r.adviseOnName(name, "local value", slices.Sorted(maps.Keys(r.locals)), fmt.Sprintf("Define it: locals { %s = ... }", name)))
	}
	return root, name, cty.DynamicVal
}

// stepName is the name after the dot, also where it is written as ["name"].
func stepName(step hcl.Traverser) string {
	switch s := step.(type) {
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString()
		}
	}
	return ""
}

func (r *reader) adviseOnRoot(root string) string {
	switch {
	case r.variables[root] != nil:
		return fmt.Sprintf("To use the variable, write var.%s. To mean the word itself, put it in quotes: %q.", root, root)
	case r.locals[root] != nil:
		return fmt.Sprintf("To use the local value, write local.%s. To mean the word itself, put it in quotes: %q.", root, root)
	}
	if s := suggest(root, []string{"var", "local"}); s != "" {
		return fmt.Sprintf("Did you mean %s.NAME?", s)
	}
	return fmt.Sprintf("Expressions can refer to var.NAME and local.NAME. Text goes in quotes: %q.", root)
}

func (r *reader) adviseOnName(name, what string, declared []string, declare string) string {
	if len(declared) == 0 {
		return fmt.Sprintf("This file has no %s. %s", what, declare)
	}
	if s := suggest(name, declared); s != "" {
		return fmt.Sprintf("Did you mean %q?", s)
	}
	return declare
}

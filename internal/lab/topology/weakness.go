package topology

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Weaknesses lists what can be switched on in a topology, in the order of the file. Errors are as Parse's.
func Weaknesses(source []byte, name string) ([]Weakness, error) {
	body, diags := syntax(source, name)
	if diags.HasErrors() {
		return nil, diags
	}
	var all []Weakness
	for _, block := range weaknessBlocks(body) {
		description, _, found := describe(block)
		diags = append(diags, found...)
		all = append(all, Weakness{Name: block.Labels[0], Description: description})
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return all, nil
}

func weaknessBlocks(body *hclsyntax.Body) []*hclsyntax.Block {
	var blocks []*hclsyntax.Block
	for _, block := range body.Blocks {
		if block.Type == "weakness" && len(block.Labels) == 1 {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// weaken applies the overrides of the named weaknesses. Those that nobody asked for are applied to a
// topology that is thrown away, so that a mistake in one shows before the day it is needed.
func (r *reader) weaken(body *hclsyntax.Body, names []string) {
	var known []string
	for _, block := range body.Blocks {
		if block.Type == "weakness" && len(block.Labels) != 1 {
			r.refuse(block.DefRange(), "Name needed", "Write it like this: weakness \"name\" { ... }")
		}
	}
	for _, block := range weaknessBlocks(body) {
		known = append(known, block.Labels[0])
		_, overrides, diags := describe(block)
		r.diags = append(r.diags, diags...)
		if slices.Contains(names, block.Labels[0]) {
			r.read(overrides)
			continue
		}
		trial := reader{topology: defaults()}
		trial.read(body)
		before := len(trial.diags)
		trial.read(overrides)
		r.diags = append(r.diags, trial.diags[before:]...)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			r.diags = append(r.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Unknown weakness",
				Detail:   "There is no weakness " + quote(name) + "." + didYouMean(name, known) + " Known here: " + strings.Join(known, ", ") + ".",
			})
		}
	}
}

// describe splits a weakness into its description and its overrides.
func describe(block *hclsyntax.Block) (string, *hclsyntax.Body, hcl.Diagnostics) {
	var own struct {
		Description string `hcl:"description"`
	}
	head := &hclsyntax.Body{Attributes: block.Body.Attributes, SrcRange: block.Body.SrcRange, EndRange: block.Body.EndRange}
	diags := gohcl.DecodeBody(head, nil, &own)
	overrides := &hclsyntax.Body{Blocks: block.Body.Blocks, SrcRange: block.Body.SrcRange, EndRange: block.Body.EndRange}
	return own.Description, overrides, diags
}

func quote(s string) string { return "\"" + s + "\"" }

// didYouMean returns a sentence with the nearest of known, or nothing where none is near.
func didYouMean(given string, known []string) string {
	for _, name := range known {
		if levenshtein.Distance(given, name, nil) <= max(2, len(name)/4) {
			return " Did you mean " + quote(name) + "?"
		}
	}
	return ""
}

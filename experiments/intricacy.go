package experiments

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// HCL's parser and evaluator call themselves for every part of an expression, and Go ends a program whose stack
// outgrows its limit. So a source is measured before it is parsed.
const (
	maxFileSize  = 256 << 10
	maxIntricacy = 10_000
	maxValueSize = maxFileSize // of what an expression comes to, for a few locals that double each other would fill the memory
)

// within reports whether a value takes no more than so many bytes, and looks no further than that.
func within(v cty.Value, most int) bool {
	for _, part := range cty.DeepValues(v) {
		plain, _ := part.Unmark()
		most -= perValue
		if plain.Type() == cty.String && plain.IsKnown() && !plain.IsNull() {
			most -= len(plain.AsString())
		}
		if most < 0 {
			return false
		}
	}
	return true
}

// perValue is what any value takes, however short its text.
const perValue = 8

// indigestible says why source cannot be parsed at all; empty where it can, without exhausting the machine.
func indigestible(source []byte) string {
	switch {
	case len(source) > maxFileSize:
		return "It is longer than 256 KiB."
	case !utf8.Valid(source):
		return "It is not text in UTF-8."
	case intricacy(source) > maxIntricacy:
		return "An expression in it goes on for more than ten thousand words, or a bracket is never closed."
	}
	return ""
}

// intricacy is the largest number of tokens that can be parts of one another: those of one expression, and of what
// it is nested in.
func intricacy(source []byte) (most int) {
	type level struct {
		tokens int  // outside of it
		lines  bool // a line's end is an expression's end
	}
	tokens, _ := hclsyntax.LexConfig(source, "", hcl.InitialPos)
	levels, n := []level{{lines: true}}, 0
	for _, t := range tokens {
		inner := levels[len(levels)-1]
		switch t.Type {
		case hclsyntax.TokenComma:
			n = inner.tokens
			continue
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
			if inner.lines && bytes.HasSuffix(t.Bytes, []byte("\n")) {
				n = inner.tokens
			}
			continue
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			if len(levels) > 1 {
				levels, n = levels[:len(levels)-1], inner.tokens
			}
		}
		n++
		most = max(most, n)
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			levels = append(levels, level{tokens: n, lines: t.Type == hclsyntax.TokenOBrace})
		}
	}
	return most
}

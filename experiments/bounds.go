package experiments

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"gameday/internal/attr"
	"gameday/probes"
)

// bounds reads what a probe's values are judged by, in the unit of its scale. They are not divided by the speed: how
// long a system takes to answer does not depend on how fast it is looked at.
func (r *reader) bounds(b *hclsyntax.Block, block probeBlock, s probes.Scale) Bounds {
	limits, known := map[string]*float64{}, true
	for _, name := range []string{"max", "min", "margin"} {
		if a := b.Body.Attributes[name]; a != nil {
			limit, ok := r.quantity(a, b.Labels[0], s.Unit)
			limits[name], known = limit, known && ok
		}
	}
	bounds := Bounds{Max: limits["max"], Min: limits["min"], Unchanged: block.Unchanged, Confidence: defaultConfidence}
	if block.Confidence != nil {
		bounds.Confidence = *block.Confidence
	}
	if margin := limits["margin"]; margin != nil {
		bounds.Margin = *margin
	}
	r.sensible(b, bounds, block, known)
	return bounds
}

// boundLines says where each bound of a probe is written.
func boundLines(b *hclsyntax.Block) map[string]int {
	lines := map[string]int{}
	for _, name := range []string{"max", "min", "unchanged"} {
		if a := b.Body.Attributes[name]; a != nil {
			lines[name] = a.SrcRange.Start.Line
		}
	}
	return lines
}

// sensible reports bounds that contradict each other or are missing; known is false where some could not be read.
func (r *reader) sensible(b *hclsyntax.Block, bounds Bounds, block probeBlock, known bool) {
	written := b.Body.Attributes
	bounded := bounds.Max != nil || bounds.Min != nil || !known
	if bounds.Min != nil && bounds.Max != nil && *bounds.Min > *bounds.Max {
		r.mistake(written["min"].Expr.Range(), "Bounds that nothing keeps", "The lower bound min is above the upper bound max. Did you mean them the other way round?")
	}
	if bounds.Margin < 0 {
		r.mistake(written["margin"].Expr.Range(), "Wrong value for \"margin\"", "It is the smallest change that matters, so it cannot be below zero.")
	}
	if block.Margin != nil && written["unchanged"] == nil {
		r.mistake(written["margin"].SrcRange, "Margin without unchanged", "It says which changes matter to unchanged = true. Add that, or remove margin.")
	}
	if block.Proof && block.OnViolation == "stop" && written["on_violation"] != nil {
		r.mistake(written["on_violation"].SrcRange, "Proof that stops the experiment", "A proof is meant to leave its bounds, and the experiment goes on when it does. Remove on_violation.")
	}
	switch {
	case bounded || r.torn:
	case block.Proof:
		r.mistake(written["proof"].SrcRange, "Proof without a bound", "A proof must leave its bounds in the fault phase. Set the max or the min that it leaves.")
	case !block.Unchanged:
		at := b.DefRange()
		if a := written["unchanged"]; a != nil {
			at = a.SrcRange
		}
		r.mistake(at, "Probe without a bound", "It measures, and nothing says what must stay true. Set max, min or unchanged = true.")
	}
}

// quantity reads one bound; nil where it is null.
func (r *reader) quantity(a *hclsyntax.Attribute, kind string, unit probes.Unit) (*float64, bool) {
	v, ok := r.value(a.Expr)
	if !ok {
		return nil, false
	}
	if v, ok = r.reveal(v, a, shown); !ok {
		return nil, false
	}
	if v.IsNull() {
		return nil, true
	}
	n, err := inUnit(v, unit)
	if err != nil {
		r.mistake(a.Expr.Range(), fmt.Sprintf("Wrong value for %q", a.Name), fmt.Sprintf("%s measures %s: %v.", kind, inWords(unit), err))
		return nil, false
	}
	return &n, true
}

func inWords(unit probes.Unit) string {
	switch unit {
	case probes.Seconds:
		return "durations"
	case probes.Ratio:
		return "shares"
	}
	return "numbers"
}

func inUnit(v cty.Value, unit probes.Unit) (float64, error) {
	if unit == probes.Number {
		return plainNumber(v)
	}
	written, err := convert.Convert(v, cty.String)
	if err != nil || v.Type() == cty.Bool {
		return 0, fmt.Errorf("write %s, not %s", map[probes.Unit]string{probes.Seconds: `"3s"`, probes.Ratio: `"0.1%"`}[unit], kindOf(v.Type()))
	}
	text := strings.TrimSpace(written.AsString())
	if text == "" {
		return 0, fmt.Errorf("this is empty")
	}
	if unit == probes.Seconds {
		d := attr.Duration(text)
		if err := d.Check(); err != nil {
			return 0, err
		}
		return d.Std().Seconds(), nil
	}
	return ratio(text)
}

func plainNumber(v cty.Value) (float64, error) {
	n, err := convert.Convert(v, cty.Number)
	if err != nil {
		return 0, fmt.Errorf("write one without a unit, like 12, not %s", kindOf(v.Type()))
	}
	f, _ := n.AsBigFloat().Float64()
	if math.IsInf(f, 0) {
		return 0, fmt.Errorf("this one is too large")
	}
	return f, nil
}

// ratio reads a share. A bare number could be meant in percent or as a ratio, so only 0 is taken.
func ratio(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err == nil && n > 0 && n < 1 {
		return 0, fmt.Errorf("write \"%g%%\" for %s, or \"%g%%\"", n*100, text, n)
	}
	if err == nil && n >= 1 {
		return 0, fmt.Errorf("write \"%s%%\"", text)
	}
	if err == nil && n == 0 {
		return 0, nil
	}
	s := attr.Share(text)
	if err := s.Check(); err != nil {
		return 0, err
	}
	return s.Ratio(), nil
}

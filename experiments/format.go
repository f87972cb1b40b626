package experiments

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format returns source in the canonical layout of HCL. A source whose syntax is broken is left alone, because
// moving its parts about could hide what was meant: then the diagnostics say what is wrong with it.
func Format(name string, source []byte) ([]byte, hcl.Diagnostics) {
	r := newReader(name, source, Options{}, nil)
	if r.torn {
		return nil, r.finished()
	}
	return hclwrite.Format(source), nil
}

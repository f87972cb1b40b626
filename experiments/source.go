package experiments

import "github.com/hashicorp/hcl/v2"

// shown is the source as it may be seen: as it was written, but for the defaults of sensitive variables. One that was set
// to something else is no secret that a Redactor knows of, and still nobody's business.
func (r *reader) shown() string {
	var defaults []hcl.Range
	for _, v := range r.variables {
		if v.Sensitive && v.Default != nil {
			defaults = append(defaults, v.Default.Range())
		}
	}
	text, from := "", 0
	for _, h := range (excerptSource{hidden: defaults}).hiddenIn(r.name, 0, len(r.source)) {
		text += string(r.source[from:h.from]) + Redacted
		from = h.to
	}
	return text + string(r.source[from:])
}

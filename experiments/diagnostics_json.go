package experiments

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// diagnosticsJSON is what `validate --json` prints: the shape that editors know from `terraform validate -json`.
type diagnosticsJSON struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []diagnosticJSON `json:"diagnostics"`
}

type diagnosticJSON struct {
	Severity string       `json:"severity"` // error, warning
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Range    *rangeJSON   `json:"range,omitempty"`
	Snippet  *snippetJSON `json:"snippet,omitempty"`
}

type rangeJSON struct {
	Filename string  `json:"filename"`
	Start    posJSON `json:"start"`
	End      posJSON `json:"end"`
}

type posJSON struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1, in characters
	Byte   int `json:"byte"`   // from 0, in the file
}

type snippetJSON struct {
	Context   *string `json:"context"`
	Code      string  `json:"code"`
	StartLine int     `json:"start_line"`
	From      int     `json:"highlight_start_offset"` // in bytes of code
	To        int     `json:"highlight_end_offset"`
}

// DiagnosticsJSON returns diagnostics as JSON for editors, in the shape of `terraform validate -json`.
func DiagnosticsJSON(diags hcl.Diagnostics) []byte {
	out := diagnosticsJSON{FormatVersion: "1.0", Valid: !diags.HasErrors(), Diagnostics: []diagnosticJSON{}}
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			out.ErrorCount++
		} else {
			out.WarningCount++
		}
		j := diagnosticJSON{Severity: strings.ToLower(severity(d)), Summary: d.Summary, Detail: d.Detail}
		if at := d.Subject; at != nil {
			j.Range = &rangeJSON{Filename: at.Filename, Start: posJSON(at.Start), End: posJSON(at.End)}
		}
		if e, _ := d.Extra.(*excerpt); e != nil {
			j.Snippet = &snippetJSON{Code: e.line, StartLine: d.Subject.Start.Line, From: e.from, To: e.to}
			if e.context != "" {
				j.Snippet.Context = &e.context
			}
		}
		out.Diagnostics = append(out.Diagnostics, j)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		panic("experiments: diagnostics that JSON cannot hold: " + err.Error())
	}
	return append(b, '\n')
}

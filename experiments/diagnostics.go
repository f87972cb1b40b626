package experiments

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/mitchellh/go-wordwrap"
)

// mistakes collects what is wrong with a file.
type mistakes struct {
	diags  hcl.Diagnostics
	hidden []hcl.Range // source that must not be shown
	torn   bool        // the syntax is broken, so what seems to be missing may merely be unread

	unreadable *hcl.Pos // from here on nothing can be told
}

func (m *mistakes) report(d *hcl.Diagnostic) { m.diags = append(m.diags, d) }

func (m *mistakes) mistake(at hcl.Range, summary, detail string) {
	m.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &at})
}

// syntax reports what the parser of HCL has to say. A string without its closing quote turns the rest of the file
// inside out, so nothing is said of what follows one.
func (m *mistakes) syntax(diags hcl.Diagnostics) {
	m.torn = m.torn || diags.HasErrors()
	for _, d := range diags {
		if d.Summary == "Invalid multi-line string" {
			m.mistake(*d.Subject, "String without an end", "A string ends on the line on which it begins. Add the closing quote.")
			m.unreadable = &d.Subject.Start
			return
		}
		m.report(&hcl.Diagnostic{Severity: d.Severity, Summary: d.Summary, Detail: d.Detail, Subject: d.Subject})
	}
}

// hide keeps a part of the source out of excerpts.
func (m *mistakes) hide(at hcl.Range) { m.hidden = append(m.hidden, at) }

// inOrder returns the mistakes in the order of the file, each once, with the excerpt that it is about.
func (m *mistakes) inOrder(sources excerpts) hcl.Diagnostics {
	at := func(d *hcl.Diagnostic) hcl.Range {
		if d.Subject == nil {
			return hcl.Range{}
		}
		return *d.Subject
	}
	if m.unreadable != nil {
		m.diags = slices.DeleteFunc(m.diags, func(d *hcl.Diagnostic) bool {
			return d.Subject != nil && d.Subject.Start.Byte > m.unreadable.Byte
		})
	}
	slices.SortStableFunc(m.diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(at(a).Filename, at(b).Filename),
			cmp.Compare(at(a).Start.Byte, at(b).Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	diags := slices.CompactFunc(m.diags, func(a, b *hcl.Diagnostic) bool {
		return at(a) == at(b) && a.Summary == b.Summary && a.Detail == b.Detail
	})
	for _, d := range diags {
		if d.Subject != nil {
			d.Extra = sources.of(*d.Subject)
		}
	}
	return diags
}

// finished returns everything that is wrong with the file.
func (r *reader) finished() hcl.Diagnostics {
	sources := excerpts{r.name: {source: r.source, body: r.body, hidden: r.hidden}}
	if r.unreadable != nil {
		sources[r.name] = excerptSource{source: r.source, hidden: r.hidden}
	}
	for _, f := range r.given {
		sources = sources.with(f, f.hidden(r.variables))
	}
	if r.source == nil {
		delete(sources, r.name)
	}
	redactor := NewRedactor(slices.Sorted(maps.Keys(r.secrets))...)
	for _, d := range r.diags {
		d.Summary, d.Detail = redactor.String(d.Summary), redactor.String(d.Detail)
	}
	return r.inOrder(sources)
}

// Quote puts diagnostics on other HCL sources, which are given by their names, in order and adds the lines that they are about.
func Quote(diags hcl.Diagnostics, sources map[string][]byte) hcl.Diagnostics {
	quoted := excerpts{}
	for name, source := range sources {
		quoted[name] = excerptSource{source: source}
	}
	m := mistakes{diags: diags}
	return m.inOrder(quoted)
}

// WriteDiagnostics writes diagnostics for people, each with the line that it is about and the guilty part underlined.
// Text is wrapped at width, if that is above 0. Values of sensitive variables do not appear.
func WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, color bool, width int) error {
	var b bytes.Buffer
	for _, d := range diags {
		paint := painter(color, d.Severity)
		fmt.Fprintf(&b, "%s: %s\n\n", paint(severity(d)), d.Summary)
		if d.Subject != nil {
			writeExcerpt(&b, d, paint)
		}
		if d.Detail != "" {
			detail := d.Detail
			if width > 0 {
				detail = wordwrap.WrapString(detail, uint(width))
			}
			fmt.Fprintf(&b, "%s\n\n", detail)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func writeExcerpt(b *bytes.Buffer, d *hcl.Diagnostic, paint func(string) string) {
	e, _ := d.Extra.(*excerpt)
	within := ""
	if e != nil && e.context != "" {
		within = ", in " + e.context
	}
	fmt.Fprintf(b, "  on %s line %d%s:\n", d.Subject.Filename, d.Subject.Start.Line, within)
	if e != nil {
		fmt.Fprintf(b, "  %4d: %s\n", d.Subject.Start.Line, e.line)
		fmt.Fprintf(b, "        %s\n", e.indent()+paint(strings.Repeat("^", e.width())))
	}
	b.WriteByte('\n')
}

func severity(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagWarning {
		return "Warning"
	}
	return "Error"
}

func painter(color bool, s hcl.DiagnosticSeverity) func(string) string {
	code := "\x1b[1;31m"
	if s == hcl.DiagWarning {
		code = "\x1b[1;33m"
	}
	return func(text string) string {
		if !color {
			return text
		}
		return code + text + "\x1b[0m"
	}
}

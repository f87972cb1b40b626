package across

import (
	"embed"
	"html/template"
	"io"
	"strings"

	"gameday/reports"
)

//go:embed *.tmpl
var templates embed.FS

// WriteHTML writes a page that needs nothing but itself, and looks like report.html.
func (c *Comparison) WriteHTML(w io.Writer) error { return page(w, "compare.tmpl", c) }

// WriteHTML writes a page that needs nothing but itself, and looks like report.html.
func (t *Trend) WriteHTML(w io.Writer) error { return page(w, "trend.tmpl", t) }

func page(w io.Writer, name string, data any) error {
	t, err := template.New(name).Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(reports.Style()) },
		"class": func(text any) string { return strings.ReplaceAll(toString(text), " ", "-") },
		"doubt": func() string { return Doubt },
	}).ParseFS(templates, name)
	if err != nil {
		panic("across: " + err.Error())
	}
	return t.Execute(w, data)
}

func toString(text any) string {
	switch v := text.(type) {
	case Finding:
		return string(v)
	case reports.Verdict:
		return string(v)
	}
	return ""
}

// Box is where a box plot of a probe's readings is drawn, in percent of the width that both runs share.
type Box struct{ Min, Q1, Median, Q3, Max float64 }

// Boxes draws both runs on one axis, before and then after; none where one of them has no readings.
func (c Change) Boxes() []Box {
	b, a := c.Before.Spread, c.After.Spread
	if b == nil || a == nil {
		return nil
	}
	least, most := min(b.Min, a.Min), max(b.Max, a.Max)
	at := func(v float64) float64 {
		if most == least {
			return 50
		}
		return 1 + 98*(v-least)/(most-least)
	}
	box := func(s *Spread) Box { return Box{at(s.Min), at(s.Q1), at(s.Median), at(s.Q3), at(s.Max)} }
	return []Box{box(b), box(a)}
}

// Ends are the least and the most that either run measured.
func (c Change) Ends() (ends [2]string) {
	if b, a := c.Before.Spread, c.After.Spread; b != nil && a != nil {
		ends = [2]string{reports.Value(min(b.Min, a.Min), c.Unit), reports.Value(max(b.Max, a.Max), c.Unit)}
	}
	return ends
}

// Width is that of the box itself.
func (b Box) Width() float64 { return b.Q3 - b.Q1 }

// BeforeText is what the run before measured under the fault.
func (c Change) BeforeText() string { return c.Before.text(c.Unit) }

// AfterText is what the run after measured under the fault.
func (c Change) AfterText() string { return c.After.text(c.Unit) }

// Tone is how the page is coloured: like a report that failed where anything got worse, like one that passed where nothing did.
func (c *Comparison) Tone() string {
	switch {
	case c.Found(Worse):
		return string(reports.Failed)
	case c.Found(Unable) || c.Found(Changed) || len(c.Probes) == 0:
		return string(reports.Inconclusive)
	}
	return string(reports.Passed)
}

package reports

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

// What report.html is made of. Charts are drawn by uPlot 1.6.32 (MIT, see assets/uPlot.LICENSE).
//
//go:embed assets
var assets embed.FS

// HTML writes a page that needs nothing but itself: it opens offline, fetches nothing, follows the reader's choice of
// light or dark, and has every reading in a table for those who cannot use a chart.
func HTML(w io.Writer, r *Result) error {
	t, err := template.New("report.html.tmpl").Funcs(template.FuncMap{
		"clock": clock, "clockOr": clockOr, "tally": Tally, "quantiles": func() []string { return quantiles[:] }, "seconds": seconds, "value": Value, "join": strings.Join, "counted": Counted,
		"date":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05") },
		"class": func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), " ", "-") },
		"for":   func(from, to time.Time) string { return Span(to.Sub(from)) },
	}).ParseFS(assets, "assets/report.html.tmpl")
	if err != nil {
		panic("reports: " + err.Error())
	}
	return t.Execute(w, page{
		Result: r,
		Style:  template.CSS(asset("uPlot.min.css") + asset("report.css")),
		Script: template.JS(asset("uPlot.iife.min.js") + asset("report.js")),
	})
}

func asset(name string) string {
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic("reports: " + err.Error())
	}
	return string(data)
}

// page is what the template sees: the Result, and what is worked out from it.
type page struct {
	*Result
	Style  template.CSS
	Script template.JS
}

// Others are the reasons beyond the first, which the sentence has told.
func (p page) Others() []string { return others(p.Result) }

// Where says where the run ran.
func (p page) Where() string { return p.Environment.place() }

// Origin names the moment that the charts count from.
func (p page) Origin() string {
	what, _ := p.origin()
	return what
}

// Took is how long the run lasted.
func (p page) Took() string { return Span(p.Ended.Sub(p.Started)) }

// Since writes t as a distance from the moment that the charts count from: "+12.5s".
func (p page) Since(t *time.Time) string {
	if t == nil {
		return ""
	}
	_, origin := p.origin()
	d := t.Sub(time.UnixMilli(origin))
	if d < 0 {
		return "−" + Span(-d.Round(100*time.Millisecond))
	}
	return "+" + Span(d.Round(100*time.Millisecond))
}

// BaselineText is the probe's typical value before the fault.
func (p Probe) BaselineText() string { return p.baselineText() }

// WorstText is the probe's worst value in the fault phase.
func (p Probe) WorstText() string { return p.worstText() }

// Comparison says what the test of an unchanged probe came to, "" where there was none.
func (p Probe) Comparison() string { return p.comparison() }

// Chart is what the page's script draws of probe i. The template writes it as JSON that cannot end its element.
func (p page) Chart(i int) chart { return p.chart(p.Probes[i]) }

package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

// What report.html is made of. Charts are drawn by uPlot 1.6.32 (MIT, see assets/uPlot.LICENSE).
//
//go:embed assets
var assets embed.FS

// HTML writes a page that needs nothing but itself: it opens offline, fetches nothing, runs no script but its own, follows
// the reader's choice of light or dark, and has a table of everything for those who cannot use a chart.
func HTML(w io.Writer, r *Result) error {
	t, err := template.New("").Funcs(template.FuncMap{
		"clock": clock, "clockOr": clockOr, "tally": Tally, "seconds": seconds, "value": Value, "join": strings.Join, "counted": Counted,
		"grouped": Grouped, "class": class, "quantiles": func() []string { return quantiles[:] },
		"date":    func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05") },
		"instant": func(t time.Time) string { return t.UTC().Format("15:04:05.0") },
		"for":     func(from, to time.Time) string { return Span(to.Sub(from)) },
	}).ParseFS(assets, "assets/*.tmpl")
	if err != nil {
		panic("reports: " + err.Error())
	}
	script := asset("uPlot.iife.min.js") + asset("chart.js") + asset("report.js")
	return t.ExecuteTemplate(w, "report.tmpl", page{
		Result: r,
		Style:  template.CSS(asset("uPlot.min.css") + asset("report.css")),
		Script: template.JS(script),
		Hash:   fingerprint(script),
	})
}

func asset(name string) string {
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic("reports: " + err.Error())
	}
	return string(data)
}

// fingerprint names a script in a Content-Security-Policy, so that a browser runs it and no other.
func fingerprint(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// class makes the name of a style of a state or a verdict.
func class(of any) string { return strings.ReplaceAll(fmt.Sprint(of), " ", "-") }

// page is what the templates see: the Result, and what is worked out from it.
type page struct {
	*Result
	Style  template.CSS
	Script template.JS
	Hash   string
}

// Others are the reasons beyond the first, which the sentence has told.
func (p page) Others() []string { return others(p.Result) }

// Where says where the run ran.
func (p page) Where() string { return p.Environment.Place() }

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

// Permissions are the IAM actions that all steps need.
func (p page) Permissions() []string {
	var all []string
	for _, s := range p.Steps {
		all = append(all, s.Permissions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// BaselineText is the probe's typical value before the fault.
func (p Probe) BaselineText() string { return p.baselineText() }

// WorstText is the probe's worst value in the fault phase.
func (p Probe) WorstText() string { return p.worstText() }

// Comparison says what the test of an unchanged probe came to, "" where there was none.
func (p Probe) Comparison() string { return p.comparison() }

// Share is how large a part is hit, from 0 to 1.
func (i Impact) Share() float64 {
	if i.Of == 0 {
		return 0
	}
	return min(1, float64(i.Hit)/float64(i.Of))
}

// Journal is the step as it stands in the journal, indented.
func (s Step) Journal() string {
	var b bytes.Buffer
	if err := json.Indent(&b, s.Data, "", "  "); err != nil {
		return string(s.Data)
	}
	return b.String()
}

// InEffect is how long the step was in effect, "" where that is not over or never was.
func (s Step) InEffect() string {
	if s.Done == nil || s.Undone == nil {
		return "–"
	}
	return Span(s.Undone.Sub(*s.Done))
}

// Axis, Chart and LoadChart are what the page's script draws. The templates write them as JSON that cannot end its element.
func (p page) Axis() axis                 { return p.axis() }
func (p page) Chart(of Probe) chart       { return p.chart(of) }
func (p page) LoadChart(l Load) loadChart { return p.loadChart(l) }

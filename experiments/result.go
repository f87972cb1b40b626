package experiments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"gameday/reports"
)

// RunsDir is the folder of runs that the run in dir is in, absolute if that can be told.
func RunsDir(dir string) string {
	at := filepath.Dir(dir)
	if absolute, err := filepath.Abs(at); err == nil {
		return absolute
	}
	return at
}

// result judges the run and writes everything down that is known of it.
func (x *execution) result() *reports.Result {
	e := x.plan.Experiment
	judged := x.judge()
	r := &reports.Result{
		Schema: reports.Schema, Run: x.options.ID, Experiment: e.Name, Description: e.Description,
		Started: x.started, Ended: time.Now(),
		File: reports.File{Name: x.plan.File.Name, SHA256: x.plan.File.SHA256, Source: x.plan.File.Shown, Line: e.Range.Start.Line},
		Seed: x.plan.Seed, Speed: x.plan.Speed,
		Environment: reports.Environment{
			Version: x.options.Version, Account: x.plan.Identity.Account,
			Region: x.plan.Identity.Region, Caller: x.plan.Identity.Caller, Lab: x.options.Lab, RunsDir: RunsDir(x.options.Dir),
		},
		Warnings: x.plan.Warnings, Probes: judged, Loads: x.loadReports(), Detection: x.detection(judged),
	}
	for _, i := range x.plan.Impacts {
		r.Impacts = append(r.Impacts, reports.Impact(i))
	}
	for _, l := range x.plan.LeftOut {
		r.LeftOut = append(r.LeftOut, reports.LeftOut(l))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, s := range x.plan.Steps {
		step := stepReport(s, x.steps[i])
		step.Manual = manual(s.Step, x.run, s.N)
		if x.options.Lab && !s.Inject.Kind.Outside { // it is gone with the lab, and the same names may mean something elsewhere
			step.Manual, step.Keep = nil, nil
		}
		r.Steps = append(r.Steps, step)
	}
	r.Phases, r.Log, r.Recovery = x.phases, x.log, x.recovery
	r.Verdict, r.Sentence, r.Reasons = conclude(x.findings, x.praise())
	return r
}

// result returns a copy without secrets, wherever in its texts they stood.
func (r *Redactor) result(of *reports.Result) *reports.Result {
	data, err := json.Marshal(of)
	if err != nil {
		panic("experiments: a result must be plain data: " + err.Error())
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a seed has more digits than a float64
	if err := d.Decode(&tree); err != nil {
		panic("experiments: a result must be plain data: " + err.Error())
	}
	if data, err = json.Marshal(r.tree(tree)); err != nil {
		panic("experiments: a result must be plain data: " + err.Error())
	}
	var clean reports.Result
	if err := json.Unmarshal(data, &clean); err != nil {
		panic("experiments: a result does not survive redaction: " + err.Error())
	}
	return &clean
}

// fixed are the fields of a Result that hold no text of the author's: a short secret must not be found in a time of day.
var fixed = []string{
	"schema", "run", "verdict", "state", "phase", "unit", "sha256", "at", "from", "to",
	"started", "ended", "began", "done", "undone", "steady_at", "first", "last", "left_at", "known_at",
}

// tree redacts every text in what JSON was decoded to.
func (r *Redactor) tree(v any) any {
	switch v := v.(type) {
	case string:
		return r.String(v)
	case []any:
		for i := range v {
			v[i] = r.tree(v[i])
		}
	case map[string]any:
		for key := range v {
			if !slices.Contains(fixed, key) {
				v[key] = r.tree(v[key])
			}
		}
	}
	return v
}

// conclude picks the most urgent verdict and puts its reasons first.
func conclude(findings []finding, praise string) (reports.Verdict, string, []string) {
	verdicts := make([]reports.Verdict, len(findings))
	for i, f := range findings {
		verdicts[i] = f.verdict
	}
	verdict := reports.MostUrgent(verdicts)
	if len(findings) == 0 {
		return verdict, "Passed: " + praise, nil
	}
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b finding) int {
		return order(b.verdict == verdict) - order(a.verdict == verdict)
	})
	reasons := make([]string, len(sorted))
	for i, f := range sorted {
		reasons[i] = f.text
	}
	return verdict, fmt.Sprintf("%s: %s.", titled(verdict), reasons[0]), reasons
}

func order(first bool) int {
	if first {
		return 1
	}
	return 0
}

func titled(v reports.Verdict) string {
	return string(v[0]-'a'+'A') + string(v[1:])
}

// praise is the sentence of a run that passed: what was done, what held, how long it took to recover.
func (x *execution) praise() string {
	did := reports.Counted(len(x.plan.Steps), "change")
	if len(x.plan.Steps) == 1 {
		did = x.plan.Steps[0].Step.String()
	}
	text := fmt.Sprintf("%s; %s held", did, reports.Counted(len(x.series), "probe"))
	if x.recovery != nil && x.recovery.SteadyAt != nil {
		text += ", " + backAfter(x.recovery.SinceFault)
	}
	return text + "."
}

// stepReport is a planned step as the report shows it.
func stepReport(s PlannedStep, st stepState) reports.Step {
	data, err := json.Marshal(s.Step)
	if err != nil {
		panic("experiments: a step must be plain data: " + err.Error())
	}
	return reports.Step{
		N: s.N, Inject: s.Inject.ID(), Line: s.Inject.Range.Start.Line, Text: s.Step.String(), Undo: s.About.Undo, Irreversible: s.About.Irreversible,
		Permissions: s.About.Permissions, Manual: s.About.Manual, Keep: st.keep, Data: data,
		State: st.state, Began: st.began, Done: st.done, Undone: st.undone, Error: st.err,
	}
}

// readingReports tells of every reading in which phase it fell and whether it was out of bounds.
func (x *execution) readingReports(t track) []reports.Reading {
	out := make([]reports.Reading, 0, len(t.readings))
	for i, r := range t.readings {
		out = append(out, reports.Reading{
			At: r.At, Span: r.Span.Seconds(), Value: r.Value, Of: r.Of, Note: r.Note,
			Phase: x.phaseOf(t.spans[i]), Out: t.probe.Bounds.beyond(r.Value, r.Failed) > 0,
			Open: r.Open, Failed: r.Failed,
		})
	}
	return out
}

// failureReport sums up the measurements of probe i that failed, nil if none did.
func (x *execution) failureReport(i int) *reports.Failures {
	failed := x.series[i].failed()
	if len(failed) == 0 {
		return nil
	}
	last := failed[len(failed)-1]
	return &reports.Failures{Count: len(failed), First: failed[0].at, Last: last.at, Error: last.err.Error()}
}

// phaseOf names the phase that a reading is attributed to: the fault where it speaks of any moment of it, because
// an effect must not hide in a minute that began before its cause; else the phase in which it begins.
func (x *execution) phaseOf(w window) string {
	if fault, ok := x.phase(reports.Fault); ok && w.touches(fault) {
		return reports.Fault
	}
	for _, name := range []string{reports.Baseline, reports.Undo, reports.Recover} {
		if p, ok := x.phase(name); ok && (window{w.from, w.from}).touches(p) {
			return name
		}
	}
	return ""
}

// probeReport is a probe before it has measured anything.
func probeReport(p Probe) reports.Probe {
	scale := p.Probe.Scale()
	r := reports.Probe{
		Kind: p.Kind.Name, Name: p.Name, Label: scale.Label, Unit: string(scale.Unit),
		Max: p.Bounds.Max, Min: p.Bounds.Min, Allow: p.Allow.Seconds(), Proof: p.Proof,
		Worse: reports.WorseHigher, Line: p.Range.Start.Line, BoundLines: p.Lines,
	}
	if scale.Falls {
		r.Worse = reports.WorseLower
	}
	if p.Bounds.Unchanged {
		r.Unchanged = &reports.Unchanged{Confidence: p.Bounds.Confidence, Margin: p.Bounds.Margin, P: 1}
	}
	return r
}

package reports

import "fmt"

// figure is one of the numbers that a verdict rests on.
type figure struct {
	Name   string
	Value  string
	Detail string
	Class  string // good, bad or ""
}

// Figures are the numbers at the top of a report, for whoever has ten seconds.
func (r *Result) Figures() []figure {
	all := []figure{r.heldFigure()}
	if f, ok := r.worstFigure(); ok {
		all = append(all, f)
	}
	if r.Touched() {
		all = append(all, r.detectFigure(), r.recoverFigure(), r.backFigure())
	}
	if len(r.Loads) > 0 {
		all = append(all, r.requestsFigure())
	}
	return all
}

func (r *Result) heldFigure() figure {
	states := map[string]uint64{}
	for _, p := range r.Probes {
		if p.State != "passed" {
			states[p.State]++
		}
	}
	held := len(r.Probes) - int(states["failed"]+states["inconclusive"]+states["not judged"])
	f := figure{Name: "Probes that held", Value: fmt.Sprintf("%d of %d", held, len(r.Probes)), Class: "good"}
	if held < len(r.Probes) || held == 0 {
		f.Class = ""
		f.Detail = Tally(states)
	}
	if states["failed"] > 0 {
		f.Class = "bad"
	}
	return f
}

// worstFigure shows the probe that broke its bounds first in the file, or else the one that came the nearest to its max.
func (r *Result) worstFigure() (figure, bool) {
	nearest, name, class := -1, "Nearest to its bound", ""
	closeness := 0.0
	for i, p := range r.Probes {
		worst, ok := p.Worst()
		if ok && p.State == "failed" {
			nearest, name, class = i, "Broke its bound", "bad"
			break
		}
		if ok && p.Max != nil && *p.Max > 0 && worst.Value/(*p.Max) > closeness {
			nearest, closeness = i, worst.Value/(*p.Max)
		}
	}
	if nearest < 0 {
		return figure{}, false
	}
	p := r.Probes[nearest]
	return figure{name, p.worstText(), fmt.Sprintf("%s, %s at baseline, held to %s", p.ID(), p.baselineText(), p.Rules()), class}, true
}

func (r *Result) detectFigure() figure {
	f := figure{Name: "Time to detect", Value: "–", Detail: "no probe left its bounds"}
	if d := r.Detection; d != nil {
		f.Value, f.Detail = seconds(d.SinceEffect), "from the fault in effect until "+d.Probe+" showed it"
	} else if r.broke() {
		f.Detail = "not recorded"
	}
	return f
}

// broke reports whether any probe left its bounds in the fault phase. Records of older versions say no more of it.
func (r *Result) broke() bool {
	for _, p := range r.Probes {
		for _, v := range p.Violations {
			if v.Phase == Fault {
				return true
			}
		}
	}
	return false
}

func (r *Result) recoverFigure() figure {
	f := figure{Name: "Time to recover", Value: "–", Detail: "the run ended before it could be watched"}
	switch rec := r.Recovery; {
	case rec == nil:
	case rec.SteadyAt != nil && r.notUndone() > 0:
		f.Value, f.Detail = seconds(rec.SinceFault), fmt.Sprintf("until every probe was steady, with %s still in effect", Counted(r.notUndone(), "change"))
	case rec.SteadyAt == nil:
		f.Value, f.Detail, f.Class = "not within "+seconds(rec.Deadline), "of the last undo", "bad"
	case rec.SinceFault == 0:
		f.Value, f.Detail, f.Class = "none needed", "steady throughout", "good"
	case rec.SinceUndone <= 0:
		f.Value, f.Detail, f.Class = seconds(rec.SinceFault), "from the beginning of the fault, steady by the last undo", "good"
	default:
		f.Value, f.Class = seconds(rec.SinceFault), "good"
		f.Detail = fmt.Sprintf("from the beginning of the fault, %s of it after the last undo (allowed: %s)", seconds(rec.SinceUndone), seconds(rec.Deadline))
	}
	return f
}

// backFigure counts the changes that are no longer in effect.
func (r *Result) backFigure() figure {
	begun, left := 0, map[string]uint64{}
	for _, s := range r.Steps {
		if s.Began == nil {
			continue
		}
		begun++
		if s.State != StepUndone && s.State != StepHealed {
			left[s.State]++
		}
	}
	back := begun
	for _, n := range left {
		back -= int(n)
	}
	f := figure{Name: "Put back", Value: fmt.Sprintf("%d of %d", back, begun), Detail: "changes", Class: "good"}
	if back < begun {
		f.Detail, f.Class = Tally(left), "bad"
	}
	return f
}

func (r *Result) requestsFigure() figure {
	var sent, scheduled, errors uint64
	for _, l := range r.Loads {
		sent, scheduled, errors = sent+l.Sent, scheduled+l.Scheduled, errors+l.Errors()
	}
	f := figure{Name: "Requests sent", Value: Grouped(sent), Detail: fmt.Sprintf("of %s that were due; %s errors", Grouped(scheduled), Grouped(errors))}
	if sent > 0 && errors > 0 {
		f.Detail += fmt.Sprintf(" (%s)", Value(float64(errors)/float64(sent), "%"))
	}
	return f
}

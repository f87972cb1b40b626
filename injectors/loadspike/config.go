package loadspike

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gameday/internal/attr"
)

// LoadSpike says which load grows, and how.
type LoadSpike struct {
	Load   string        `hcl:"load,optional" doc:"name of the load block; not needed where there is only one"`
	Growth attr.Growth   `hcl:"growth,optional" doc:"by how much the load has grown at the peak: \"300%\" is to four times as much"`
	To     attr.Rate     `hcl:"to,optional" doc:"or how many requests come at the peak, like \"400000/min\""`
	Ramp   attr.Duration `hcl:"ramp,optional" doc:"how long it takes to get there; needed but for shape = \"step\""`
	Hold   attr.Duration `hcl:"hold,optional" doc:"how long the peak lasts; absent, until the fault phase ends"`
	Cool   attr.Duration `hcl:"cool,optional" doc:"how long it takes to get back after that, in the same shape; absent, no time"`
	Shape  string        `hcl:"shape,optional" doc:"how it gets there: linear (by the same amount every second), exponential (by the same factor) or step (at once)"`
	Stages []Stage       `hcl:"stage,block" doc:"instead of all this: one stretch of the way after the other"`
}

// Stage is one stretch of the way.
type Stage struct {
	Growth attr.Growth   `hcl:"growth,optional" doc:"by how much the load has grown at its end, from what it is without the spike"`
	To     attr.Rate     `hcl:"to,optional" doc:"or how many requests come at its end"`
	Over   attr.Duration `hcl:"over,optional" doc:"how long it takes to get there; absent, no time"`
	Hold   attr.Duration `hcl:"hold,optional" doc:"how long it stays there; absent, not at all, and after the last stage until the fault phase ends"`
	Shape  string        `hcl:"shape,optional" doc:"linear or exponential; linear where absent"`
}

// OfLoad is the name of the load block that grows.
func (s *LoadSpike) OfLoad() string { return s.Load }

// The words for shape.
const (
	linear      = "linear"
	exponential = "exponential"
	step        = "step"
)

// home is the growth of a load that is back where it was.
const home attr.Growth = "0%"

// stages is the whole way, however it was written.
func (s *LoadSpike) stages() []Stage {
	if len(s.Stages) > 0 {
		return s.Stages
	}
	way := []Stage{{Growth: s.Growth, To: s.To, Over: s.Ramp, Hold: s.Hold, Shape: s.Shape}}
	if s.Cool.Std() > 0 {
		way = append(way, Stage{Growth: home, Over: s.Cool, Shape: s.Shape})
	}
	return way
}

// height tells which of several stages is the higher one, where all are written alike.
func (s Stage) height() float64 { return s.Growth.Ratio() + s.To.PerSecond() }

// endless reports whether a last stage stays where it is until it is undone.
func (s Stage) endless() bool { return s.Hold == "" && s.height() > 0 }

// Course is how long it takes to get to the highest stage, and how long from then until all is over.
func (s *LoadSpike) Course() (rise, rest time.Duration) {
	way := s.stages()
	highest := 0.0
	var at time.Duration
	for _, stage := range way {
		at += stage.Over.Std()
		if stage.height() > highest {
			highest, rise = stage.height(), at
		}
		at += stage.Hold.Std()
	}
	if way[len(way)-1].endless() {
		return at, 0
	}
	return rise, at - rise
}

// Momentary says that a spike has a duration of its own.
func (s *LoadSpike) Momentary() string {
	return "How long a load has grown is said by hold, of the spike or of its last stage. Set that, and remove duration."
}

// Validate checks what the types of the attributes do not.
func (s *LoadSpike) Validate() []attr.Problem {
	if len(s.Stages) > 0 {
		return s.besideStages()
	}
	problems := peak(s.Growth, s.To)
	say := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	if s.Growth != "" && s.Growth.Ratio() == 0 {
		say("growth", "No growth", "With 0% nothing changes. Write by how much the load grows, like \"300%\".")
	}
	switch stepped := s.Shape == step; {
	case !slices.Contains([]string{linear, exponential, step}, s.Shape):
		say("shape", fmt.Sprintf("Unknown shape %q", s.Shape), "It is \"linear\", \"exponential\" or \"step\".")
	case stepped && s.Ramp.Std() > 0:
		say("ramp", "A step takes no time", "Remove ramp, or write shape = \"linear\".")
	case stepped && s.Cool.Std() > 0:
		say("cool", "A step takes no time", "Remove cool, or write the way in stages, which have a shape each.")
	case !stepped && s.Ramp.Std() == 0:
		say("ramp", "No time to grow", "Say how long it takes to get to the peak, like ramp = \"10m\". To have it all at once, write shape = \"step\".")
	}
	if s.Cool.Std() > 0 && s.Hold == "" {
		say("cool", "No end of the peak", "Without hold the peak lasts until the fault phase ends, and nothing is left to cool down. Say how long it lasts, like hold = \"5m\".")
	}
	return problems
}

// besideStages checks the stages together; each by itself is checked already.
func (s *LoadSpike) besideStages() (problems []attr.Problem) {
	say := func(name, summary, detail string) {
		problems = append(problems, attr.Problem{Attr: name, Summary: summary, Detail: detail})
	}
	for name, written := range map[string]bool{
		"growth": s.Growth != "", "to": s.To != "", "ramp": s.Ramp != "", "hold": s.Hold != "", "cool": s.Cool != "", "shape": s.Shape != linear,
	} {
		if written {
			say(name, fmt.Sprintf("A %s beside stages", name), "The stages say all of the way. Remove it, or put it into one of them.")
		}
	}
	var growths, rates, highest float64
	for i, stage := range s.Stages {
		if stage.To != "" {
			rates++
		} else if stage.Growth.Ratio() > 0 {
			growths++
		}
		highest = max(highest, stage.height())
		if last := i == len(s.Stages)-1; stage.Over.Std()+stage.Hold.Std() == 0 && !(last && stage.Hold == "") {
			say("stage", fmt.Sprintf("Stage %d takes no time", i+1), "Say how long it takes to get there (over), or how long it stays (hold).")
		}
	}
	switch {
	case growths > 0 && rates > 0:
		say("stage", "Stages by growth and by rate", "Which of them is the highest depends on the load. Write all with growth, or all with to; growth = \"0%\" may always stand.")
	case highest == 0:
		say("stage", "No growth", "Not one of the stages has the load grow. Say how far, like growth = \"300%\".")
	}
	return problems
}

// Validate checks a stage by itself.
func (s *Stage) Validate() []attr.Problem {
	problems := peak(s.Growth, s.To)
	switch s.Shape {
	case "", linear, exponential:
	case step:
		problems = append(problems, attr.Problem{Attr: "shape", Summary: "A step takes no time", Detail: "Leave out over and shape: then the stage begins where it ends."})
	default:
		problems = append(problems, attr.Problem{Attr: "shape", Summary: fmt.Sprintf("Unknown shape %q", s.Shape), Detail: "It is \"linear\" or \"exponential\"."})
	}
	return problems
}

// peak checks that it is said once how far a load grows.
func peak(growth attr.Growth, to attr.Rate) []attr.Problem {
	ways := "Say by how much the load grows, growth = \"300%\", or to how many requests, to = \"400000/min\"."
	switch {
	case growth == "" && to == "":
		return []attr.Problem{{Summary: "No peak", Detail: ways}}
	case growth != "" && to != "":
		return []attr.Problem{{Attr: "to", Summary: "Two peaks", Detail: strings.Replace(ways, "Say", "Keep one of the two: say", 1)}}
	}
	return nil
}

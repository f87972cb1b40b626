package across

import (
	"time"

	"gameday/reports"
)

// Summary is what is to be seen of a run at a glance.
type Summary struct {
	Run        string          `json:"run"`
	Experiment string          `json:"experiment,omitempty"`
	Verdict    reports.Verdict `json:"verdict,omitempty"` // empty where the run left no result: it is still going on, or died
	Started    time.Time       `json:"started,omitzero"`
	Ended      time.Time       `json:"ended,omitzero"`
	Sentence   string          `json:"sentence,omitempty"`

	SHA256 string  `json:"file_sha256,omitempty"` // of the experiment file
	Speed  float64 `json:"speed,omitempty"`
	Where  string  `json:"where,omitempty"` // "account 123456789012, eu-west-1" or "the lab"

	Recovery *Recovery `json:"recovery,omitempty"` // nil where it was never steady again, or nobody knows
	Worst    []Worst   `json:"worst,omitempty"`
}

// Recovery is how long it took until everything was steady again.
type Recovery struct {
	SinceFault  float64 `json:"since_fault_seconds"`  // from the first fault on: the time to recover
	SinceUndone float64 `json:"since_undone_seconds"` // from the last undo on, 0 where it was steady by then
}

// Worst is the worst that was measured while the fault was in effect.
type Worst struct {
	What  string  `json:"what"` // "alb_latency.p99" or, of a load's own latency, "load viewers, latency"
	Unit  string  `json:"unit"` // as in a record: "", "s" or "%"
	Value float64 `json:"value"`
}

// Summarize makes the summary of a run from its record.
func Summarize(r *reports.Result) Summary {
	s := Summary{
		Run: r.Run, Experiment: r.Experiment, Verdict: r.Verdict, Started: r.Started, Ended: r.Ended, Sentence: r.Sentence,
		SHA256: r.File.SHA256, Speed: r.Speed, Where: r.Environment.Place(),
	}
	if r.Whole() {
		s.Recovery = &Recovery{r.Recovery.SinceFault, r.Recovery.SinceUndone}
	}
	for _, p := range r.Probes {
		if worst, ok := p.Worst(); ok {
			s.Worst = append(s.Worst, Worst{p.ID(), p.Unit, worst.Value})
		}
	}
	for _, l := range r.Loads {
		if slowest, ok := slowest(l); ok {
			s.Worst = append(s.Worst, Worst{"load " + l.Name + ", latency", "s", slowest})
		}
	}
	return s
}

// slowest is the longest that a request took that was due while the fault was in effect; false where none was.
func slowest(l reports.Load) (longest float64, found bool) {
	for _, p := range l.Phases {
		if v, ok := p.Latency["max"]; ok && (p.Name == reports.Fault || p.Name == reports.Undo) {
			longest, found = max(longest, v), true
		}
	}
	return longest, found
}

package experiments

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"time"
)

// PlanSchema names the version of a plan file's JSON.
const PlanSchema = "gameday.plan/1"

// PlanFile is a plan on disk: which experiment file it was made from and, for each experiment, what was settled. It
// is what `plan -o` writes, what `plan --json` prints and what `run plan.json` executes or refuses. The file itself
// stays where it is, because it may hold what must not be copied.
type PlanFile struct {
	Schema      string              `json:"schema"`
	Made        time.Time           `json:"made"`
	Name        string              `json:"file"`
	SHA256      string              `json:"sha256"`
	Vars        map[string]string   `json:"vars,omitempty"` // as --var would say them; sensitive ones are left out and must be given again
	Speed       float64             `json:"speed"`
	Experiments []PlannedExperiment `json:"experiments"`
}

// PlannedExperiment is what was settled of one experiment.
type PlannedExperiment struct {
	Name        string            `json:"name"`
	Seed        uint64            `json:"seed"`
	Account     string            `json:"account"`
	Region      string            `json:"region"`
	Caller      string            `json:"caller"`
	Steps       []StepFile        `json:"steps"`
	Impacts     []ImpactFile      `json:"impacts,omitempty"`
	LeftOut     map[string]string `json:"left_out,omitempty"`
	Loads       []LoadFile        `json:"loads,omitempty"`
	Warnings    []string          `json:"warnings,omitempty"`
	Permissions []string          `json:"permissions"`
}

// StepFile is one planned step.
type StepFile struct {
	N            int             `json:"n"`
	Inject       string          `json:"inject"`
	Text         string          `json:"text"`
	Undo         string          `json:"undo"`
	Irreversible string          `json:"irreversible,omitempty"`
	Data         json.RawMessage `json:"data"`
}

// ImpactFile is the part of something that the targets make up.
type ImpactFile struct {
	What string `json:"what"`
	Hit  int    `json:"hit"`
	Of   int    `json:"of"`
}

// LoadFile is the traffic of one load. What its requests carry is not in it, because that may be secret.
type LoadFile struct {
	Name    string      `json:"name"`
	Target  string      `json:"target"`
	Rate    float64     `json:"rate_per_second"`
	Asked   string      `json:"rate"`              // in words
	Engine  string      `json:"engine"`            // that makes the exchanges
	Content string      `json:"content,omitempty"` // SHA-256 of what it takes from other files than the experiment's
	Replay  *ReplayFile `json:"replay,omitempty"`
}

// ReplayFile is what the logs of a load come to.
type ReplayFile struct {
	Requests  uint64            `json:"requests"`  // that are replayed
	Different int               `json:"different"` // of them, or of the sample that stands for them
	Sampled   uint64            `json:"sampled,omitempty"`
	LeftOut   map[string]uint64 `json:"left_out,omitempty"` // by why
}

// NewPlanFile puts plans of one file on disk's terms. Vars are the variables that the file was read with.
func NewPlanFile(file *File, speed float64, plans []*Plan) *PlanFile {
	f := &PlanFile{
		Schema: PlanSchema, Made: time.Now(), Name: file.Name, SHA256: file.SHA256, Vars: file.Vars, Speed: speed,
	}
	for _, p := range plans {
		f.Experiments = append(f.Experiments, p.settled())
	}
	return f
}

func (p *Plan) settled() PlannedExperiment {
	e := PlannedExperiment{
		Name: p.Experiment.Name, Seed: p.Seed, Account: p.Identity.Account, Region: p.Identity.Region,
		Caller: p.Identity.Caller, Warnings: p.Warnings, Permissions: p.Permissions(),
	}
	for _, s := range p.Steps {
		r := stepReport(s, stepState{})
		e.Steps = append(e.Steps, StepFile{r.N, r.Inject, r.Text, r.Undo, r.Irreversible, r.Data})
	}
	for _, i := range p.Impacts {
		e.Impacts = append(e.Impacts, ImpactFile(i))
	}
	for _, l := range p.LeftOut {
		if e.LeftOut == nil {
			e.LeftOut = map[string]string{}
		}
		e.LeftOut[l.ID] = l.Why
	}
	for _, l := range p.Experiment.Loads {
		e.Loads = append(e.Loads, p.loadFile(l.Name))
	}
	return e
}

func (p *Plan) loadFile(name string) LoadFile {
	s, t := p.Loads[name], p.Traffic[name]
	f := LoadFile{Name: name, Target: s.URL, Rate: s.Rate, Asked: t.Rate, Engine: string(s.Engine), Content: t.Content}
	if t.Log != nil {
		f.Replay = &ReplayFile{t.Log.Used, len(t.Log.Requests), t.Log.Sampled, t.Log.LeftOut}
	}
	return f
}

// Keep has an experiment planned again with what was settled of it that would be another thing today: the present
// rates of its loads.
func (e PlannedExperiment) Keep(x *Experiment) {
	for _, f := range e.Loads {
		for i := range x.Loads {
			if x.Loads[i].Name == f.Name {
				x.Loads[i].planned = f.Rate
			}
		}
	}
}

// ReadPlanFile reads a plan file. The error says what to do about one that is not.
func ReadPlanFile(r io.Reader) (*PlanFile, error) {
	var f PlanFile
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, fmt.Errorf("read the plan: %w; make it again with gameday plan -o", err)
	}
	if f.Schema != PlanSchema {
		return nil, fmt.Errorf("this is not a plan that this version of gameday can run (schema %q, want %q); make it again with gameday plan -o", f.Schema, PlanSchema)
	}
	return &f, nil
}

// Holds reports, as a *Refusal, where a plan made just now differs from the one that was reviewed: the world moved,
// and what would be touched is no longer what was agreed to.
func (e PlannedExperiment) Holds(now *Plan) error {
	n := now.settled()
	if n.Account != e.Account || n.Region != e.Region {
		return &Refusal{Text: fmt.Sprintf("the plan was made for account %s in %s, and this is account %s in %s", e.Account, e.Region, n.Account, n.Region)}
	}
	for i := range max(len(e.Steps), len(n.Steps)) {
		switch {
		case i >= len(n.Steps):
			return moved(e.Steps[i], "it would not be done now")
		case i >= len(e.Steps):
			return moved(n.Steps[i], "it is new")
		case !sameData(e.Steps[i].Data, n.Steps[i].Data):
			return moved(e.Steps[i], fmt.Sprintf("now it would be: %s", n.Steps[i].Text))
		}
	}
	for i := range min(len(e.Loads), len(n.Loads)) {
		if e.Loads[i].Content != n.Loads[i].Content {
			return &Refusal{Text: fmt.Sprintf("the files that load %q takes its requests from have changed since the plan was made; plan again and look", n.Loads[i].Name)}
		}
	}
	return nil
}

func moved(s StepFile, how string) error {
	return &Refusal{Text: fmt.Sprintf("the world moved since the plan was made: step %d (%s): %s; plan again and look", s.N, s.Text, how)}
}

// sameData compares JSON by what it says, not by how it is written.
func sameData(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

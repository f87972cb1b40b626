// Package reports turns the record of a run into something to read: for people, for CI, for other tools.
//
// Result is the record. It is plain data, its JSON is result.json, and every format is made from it and from
// nothing else, so an old run can be rendered again at any time.
package reports

import (
	"encoding/json"
	"io"
	"time"
)

// Schema names the version of Result's JSON. It changes when a field changes its meaning or goes away.
const Schema = "gameday.result/1"

// Reporter writes one Result in one format.
type Reporter func(w io.Writer, r *Result) error

// Result is everything that is known of one run.
type Result struct {
	Schema      string  `json:"schema"`
	Run         string  `json:"run"` // the run's id, and the name of its folder
	Experiment  string  `json:"experiment"`
	Description string  `json:"description,omitempty"`
	Verdict     Verdict `json:"verdict"`
	Sentence    string  `json:"sentence"` // the verdict and its main reason, for people
	// Reasons is everything that speaks against "passed", the most important first. Empty where it passed.
	Reasons []string `json:"reasons,omitempty"`

	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`

	File        File        `json:"file"`
	Seed        uint64      `json:"seed"` // repeats the random picks
	Speed       float64     `json:"speed"`
	Environment Environment `json:"environment"`

	Phases    []Phase    `json:"phases"`
	Steps     []Step     `json:"steps"`
	Impacts   []Impact   `json:"impacts,omitempty"`
	LeftOut   []LeftOut  `json:"left_out,omitempty"`
	Warnings  []string   `json:"warnings,omitempty"`
	Probes    []Probe    `json:"probes"`
	Loads     []Load     `json:"loads,omitempty"`
	Detection *Detection `json:"detection,omitempty"` // nil where no probe left its bounds while a fault was in effect
	Recovery  *Recovery  `json:"recovery,omitempty"`  // nil where no fault began, or the run was stopped
	Log       []LogEntry `json:"log,omitempty"`       // what happened, as it was shown
}

// File is the experiment file as it was run.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Source string `json:"source,omitempty"` // as it was written, without sensitive values
	Line   int    `json:"line,omitempty"`   // of the experiment block, from 1; 0 in the records of older versions
}

// Environment is where the run ran.
type Environment struct {
	Version string `json:"version"` // of gameday
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Caller  string `json:"caller,omitempty"` // ARN of the identity that acted
	Lab     bool   `json:"lab"`
	RunsDir string `json:"runs_dir,omitempty"` // the folder of runs, absolute, on the machine of the run
}

// The names of the phases, in the order in which they come.
const (
	Baseline = "baseline"
	Fault    = "fault"
	Undo     = "undo"
	Recover  = "recovery"
)

// Phase is one phase of the run. Bounds hold in the fault and undo phases: a fault is in effect until it is undone.
type Phase struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Step is one change to one target.
type Step struct {
	N            int             `json:"n"`              // its number in the journal, from 1
	Inject       string          `json:"inject"`         // kind and name of its block: "instance_kill.one"
	Line         int             `json:"line,omitempty"` // of that block in the file, from 1; 0 in the records of older versions
	Text         string          `json:"text"`           // what it does, in one line
	Undo         string          `json:"undo"`           // how it is taken back, in one line
	Irreversible string          `json:"irreversible,omitempty"`
	Permissions  []string        `json:"permissions,omitempty"`
	Manual       []string        `json:"manual,omitempty"` // AWS CLI commands that finish the undo by hand
	Keep         []string        `json:"keep,omitempty"`   // where somebody else has changed the target: AWS CLI commands that leave it so
	Data         json.RawMessage `json:"data"`             // the step as it stands in the journal
	State        string          `json:"state"`            // one of the states below
	Began        *time.Time      `json:"began,omitempty"`
	Done         *time.Time      `json:"done,omitempty"`
	Undone       *time.Time      `json:"undone,omitempty"`
	Error        string          `json:"error,omitempty"`
}

// The states of a step, as they stand at the end of a run.
const (
	StepPlanned   = "planned"    // never begun
	StepFailed    = "failed"     // could not be done
	StepDone      = "done"       // in effect, and nobody has tried to take it back
	StepUndone    = "undone"     // as it was
	StepNotUndone = "not undone" // still in effect, because undoing it failed
	StepHealed    = "healed"     // not as it was, because that could not be taken back, and whole again
	StepNotHealed = "not healed" // irreversible, and the system is not whole again
)

// Impact is the part of something that the targets make up.
type Impact struct {
	What string `json:"what"`
	Hit  int    `json:"hit"`
	Of   int    `json:"of"`
}

// LeftOut is a candidate that was not eligible.
type LeftOut struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// Probe is what one probe measured and how that was judged.
type Probe struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Label string `json:"label"` // what a value means
	Unit  string `json:"unit"`  // "", "s" or "%" (values from 0 to 1)

	Line       int            `json:"line,omitempty"`        // of its block in the file, from 1; 0 in the records of older versions
	BoundLines map[string]int `json:"bound_lines,omitempty"` // of its bounds: "max", "min", "unchanged"

	Max       *float64   `json:"max,omitempty"`
	Min       *float64   `json:"min,omitempty"`
	Unchanged *Unchanged `json:"unchanged,omitempty"`
	Allow     float64    `json:"allow_seconds"` // total time out of bounds that is tolerated
	Proof     bool       `json:"proof,omitempty"`
	Worse     string     `json:"worse,omitempty"` // WorseHigher or WorseLower; empty in the records of older versions

	State      string      `json:"state"` // passed, failed, inconclusive, not judged
	Reason     string      `json:"reason,omitempty"`
	Violations []Violation `json:"violations,omitempty"`
	Readings   []Reading   `json:"readings"`
	Failures   *Failures   `json:"failures,omitempty"` // measurements that could not be made; nil if all could
}

// The directions in which a probe gets worse.
const (
	WorseHigher = "higher"
	WorseLower  = "lower"
)

// Failures are the measurements of a probe that could not be made, all through the run.
type Failures struct {
	Count int       `json:"count"`
	First time.Time `json:"first"` // when it began
	Last  time.Time `json:"last"`
	Error string    `json:"error"` // why the last one failed
}

// Unchanged is the comparison of the fault phase with the run's own baseline.
type Unchanged struct {
	Test       string  `json:"test"`       // name of the statistical test
	Confidence float64 `json:"confidence"` // asked for, 0.99 by default
	Margin     float64 `json:"margin"`     // the smallest change that matters, in the probe's unit
	P          float64 `json:"p"`          // chance of at least this change if nothing had changed; 1 until there is data
	Baseline   float64 `json:"baseline"`   // rate, or median
	Fault      float64 `json:"fault"`
	BaselineN  int     `json:"baseline_n"` // readings that were compared
	FaultN     int     `json:"fault_n"`
}

// Violation is a stretch of time out of bounds.
type Violation struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Phase string    `json:"phase"`
	Worst float64   `json:"worst"` // the value furthest from its bound
	Text  string    `json:"text"`  // which bound, by how much, for how long, and the note

	Failed bool   `json:"failed,omitempty"` // what was measured came to a bad end, whatever the value
	Note   string `json:"note,omitempty"`   // what the worst reading said of itself
}

// Reading is one measured value.
type Reading struct {
	At    time.Time `json:"at"`
	Span  float64   `json:"span_seconds,omitempty"`
	Value float64   `json:"value"`
	Of    float64   `json:"of,omitempty"`
	Phase string    `json:"phase,omitempty"` // empty before the baseline and after the end
	Out   bool      `json:"out,omitempty"`   // out of bounds
	Note  string    `json:"note,omitempty"`

	Open   bool `json:"open,omitempty"`   // a lower bound of something that was still going on
	Failed bool `json:"failed,omitempty"` // what was measured has come to a bad end, and is out of bounds whatever the value
}

// Load is the traffic that one load block made. Scheduled = Sent + NotSent, and Sent = Answered + Failed, exactly.
type Load struct {
	Name      string            `json:"name"`
	Target    string            `json:"target"`
	Rate      float64           `json:"rate_per_second"`  // asked for
	Engine    string            `json:"engine,omitempty"` // that made the exchanges: "standard" or "fast"
	Scheduled uint64            `json:"scheduled"`
	Sent      uint64            `json:"sent"`
	NotSent   map[string]uint64 `json:"not_sent,omitempty"` // by cause
	Answered  map[string]uint64 `json:"answered,omitempty"` // by class: "2xx"
	Failed    map[string]uint64 `json:"failed,omitempty"`   // by cause: "connection reset"
	// Latency from the intended moment of sending, and Service from the actual one, in seconds by quantile: "p99".
	Latency map[string]float64 `json:"latency"`
	Service map[string]float64 `json:"service"`
	Lag     map[string]float64 `json:"lag"`              // actual minus intended moment of sending
	Replay  *Replay            `json:"replay,omitempty"` // where it repeated the requests of logs
	Phases  []LoadPhase        `json:"phases,omitempty"`
	Seconds []LoadSecond       `json:"seconds,omitempty"`
}

// LoadPhase is what became of the requests that were due in one phase of the run.
type LoadPhase struct {
	Name      string             `json:"name"`
	Scheduled uint64             `json:"scheduled"`
	Sent      uint64             `json:"sent"`
	Errors    uint64             `json:"errors"`
	Latency   map[string]float64 `json:"latency"`
	Service   map[string]float64 `json:"service"`
	Lag       map[string]float64 `json:"lag"`
}

// Replay is what the logs of a load came to.
type Replay struct {
	Requests  uint64            `json:"requests"`           // that the load stands for
	Different int               `json:"different"`          // that were kept of them
	Sampled   uint64            `json:"sampled,omitempty"`  // of Requests: those that others stand for, because there were too many different ones
	LeftOut   map[string]uint64 `json:"left_out,omitempty"` // by why: "malformed", "POST"
}

// LoadSecond is one second of a load, by intended moment of sending.
type LoadSecond struct {
	At        time.Time  `json:"at"`
	Scheduled uint64     `json:"scheduled"`
	Sent      uint64     `json:"sent"`
	Errors    uint64     `json:"errors"`
	P50       float64    `json:"p50"`
	P99       float64    `json:"p99"`
	Max       float64    `json:"max"`
	Histogram *Histogram `json:"histogram,omitempty"` // of the latencies; nil where nothing was sent
}

// Detection is the first reading that showed the fault.
type Detection struct {
	Probe       string    `json:"probe"`                // kind and name of the probe that left its bounds
	LeftAt      time.Time `json:"left_at"`              // from here on it was out of bounds
	KnownAt     time.Time `json:"known_at"`             // when the reading was in hand that says so
	SinceEffect float64   `json:"since_effect_seconds"` // from the first step in effect until KnownAt
}

// Recovery is how the system came back.
type Recovery struct {
	Deadline    float64    `json:"deadline_seconds"`
	SteadyAt    *time.Time `json:"steady_at,omitempty"`   // from here on every probe stayed within bounds; nil if never
	SinceFault  float64    `json:"since_fault_seconds"`   // from the first fault until SteadyAt
	SinceUndone float64    `json:"since_undone_seconds"`  // from the last undo until SteadyAt, 0 if it was steady by then
	Waiting     []string   `json:"waiting_for,omitempty"` // what was not steady at the deadline
	Unknown     string     `json:"unknown,omitempty"`     // what leaves open whether it was steady again, where that is not known
}

// LogEntry is a line of the run's log.
type LogEntry struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

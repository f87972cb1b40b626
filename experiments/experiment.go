package experiments

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/load"
	"gameday/internal/load/traffic"
	"gameday/probes"
)

// Kinds is every kind of fault and of probe that a file may name. The list itself lives in cmd/gameday.
type Kinds struct {
	Injectors []injectors.Kind
	Probes    []probes.Kind
}

// File is one experiment file, decoded and checked: whatever is wrong with it has been said by now.
type File struct {
	Name        string // as it was given
	SHA256      string // of Source, in hex
	Source      []byte
	Shown       string            // Source without the defaults of sensitive variables
	Experiments []*Experiment     // in the order in which they are written
	Secrets     []string          // values of sensitive variables, never to be shown
	Vars        map[string]string // what --var would have to say to read the file the same way again; without the sensitive ones
}

// Experiment is one experiment block. Durations are already divided by the speed asked for.
type Experiment struct {
	Name        string
	Description string
	Baseline    time.Duration // steady state must hold this long before anything is touched
	Observe     time.Duration // the fault phase lasts at least this long
	Recovery    time.Duration // be steady again at most this long after the last undo
	Guard       Guard
	Loads       []Load
	Injects     []Inject
	Probes      []Probe
	Range       hcl.Range // the block's header
}

// Guard is what an experiment may never exceed. Zero values are rules that were not set.
type Guard struct {
	Accounts    []string          // refuse any other account
	MaxTargets  *int              // distinct resources, over all injects
	MaxPercent  *float64          // of each population that targets are picked from, 0 to 1
	RequireTags map[string]string // only touch what carries all of these
	MaxRate     attr.Rate         // of all loads together, at their peak
	DeadMan     string            // ARN of the role with which AWS ends faults whose runner is lost; "" for no such switch
}

// Load is steady traffic from baseline to the end of recovery.
type Load struct {
	Name         string
	LoadBalancer string // by name; the listener's address is looked up when the run is planned
	URL          string // or a full URL
	Requests     []traffic.Template
	Values       *traffic.Values // what placeholders in the requests are filled in from; may be nil
	Replay       *Replay         // the requests of logs, with the headers and expectations of the only one of Requests
	Rate         attr.LoadRate   // "" where the logs say when requests come
	Timeout      time.Duration   // per request
	WarmUp       time.Duration   // before the baseline, while the rate goes up to what it is
	Engine       load.Engine     // what makes the exchanges; "" is chosen
	Late         load.Late       // what becomes of requests that find no free connection
	Protocol     load.Protocol
	Connections  int           // at most so many at a time
	Streams      int           // requests on each at a time, with HTTP/2
	Fresh        float64       // the share of requests that have a connection of their own, from 0 to 1
	Resolve      time.Duration // how often the target's name is resolved
	TLS          load.TLS
	Range        hcl.Range

	planned float64 // what "current" was when the run was planned, a second; 0 where nobody has
}

// Inject is one fault, and when it happens within the fault phase.
type Inject struct {
	Kind     injectors.Kind
	Name     string
	Injector injectors.Injector
	Start    time.Duration // from the beginning of the fault phase
	Duration time.Duration // undone after it; 0: when the fault phase ends
	Range    hcl.Range
}

// Probe is one measurement, and the bounds that it is judged by.
type Probe struct {
	Kind   probes.Kind
	Name   string
	Probe  probes.Probe
	Every  time.Duration
	Bounds Bounds
	Allow  time.Duration // total time out of bounds that is tolerated in the fault phase
	Stop   bool          // on_violation = "stop": a violation ends the fault phase
	Proof  bool          // must leave its bounds in the fault phase
	Range  hcl.Range
	Lines  map[string]int // of its bounds in the file: "max", "min", "unchanged"
}

// Bounds is what must stay true, in the unit of the probe. At least one is set.
type Bounds struct {
	Max, Min   *float64
	Unchanged  bool    // no significant change for the worse since the baseline
	Confidence float64 // of that comparison, 0.99 by default
	Margin     float64 // the smallest change that matters, 0 for any
}

// ID is the probe's address in the file: "alb_5xx.errors".
func (p Probe) ID() string { return p.Kind.Name + "." + p.Name }

// ID is the inject's address in the file: "instance_kill.one".
func (i Inject) ID() string { return i.Kind.Name + "." + i.Name }

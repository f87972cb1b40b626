// Package probes is the contract between the core and everything that can be measured.
//
// One folder below this one is one kind of probe; README.md says how to add another. A probe measures and never
// judges: bounds belong to the outer probe block and are judged in one place, so that all probes fail alike.
package probes

import (
	"context"
	"time"

	"gameday/internal/cloud"
)

// Probe is a measurement as its author wrote it: the struct that carries the hcl tags is the kind.
type Probe interface {
	// Measure returns what it knows of [from, to), in the order of time. It changes nothing.
	//
	// A probe that looks at the present takes one reading now and ignores the window. A probe that asks a record
	// (CloudWatch, a load) returns every reading that overlaps the window and is final; what has not arrived
	// yet is simply not there, and never zero. An error means that it could not look: it is not "no data".
	Measure(ctx context.Context, env *cloud.Env, from, to time.Time) ([]Reading, error)

	// Scale says what a reading's value means, and how densely readings come. It may depend on the attributes.
	Scale() Scale
}

// OfLoad is a probe that measures a load block of its own experiment.
type OfLoad interface {
	// OfLoad is the name of the block, "" for the only one.
	OfLoad() string
}

// Reading is one measured value.
type Reading struct {
	At    time.Time     // the beginning of what it speaks of
	Span  time.Duration // how long it speaks of; 0 for an instant
	Value float64       // in the unit of the probe's Scale
	Of    float64       // for a rate of events: how many could have been. Value*Of is the number of events. 0 otherwise
	Note  string        // what a reader should know of this value, "5 of 6 running"; may be empty

	// Ours is how much of the value is the doing of this machine, and of nothing that is measured. Where a bound would have
	// held without it, nobody else has broken it.
	Ours float64

	// Open says that the value is a lower bound of something that still goes on, like the time that an unfinished rollout
	// has taken so far. A probe that is open when the fault phase ends may break its bounds, and cannot have kept them.
	Open bool

	// Failed says that what is measured has come to a bad end: it is out of bounds, whatever the value.
	Failed bool
}

// Unit is what values are measured in.
type Unit string

// The units that bounds can be written in.
const (
	Number  Unit = ""  // max = 12
	Seconds Unit = "s" // max = "3s"
	Ratio   Unit = "%" // max = "0.1%"; values from 0 to 1
)

// Scale says how to read a probe's values.
type Scale struct {
	Unit   Unit
	Label  string        // axis title: "5xx share of requests"
	Falls  bool          // lower is worse, so `unchanged` looks for a fall instead of a rise
	Events bool          // readings carry Of, so `unchanged` compares numbers of events instead of values
	Period time.Duration // the time between readings where the source sets it; 0 where `every` does
}

// Kind is all there is to say about a kind of probe without running it.
type Kind struct {
	Name        string       // the word in HCL
	Summary     string       // one line
	New         func() Probe // a pointer to the struct that carries the hcl tags, defaults filled in
	Permissions []string     // the IAM actions that Measure may call, whatever the attributes
	Page        string       // README.md of its folder
	Example     string       // example.hcl of its folder: a complete experiment for the lab
}

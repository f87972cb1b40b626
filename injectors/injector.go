// Package injectors is the contract between the core and everything that can go wrong.
//
// One folder below this one is one kind of fault; README.md says how to add another. The life of a fault:
//
//	HCL ─► Injector ─Plan─► Step ─JSON─► journal
//	                         │  ▲            │
//	                         Do └────────────┘ Undo, by this process or any later one
package injectors

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"gameday/internal/cloud"
)

// Injector is a fault as its author wrote it: the struct that carries the hcl tags is the kind.
type Injector interface {
	// Plan looks at the world and says what it would do, one Step per change. It changes nothing.
	// It fails where there is nothing to target, and says why.
	Plan(ctx context.Context, env *cloud.Env, scope Scope) (*Plan, error)
}

// OfLoad is an Injector that changes a load block of its own experiment.
type OfLoad interface {
	// OfLoad is the name of the block, "" for the only one.
	OfLoad() string
}

// Momentary is an Injector of a kind that can be held, whose fault may all the same be over as soon as it has happened:
// then a duration would mean nothing.
type Momentary interface {
	Momentary() string // why nothing is held, the way it is written: a sentence; "" where something is
}

// Gradual is an Injector whose fault is not all there at once, and may come to an end of its own. The fault phase lasts until it
// is over, and how long to observe is counted from when all of it is there.
type Gradual interface {
	Course() (rise, rest time.Duration) // until all of it is there, and from then to its end; rest is 0 where only Undo ends it
}

// Step is one change to one target, whole in itself. It is data: it is written to the journal as JSON before
// Do is called, and any later process, on any machine, may read it back and Undo it. So everything that Undo
// needs, the former state of the target included, is in exported fields by the time Plan returns.
type Step interface {
	fmt.Stringer // one line for plan and report: what it does, to what

	// Do returns once the fault is in effect.
	Do(ctx context.Context, env *cloud.Env) error

	// Undo returns once the target is as it was. It looks before it acts, restores the recorded former state,
	// is safe to call twice, after a Do that never ran, failed half way or is still settling, and never
	// overwrites a change that somebody else made in the meantime (Conflict), nor calls undone what it found gone (Healed) or
	// cannot know of (ErrStays).
	Undo(ctx context.Context, env *cloud.Env) error

	// Describe says what a reader of the plan must know of the step beyond its one line.
	Describe() Description
}

// Description is what plan and report say of a Step.
type Description struct {
	Undo         string   // how it is taken back, in one line
	Irreversible string   // why it cannot be taken back; empty where it can. Its Undo then only waits for the system to heal
	Permissions  []string // the IAM actions that Do and Undo call, like "ec2:TerminateInstances"

	// Manual finishes the undo by hand, should everything else fail, whatever the target is now: AWS CLI commands, each a line to
	// paste into a shell, any number of times. A line that begins with "# " says in plain words, safe in any shell, what those
	// after it do; the last of them how to see that it is done.
	Manual []string

	// Keep is the choice that there is besides Manual where Undo found a Conflict: it leaves the target as somebody else has
	// made it, and removes what is ours. Empty where nothing can be told apart.
	Keep []string
}

// Rehearser is a Step that can ask AWS whether Do would be permitted and possible, without doing it
// (EC2's DryRun, for one). The error is AWS's answer as it came.
type Rehearser interface {
	Rehearse(ctx context.Context, env *cloud.Env) error
}

// Growing is a Step that has a load of the experiment grow.
type Growing interface {
	Grows() (load string, by float64) // by at most so many requests a second
}

// Scope is what a plan has to keep to, beyond the kind's own attributes.
type Scope struct {
	Rand        *rand.Rand        // every random pick comes from here, so that a seed repeats it
	RequireTags map[string]string // candidates that do not carry all of these are left out
}

// Plan is what an injector would do, and what the guard and the reader need to judge it.
type Plan struct {
	Steps    []Step
	Targets  []Target     // every resource that a step changes
	Groups   []Population // what the targets were picked from
	Impacts  []Impact     // what else is hit: services, zones
	LeftOut  []LeftOut    // candidates that were not eligible
	Warnings []string     // what an expert would raise before saying yes
}

// Target is one resource that a step changes.
type Target struct {
	ID    string            // "i-0abc", a task's id
	Group string            // the Population that it belongs to
	Tags  map[string]string // nil where the resource has none or cannot have any
}

// Population is what targets are picked from, for "at most 34 % of the instances in the cluster".
type Population struct {
	Name string // "instances of cluster web"
	Size int    // with the targets themselves
}

// Impact is the part of something that the targets make up: "2 of 6 tasks of service web/conversations".
type Impact struct {
	What    string // "tasks of service web/conversations", "instances in eu-west-1a"
	Hit, Of int
}

// LeftOut is a candidate that was not eligible, and why.
type LeftOut struct {
	ID, Why string
}

// Kind is all there is to say about a kind of fault without running it.
type Kind struct {
	Name        string          // the word in HCL
	Summary     string          // one line: what it does
	Undo        string          // one line: what undoing it does, like "starts what it stopped"
	New         func() Injector // a pointer to the struct that carries the hcl tags, defaults filled in
	Step        func() Step     // a pointer to the kind's empty step, to read one back from the journal
	Permissions []string        // the IAM actions that Plan, Do and Undo may call, whatever the attributes
	Held        bool            // the fault lasts until it is undone, so `duration` makes sense
	Outside     bool            // what it changes is not on AWS, so that it outlives a lab

	// Scan finds what steps of this kind have left in effect in the account and region, by the tag cloud.RunTag. It is
	// how a run whose journal is lost is undone. Nil where the kind leaves nothing that carries a tag.
	Scan func(ctx context.Context, env *cloud.Env) ([]Found, error)

	Page    string // README.md of its folder
	Example string // example.hcl of its folder: a complete experiment for the lab
}

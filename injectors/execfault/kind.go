// Package execfault runs commands of the author's own: one that does the fault, one that undoes it.
//
// It is the way to add a fault in any language. The toolkit keeps its side of the bargain (journal, time limits, undo
// whatever happens); that the undo command may run at any time, and any number of times, is up to the author.
package execfault

import (
	_ "embed"

	"gameday/injectors"
	"gameday/internal/attr"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

const defaultTimeout attr.Timeout = "1m"

// Kind is exec.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:    "exec",
		Summary: "Runs a command that does a fault, and another one that undoes it.",
		Undo:    "runs the other command, if there is one",
		New:     func() injectors.Injector { return &Exec{Timeout: defaultTimeout} },
		Step:    func() injectors.Step { return &Step{} },
		Held:    true,
		Outside: true,
		Page:    page,
		Example: example,
	}
}

// Package loadspike makes a load of the experiment grow, as a crowd does that has heard the news.
//
//	requests a second
//	          ________________
//	      ramp      hold      \ cool
//	_____/                     \_____
//
// What grows is traffic of this process, and nothing on AWS is changed. So Undo stops it at once, and for a process that has died
// there is nothing to undo: its requests died with it.
package loadspike

import (
	_ "embed"

	"gameday/injectors"
)

//go:embed README.md
var page string

//go:embed example.hcl
var example string

// Kind is load_spike.
func Kind() injectors.Kind {
	return injectors.Kind{
		Name:    "load_spike",
		Summary: "Makes a load grow, all at once, steadily or in stages.",
		Undo:    "stops what it sends more, at once",
		New:     func() injectors.Injector { return &LoadSpike{Shape: linear} },
		Step:    func() injectors.Step { return &Step{} },
		Held:    true,
		Page:    page,
		Example: example,
	}
}

package reports

import (
	"encoding/json"
	"io"
	"slices"
)

// JSON writes the record itself, indented, as docs/result-schema.md describes it. Fields that are always there are
// never null where they are lists. It fails on values that are no numbers.
func JSON(w io.Writer, r *Result) error { return record(w, r, "  ") }

// JSONLine writes the record as one line, so that those of several runs can be told apart.
func JSONLine(w io.Writer, r *Result) error { return record(w, r, "") }

func record(w io.Writer, r *Result, indent string) error {
	own := *r
	own.Phases, own.Steps, own.Probes = list(r.Phases), list(r.Steps), slices.Clone(list(r.Probes))
	for i := range own.Probes {
		own.Probes[i].Readings = list(own.Probes[i].Readings)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", indent)
	e.SetEscapeHTML(false)
	return e.Encode(own)
}

// list makes an absent list an empty one.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

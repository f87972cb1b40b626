// Package across looks at more than one run: it lists them, compares two of them, and shows how those of one experiment
// went over time.
//
//	result.json ─► Summary ─► list, trend          what fits on one line, kept in an Index
//	result.json ─┬─► Comparison ─► text, JSON, HTML
//	result.json ─┘
//
// Everything is made from the records and from nothing else. An Index only saves reading them.
package across

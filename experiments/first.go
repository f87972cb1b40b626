package experiments

import _ "embed"

// First is a complete, commented experiment to begin with.
//
//go:embed examples/sudden_death.hcl
var First string

package reports

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Read reads a record, whichever gameday of this schema wrote it: what an older one did not know yet is left empty,
// and what a newer one has added is passed over.
func Read(data []byte) (*Result, error) {
	var r Result
	err := json.Unmarshal(data, &r) // a field of another type than expected fails, and the others are read all the same
	switch {
	case r.Schema == Schema:
	case strings.HasPrefix(r.Schema, schemaFamily):
		return nil, &OtherSchemaError{Schema: r.Schema, Version: r.Environment.Version}
	case err == nil:
		return nil, fmt.Errorf("this is no record of a run: its schema is %q, not %q", r.Schema, Schema)
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// schemaFamily is what the schema of every record begins with.
const schemaFamily = "gameday.result/"

// OtherSchemaError means that a record is whole, and of a version that this gameday cannot read.
type OtherSchemaError struct {
	Schema  string
	Version string // of the gameday that wrote it, "" where the record does not say
}

func (e *OtherSchemaError) Error() string {
	text := fmt.Sprintf("its record is a %s and this gameday reads %s: read it with the gameday that wrote it, or a newer one", e.Schema, Schema)
	if e.Version != "" {
		text += " (that was " + e.Version + ")"
	}
	return text
}

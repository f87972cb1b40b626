package main

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gameday/reports"
)

// keepsToSchema holds the record of a run that has really been to the JSON Schema that is published.
func keepsToSchema(t *testing.T, r *reports.Result) {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("../../docs/result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.JSONLine(&b, r); err != nil {
		t.Fatal(err)
	}
	record, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(record); err != nil {
		t.Error(err)
	}
}

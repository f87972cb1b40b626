package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "../docs/result.schema.json"

// TestTheJSONSchemaIsTrue holds docs/result.schema.json against the types and, for what fields mean, against
// docs/result-schema.md.
func TestTheJSONSchemaIsTrue(t *testing.T) {
	page, err := os.ReadFile("../docs/result-schema.md")
	if err != nil {
		t.Fatal(err)
	}
	s := schemaWriter{meanings: meanings(string(page)), defs: map[string]any{}}
	s.object(reflect.TypeFor[Result]())
	root := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:gameday:result:1", "$ref": "#/$defs/Result",
		"title": "The record of a gameday run", "$defs": s.defs,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(published), b.String()); diff != "" {
		t.Errorf("%s is not that of the types (go test ./reports -run JSONSchema -update writes it):\n%s", schemaFile, diff)
	}
}

// TestEveryRecordKeepsToTheJSONSchema those that were kept of older versions, too.
func TestEveryRecordKeepsToTheJSONSchema(t *testing.T) {
	schema := compiled(t)
	records, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	old, err := filepath.Glob("testdata/kept/*.json")
	if err != nil || len(records) == 0 || len(old) == 0 {
		t.Fatalf("%d records, %d kept: %v", len(records), len(old), err)
	}
	for _, name := range append(records, old...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, schema, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, empty := range []*Result{
		{Schema: Schema, Verdict: Invalid},
		{Schema: Schema, Verdict: Passed, Steps: []Step{{State: StepPlanned, Data: json.RawMessage("null")}}, Probes: []Probe{{State: "passed"}}},
	} {
		if err := validate(t, schema, render(t, "json", empty)); err != nil {
			t.Errorf("a record with little in it: %v", err)
		}
	}
}

func TestTheJSONSchemaRefusesWhatIsNoRecord(t *testing.T) {
	schema := compiled(t)
	whole := string(render(t, "json", fixture(t, "passed")))
	for what, change := range map[string][2]string{
		"another schema":         {`"gameday.result/1"`, `"gameday.result/2"`},
		"an unknown verdict":     {`"verdict": "passed"`, `"verdict": "fine"`},
		"a number as text":       {`"speed": 1`, `"speed": "1"`},
		"no sentence":            {`"sentence"`, `"words"`},
		"a time that is none":    {`"started": "2026-11-23T10:00:00Z"`, `"started": "today"`},
		"null instead of a list": {`"phases": [`, `"phases": null, "more": [`},
	} {
		damaged := strings.Replace(whole, change[0], change[1], 1)
		if damaged == whole {
			t.Fatalf("%s: nothing to change", what)
		}
		if validate(t, schema, []byte(damaged)) == nil {
			t.Errorf("%s is not noticed", what)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, data []byte) error {
	t.Helper()
	record, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(record)
}

// values are the words that a field may hold, where it holds no free text.
var values = map[string][]any{
	"Result.schema":  {Schema},
	"Result.verdict": {Passed, Failed, Invalid, Inconclusive, Aborted, NotRolledBack},
	"Phase.name":     {Baseline, Fault, Undo, Recover},
	"Step.state":     {StepPlanned, StepFailed, StepDone, StepUndone, StepNotUndone, StepHealed, StepNotHealed},
	"Probe.state":    {"passed", "failed", "inconclusive", "not judged"},
	"Probe.unit":     {"", "s", "%"},
	"Probe.worse":    {WorseHigher, WorseLower},
}

// schemaWriter describes Go types as JSON Schema.
type schemaWriter struct {
	meanings map[string]string // by type and field: "Step.state"
	defs     map[string]any
}

// object describes a struct under its name. More fields than it has are allowed: they may come at any time.
func (s schemaWriter) object(t reflect.Type) {
	properties, required := map[string]any{}, []string{}
	s.defs[t.Name()] = nil // so that it is described once
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if options != "omitempty" {
			required = append(required, name)
		}
		property := s.value(f.Type)
		if words := values[t.Name()+"."+name]; words != nil {
			property["enum"] = words
		}
		if text := s.meanings[t.Name()+"."+name]; text != "" {
			property["description"] = text
		}
		properties[name] = property
	}
	s.defs[t.Name()] = map[string]any{"type": "object", "properties": properties, "required": required}
}

func (s schemaWriter) value(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.value(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.value(t.Elem())}
	case reflect.Struct:
		if _, described := s.defs[t.Name()]; !described {
			s.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	return map[string]any{"type": typeName(t, nil)}
}

// meanings reads the page: by heading and field, the last column.
func meanings(page string) map[string]string {
	row := regexp.MustCompile("^\\| `(.*)` \\| .* \\| .*? ?\\| (.*?) ?\\|$")
	found := map[string]string{}
	heading := ""
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			heading = name
		} else if m := row.FindStringSubmatch(line); m != nil {
			found[heading+"."+m[1]] = m[2]
		}
	}
	return found
}

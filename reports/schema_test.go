package reports

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTheSchemaPageIsTrue holds docs/result-schema.md against the types: each has a section, which lists its fields in
// order, with their types and whether they may be absent.
func TestTheSchemaPageIsTrue(t *testing.T) {
	page, err := os.ReadFile("../docs/result-schema.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "`"+Schema+"`") {
		t.Errorf("the page does not speak of %s", Schema)
	}
	if diff := cmp.Diff(fields(reflect.TypeFor[Result](), map[string][]string{}), sections(string(page))); diff != "" {
		t.Errorf("-code +docs/result-schema.md:\n%s", diff)
	}
}

// sections reads the page: by heading, the first three columns of each row.
func sections(page string) map[string][]string {
	row := regexp.MustCompile("^\\| `(.*)` \\| (.*) \\| (.*?) ?\\| .*\\|$")
	found := map[string][]string{}
	heading := ""
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			heading = name
		} else if m := row.FindStringSubmatch(line); m != nil {
			found[heading] = append(found[heading], strings.Join(m[1:], "; "))
		}
	}
	return found
}

// fields collects what the rows of t and of all types in it should be.
func fields(t reflect.Type, into map[string][]string) map[string][]string {
	var rows []string
	into[t.Name()] = nil // so that it is looked at once
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		absent := ""
		if options == "omitempty" {
			absent = "may be absent"
		}
		rows = append(rows, strings.Join([]string{name, typeName(f.Type, into), absent}, "; "))
	}
	into[t.Name()] = rows
	return into
}

// typeName is the name of a type in JSON. Structs are described in a section of their own.
func typeName(t reflect.Type, into map[string][]string) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t == reflect.TypeFor[json.RawMessage]():
		return "any"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem(), into)
	case reflect.Slice:
		return "list of " + typeName(t.Elem(), into)
	case reflect.Map:
		return "map of " + typeName(t.Elem(), into)
	case reflect.Struct:
		if _, seen := into[t.Name()]; !seen {
			fields(t, into)
		}
		return t.Name()
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	case reflect.Int, reflect.Uint64:
		return "integer"
	}
	panic("no name for " + t.String())
}

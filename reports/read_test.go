package reports

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestAnOldRecordStaysReadable reads and renders a record that the first gameday of its schema wrote. The files in
// testdata/kept are never written again: what cannot read them any more needs a schema of its own.
func TestAnOldRecordStaysReadable(t *testing.T) {
	r := kept(t, "schema1.json")
	if r.Verdict != Passed || len(r.Steps) != 1 || len(r.Loads) != 1 || r.Recovery == nil || r.Recovery.SteadyAt == nil {
		t.Errorf("not all of it was read: %+v", r)
	}
	for _, p := range r.Probes {
		if _, ok := p.Typical(); !ok || len(p.Readings) == 0 {
			t.Errorf("%s has lost its baseline", p.ID())
		}
		if _, ok := p.Worst(); !ok {
			t.Errorf("%s has lost its fault phase", p.ID())
		}
	}
	for _, format := range slices.Sorted(maps.Keys(Formats())) {
		got := strings.ToLower(strings.ReplaceAll(string(render(t, format, r)), `\_`, "_"))
		for _, want := range []string{r.Experiment, r.Sentence, r.Probes[0].Name} {
			if !strings.Contains(got, strings.ToLower(want)) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
}

func TestWhatANewerGamedayAddedIsPassedOver(t *testing.T) {
	data := bytes.Replace(keptBytes(t, "schema1.json"), []byte(`"schema":`), []byte(`"mood": {"of": "the team"}, "schema":`), 1)
	if _, err := Read(data); err != nil {
		t.Error(err)
	}
}

// TestARecordOfAnotherSchemaIsRefused even where its fields have other types, for nothing may be read into it.
func TestARecordOfAnotherSchemaIsRefused(t *testing.T) {
	for _, data := range []string{
		`{"schema": "gameday.result/2", "environment": {"version": "v9.1.0"}}`,
		`{"schema": "gameday.result/2", "environment": {"version": "v9.1.0"}, "probes": {"p99": 1}, "verdict": 7}`,
	} {
		_, err := Read([]byte(data))
		var other *OtherSchemaError
		if !errors.As(err, &other) || other.Schema != "gameday.result/2" || other.Version != "v9.1.0" {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestWhatIsNoRecordIsRefused(t *testing.T) {
	whole := keptBytes(t, "schema1.json")
	for name, data := range map[string][]byte{"nothing": nil, "half a record": whole[:len(whole)/2], "something else": []byte(`{"a": 1}`)} {
		if r, err := Read(data); err == nil {
			t.Errorf("%s was read as %+v", name, r)
		}
	}
}

func kept(t *testing.T, name string) *Result {
	t.Helper()
	r, err := Read(keptBytes(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func keptBytes(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/kept/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

package reports

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files from what the code writes now")

// The records in testdata: name.json, and what each format makes of it in name.md, name.txt and name.xml.
var fixtures = []string{"passed", "failed", "not_rolled_back", "unsteady", "hostile"}

func TestReportsAreAsTheyWere(t *testing.T) {
	extensions := map[string]string{"json": "json", "markdown": "md", "text": "txt", "junit": "xml"}
	for _, name := range fixtures {
		r := fixture(t, name)
		for format, extension := range extensions {
			path := filepath.Join("testdata", name+"."+extension)
			got := render(t, format, r)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s has changed (go test ./reports -update accepts it):\n%s", path, diff)
			}
		}
	}
}

func TestJSONIsTheWholeRecord(t *testing.T) {
	for _, name := range fixtures {
		r := fixture(t, name)
		again := decode(t, render(t, "json", r))
		if diff := cmp.Diff(r, again); diff != "" {
			t.Errorf("%s: -written +read:\n%s", name, diff)
		}
	}
}

func TestJSONListsAreNeverNull(t *testing.T) {
	got := string(render(t, "json", &Result{Verdict: Invalid, Probes: []Probe{{}}}))
	for _, field := range []string{"phases", "steps", "readings"} {
		if !strings.Contains(got, `"`+field+`": []`) {
			t.Errorf("%s is not an empty list in\n%s", field, got)
		}
	}
}

// TestEveryFormatTakesAnEmptyResult because a run may end before there is anything to tell.
func TestEveryFormatTakesAnEmptyResult(t *testing.T) {
	for _, format := range slices.Sorted(maps.Keys(Formats())) {
		if len(render(t, format, &Result{Verdict: Invalid, Sentence: "Invalid: nothing to target."})) == 0 {
			t.Errorf("%s wrote nothing", format)
		}
	}
}

func TestEveryFormatTellsTheVerdictAndItsReason(t *testing.T) {
	for _, name := range []string{"passed", "failed", "not_rolled_back", "unsteady"} {
		r := fixture(t, name)
		for _, format := range slices.Sorted(maps.Keys(Formats())) {
			got := strings.ToLower(strings.ReplaceAll(string(render(t, format, r)), `\_`, "_"))
			for _, want := range append([]string{string(r.Verdict), r.Sentence}, r.Reasons...) {
				if !strings.Contains(got, strings.ToLower(want)) {
					t.Errorf("%s of %s lacks %q", format, name, want)
				}
			}
		}
	}
}

// TestEveryFormatSaysWhenItCannotWrite because a report cut short by a full disk must not look whole.
func TestEveryFormatSaysWhenItCannotWrite(t *testing.T) {
	r := fixture(t, "failed")
	for format, write := range Formats() {
		whole := len(render(t, format, r))
		if err := write(&narrow{room: whole - 1}, r); err == nil {
			t.Errorf("%s did not notice that its last byte was not written", format)
		}
	}
}

// narrow takes so many bytes and no more.
type narrow struct{ room int }

func (n *narrow) Write(p []byte) (int, error) {
	if len(p) > n.room {
		return 0, os.ErrClosed
	}
	n.room -= len(p)
	return len(p), nil
}

func fixture(t *testing.T, name string) *Result {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, data)
}

// decode reads a record back; the journal's data in it loses its indentation, which means nothing.
func decode(t *testing.T, data []byte) *Result {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var r Result
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	for i := range r.Steps {
		var compact bytes.Buffer
		if err := json.Compact(&compact, r.Steps[i].Data); err != nil {
			t.Fatal(err)
		}
		r.Steps[i].Data = compact.Bytes()
	}
	return &r
}

func render(t *testing.T, format string, r *Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Formats()[format](&b, r); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.Bytes()
}

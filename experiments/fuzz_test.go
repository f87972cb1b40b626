package experiments_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gameday/experiments"
)

// FuzzParse: no input panics, and whatever comes of it can be shown.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.hcl", "examples/*.hcl"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(source) < 10_000 {
				f.Add(source, "hunter2")
			}
		}
	}
	f.Add(wrapped(`variable "v" { type = map(list(number)) }`, `description = jsonencode(var.v)`), `{ a = [1, 2] }`)
	f.Add(wrapped(`variable "v" { type = object({ a = optional(string, "b"), c = set(bool) }) }`, `description = var.v.a`), `{ c = [true] }`)
	f.Add(wrapped(`variable "v" { sensitive = true }`, `load "l" {
  load_balancer = "web"
  rate          = "1/s"
  headers       = { for k in [var.v] : k => k }
}`), `x`)
	f.Fuzz(func(t *testing.T, source []byte, value string) {
		file, diags := experiments.Parse("a.hcl", source, experiments.Options{
			Kinds: kinds(), Vars: map[string]string{"v": value}, Environ: []string{"GAMEDAY_VAR_token=" + value}, Speed: 10,
		})
		if (file == nil) != diags.HasErrors() {
			t.Errorf("file %v, and yet %v", file, diags)
		}
		var b bytes.Buffer
		if err := experiments.WriteDiagnostics(&b, diags, true, 40); err != nil {
			t.Error(err)
		}
		experiments.DiagnosticsJSON(diags)
		if formatted, diags := experiments.Format("a.hcl", source); diags.HasErrors() == (formatted != nil) && len(source) > 0 {
			t.Errorf("formatted as %q, and yet %v", formatted, diags)
		}
	})
}

// TestEndlessSources: what nests without end is refused before it can exhaust the stack.
func TestEndlessSources(t *testing.T) {
	for _, part := range []string{"!", "-", "[", "(", "x(", "a?", "a?a:", "a+", "a[b]", "a.*", "${", "\"${", "%{if a}", "{a=", "x {\n", "(\n!", "a ||\n"} {
		for _, before := range []string{"", "locals {\n a = ", "locals {\n a = ("} {
			source := before + strings.Repeat(part, (100<<10)/len(part))
			if _, diags := experiments.Parse("a.hcl", []byte(source), experiments.Options{Kinds: kinds()}); !diags.HasErrors() {
				t.Errorf("%s%s...: no mistake", before, part)
			}
		}
	}
}

package experiments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"gameday/experiments"
	"gameday/injectors"
	"gameday/internal/attr"
	"gameday/internal/cloud"
	"gameday/probes"
)

var update = flag.Bool("update", false, "write what the tests see to testdata")

// outage is a kind of fault with everything that a kind's struct may hold.
type outage struct {
	Cluster string            `hcl:"cluster"`
	Count   int               `hcl:"count,optional"`
	Percent attr.Share        `hcl:"percent,optional"`
	Mode    string            `hcl:"mode,optional"`
	IDs     []string          `hcl:"ids,optional"`
	Tags    map[string]string `hcl:"tags,optional"`
	Seats   *uint             `hcl:"seats,optional"`
	Weight  float64           `hcl:"weight,optional"`
	Grace   attr.Duration     `hcl:"grace,optional"`
	Waits   []attr.Duration   `hcl:"waits,optional"`
	Pace    attr.Rate         `hcl:"pace,optional"`
	Limit   *limit            `hcl:"limit,block"`
	Stages  []stage           `hcl:"stage,block"`
}

type limit struct {
	After attr.Duration            `hcl:"after"`
	Times map[string]attr.Duration `hcl:"times,optional"`
}

type stage struct {
	Name string    `hcl:"name,label"`
	Rate attr.Rate `hcl:"rate"`
	Hard bool      `hcl:"hard,optional"`
}

func (o *outage) Plan(context.Context, *cloud.Env, injectors.Scope) (*injectors.Plan, error) {
	panic("these tests only read files")
}

func (o *outage) Validate() (problems []attr.Problem) {
	if !slices.Contains([]string{"terminate", "stop"}, o.Mode) {
		problems = append(problems, attr.Problem{Attr: "mode", Summary: `Wrong value for "mode"`, Detail: `It must be "terminate" or "stop".`})
	}
	if o.Count > 0 && o.Percent != "" {
		problems = append(problems, attr.Problem{Attr: "percent", Summary: "Count and percent", Detail: "Keep one of them."})
	}
	if o.Count == 0 && o.Percent == "" {
		problems = append(problems, attr.Problem{Summary: "Nothing to pick", Detail: "Set count or percent."})
	}
	if o.Grace.Std() > time.Hour {
		problems = append(problems, attr.Problem{Attr: "grace", Summary: "Too patient", Detail: "An hour must do."})
	}
	return problems
}

// gauge is a kind of probe whose unit depends on an attribute.
type gauge struct {
	Source  string            `hcl:"source"`
	Unit    string            `hcl:"unit,optional"`
	Timeout attr.Timeout      `hcl:"timeout,optional"`
	Headers map[string]string `hcl:"headers,optional"`
}

func (g *gauge) Measure(context.Context, *cloud.Env, time.Time, time.Time) ([]probes.Reading, error) {
	panic("these tests only read files")
}

func (g *gauge) Scale() probes.Scale { return probes.Scale{Unit: probes.Unit(g.Unit)} }

// users is a kind of probe that measures a load.
type users struct {
	gauge
	Load string `hcl:"load,optional"`
}

func (u *users) OfLoad() string { return u.Load }

// crowd is a kind of injector that changes a load.
type crowd struct {
	outage
	Load string `hcl:"load,optional"`
}

func (c *crowd) OfLoad() string { return c.Load }

func kinds() experiments.Kinds {
	return experiments.Kinds{
		Injectors: []injectors.Kind{
			{Name: "instance_kill", New: func() injectors.Injector { return &outage{Mode: "terminate", Grace: "30s"} }},
			{Name: "crowd", New: func() injectors.Injector { return &crowd{} }},
			{Name: "nat_cutoff", Held: true, New: func() injectors.Injector { return &outage{Mode: "stop", Count: 1} }},
		},
		Probes: []probes.Kind{
			{Name: "gauge", New: func() probes.Probe { return &gauge{Timeout: "5s"} }},
			{Name: "latency", New: func() probes.Probe { return &gauge{Unit: "s"} }},
			{Name: "users", New: func() probes.Probe { return &users{} }},
			{Name: "errors", New: func() probes.Probe { return &gauge{Unit: "%"} }},
		},
	}
}

// read reads a file as its first lines say: "# --var a=b", "# --var-file f", "# --speed 2", "# GAMEDAY_VAR_a=b".
func read(t testing.TB, name string) (*experiments.File, hcl.Diagnostics) {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	o := experiments.Options{Kinds: kinds(), Vars: map[string]string{}}
	for line := range strings.Lines(string(source)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "#" && words[1] == "--var":
			key, value, _ := strings.Cut(words[2], "=")
			o.Vars[key] = value
		case len(words) == 3 && words[0] == "#" && words[1] == "--var-file":
			o.VarFiles = append(o.VarFiles, words[2])
		case len(words) == 3 && words[0] == "#" && words[1] == "--speed":
			o.Speed, err = strconv.ParseFloat(words[2], 64)
			if err != nil {
				t.Fatal(err)
			}
		case len(words) == 2 && words[0] == "#" && strings.HasPrefix(words[1], "GAMEDAY_VAR_"):
			o.Environ = append(o.Environ, words[1])
		}
	}
	return experiments.Parse(name, source, o)
}

func text(t testing.TB, diags hcl.Diagnostics) string {
	t.Helper()
	var b bytes.Buffer
	if err := experiments.WriteDiagnostics(&b, diags, false, 100); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// inTestdata makes testdata/<dir> the working directory and returns its *.hcl files.
func inTestdata(t testing.TB, dir string) []string {
	t.Helper()
	t.Chdir(filepath.Join("testdata", dir))
	names, err := filepath.Glob("*.hcl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	return names
}

func golden(t testing.TB, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: go test -update writes it anew\n--- got\n%s--- want\n%s", name, got, want)
	}
}

func TestMistakes(t *testing.T) {
	for _, name := range inTestdata(t, "mistakes") {
		t.Run(name, func(t *testing.T) {
			file, diags := read(t, name)
			if diags.HasErrors() != (file == nil) {
				t.Errorf("errors: %v, and yet file: %v", diags.HasErrors(), file)
			}
			got := text(t, diags)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret shows:\n%s", got)
			}
			golden(t, strings.TrimSuffix(name, ".hcl")+".txt", got)
		})
	}
}

func TestMistakesAsJSON(t *testing.T) {
	inTestdata(t, "mistakes")
	_, diags := read(t, "attributes.hcl")
	got := experiments.DiagnosticsJSON(diags)
	golden(t, "attributes.json", string(got))
	var back struct {
		Valid      bool
		ErrorCount int `json:"error_count"`
	}
	if err := json.Unmarshal(got, &back); err != nil || back.Valid || back.ErrorCount != len(diags) {
		t.Errorf("%d diagnostics became %+v (%v)", len(diags), back, err)
	}
	if got := string(experiments.DiagnosticsJSON(nil)); !strings.Contains(got, `"valid": true`) || !strings.Contains(got, `"diagnostics": []`) {
		t.Errorf("no diagnostics became %s", got)
	}
}

func TestColor(t *testing.T) {
	_, diags := experiments.Parse("a.hcl", []byte("experimnt \"a\" {\n}\n"), experiments.Options{})
	var b bytes.Buffer
	if err := experiments.WriteDiagnostics(&b, diags, true, 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[1;31mError\x1b[0m: Unknown block") || !strings.Contains(b.String(), "\x1b[1;31m^^^^^^^^^\x1b[0m") {
		t.Errorf("not in color: %q", b.String())
	}
}

func TestValid(t *testing.T) {
	for _, name := range inTestdata(t, "valid") {
		t.Run(name, func(t *testing.T) {
			file, diags := read(t, name)
			if len(diags) > 0 {
				t.Fatal(text(t, diags))
			}
			golden(t, strings.TrimSuffix(name, ".hcl")+".json", described(t, file))
		})
	}
}

// described is a decoded file as JSON, without what is the same in every file.
func described(t *testing.T, f *experiments.File) string {
	t.Helper()
	type named struct {
		ID       string
		At       string
		Settings any
	}
	type decoded struct {
		experiments.Experiment
		Injects []named
		Probes  []named
		Range   any `json:",omitempty"`
		Loads   []named
	}
	var out struct {
		Vars        map[string]string
		Secrets     []string
		Experiments []decoded
	}
	out.Vars, out.Secrets = f.Vars, f.Secrets
	for _, e := range f.Experiments {
		d := decoded{Experiment: *e}
		for _, l := range e.Loads {
			at := l.Range.String()
			l.Range = hcl.Range{}
			d.Loads = append(d.Loads, named{l.Name, at, l})
		}
		for _, i := range e.Injects {
			d.Injects = append(d.Injects, named{i.ID(), i.Range.String(), []any{i.Start.String(), i.Duration.String(), i.Injector}})
		}
		for _, p := range e.Probes {
			d.Probes = append(d.Probes, named{p.ID(), p.Range.String(), []any{p.Every.String(), p.Bounds, p.Allow.String(), p.Stop, p.Proof, p.Probe}})
		}
		out.Experiments = append(out.Experiments, d)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// wrapped is an experiment that is in order but for what body adds to it.
func wrapped(head, body string) []byte {
	return []byte(head + "\nexperiment \"a\" {\n  probe \"gauge\" \"g\" {\n    source = \"x\"\n    max    = 1\n  }\n" + body + "\n}\n")
}

func TestDefaults(t *testing.T) {
	file, diags := experiments.Parse("a.hcl", wrapped("", `inject "instance_kill" "one" {
  cluster = "web"
  count   = 1
}`), experiments.Options{Kinds: kinds()})
	if len(diags) > 0 {
		t.Fatal(text(t, diags))
	}
	e := file.Experiments[0]
	if e.Baseline != time.Minute || e.Observe != 5*time.Minute || e.Recovery != 10*time.Minute {
		t.Errorf("baseline %v, observe %v, recovery %v", e.Baseline, e.Observe, e.Recovery)
	}
	p := e.Probes[0]
	if p.Every != 10*time.Second || p.Bounds.Confidence != 0.99 || !p.Stop || p.Proof || p.Allow != 0 {
		t.Errorf("probe: %+v", p)
	}
	o := e.Injects[0].Injector.(*outage)
	if o.Mode != "terminate" || o.Grace != "30s" {
		t.Errorf("inject: %+v", o)
	}
}

// hasty is a kind with a field that would take 60 as 60 nanoseconds.
type hasty struct {
	outage
	Wait time.Duration `hcl:"wait"`
}

func TestADurationIsNeverReadFromANumber(t *testing.T) {
	kind := injectors.Kind{Name: "hasty", New: func() injectors.Injector { return &hasty{} }}
	defer func() {
		if bug, _ := recover().(string); !strings.Contains(bug, "hasty.Wait: 60 would be 60 nanoseconds") {
			t.Errorf("the bug of the kind's author is not named: %q", bug)
		}
	}()
	experiments.Parse("a.hcl", []byte("experiment \"a\" {\n  inject \"hasty\" \"b\" {\n    wait = 60\n  }\n}\n"),
		experiments.Options{Kinds: experiments.Kinds{Injectors: []injectors.Kind{kind}}, Speed: 1})
}

func TestSpeed(t *testing.T) {
	source := wrapped("", `baseline = "2m"
load "users" {
  url     = "http://example.com/"
  rate    = "60/min"
  timeout = "4s"
}
inject "nat_cutoff" "one" {
  cluster  = "web"
  start    = "20s"
  duration = "1m"
  grace    = "5ms"
  waits    = ["10s", "0s"]
  pace     = "60/min"
  limit {
    after = "30s"
    times = { a = "1m" }
  }
}
probe "latency" "p99" {
  source = "x"
  allow  = "30s"
  max    = "3s"
}`)
	file, diags := experiments.Parse("a.hcl", source, experiments.Options{Kinds: kinds(), Speed: 10})
	if len(diags) > 0 {
		t.Fatal(text(t, diags))
	}
	e := file.Experiments[0]
	if e.Baseline != 12*time.Second || e.Observe != 30*time.Second {
		t.Errorf("baseline %v, observe %v", e.Baseline, e.Observe)
	}
	if l := e.Loads[0]; l.Rate != "60/min" || l.Timeout != 4*time.Second {
		t.Errorf("rate %v, timeout %v: neither is to be faster", l.Rate, l.Timeout)
	}
	i := e.Injects[0]
	if i.Start != 2*time.Second || i.Duration != 6*time.Second {
		t.Errorf("start %v, duration %v", i.Start, i.Duration)
	}
	o := i.Injector.(*outage)
	if o.Grace.Std() != time.Millisecond || o.Waits[0].Std() != time.Second || o.Waits[1].Std() != 0 || o.Pace.PerSecond() != 1 {
		t.Errorf("grace %v, waits %v, pace %v", o.Grace, o.Waits, o.Pace)
	}
	if o.Limit.After.Std() != 3*time.Second || o.Limit.Times["a"].Std() != 6*time.Second {
		t.Errorf("limit %+v", o.Limit)
	}
	p := e.Probes[1]
	if p.Every != time.Second || p.Allow != 3*time.Second || *p.Bounds.Max != 3 {
		t.Errorf("every %v, allow %v, max %v", p.Every, p.Allow, *p.Bounds.Max)
	}
}

func TestVariablePrecedence(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := write("first.vars", `b = "first"
c = "first"
d = "first"`)
	second := write("second.vars.json", `{"c": "second", "d": "second"}`)
	head := `variable "a" { default = "default" }
variable "b" { type = string }
variable "c" {}
variable "d" {}
variable "e" {
  type = object({ name = string, size = optional(number, 3) })
}`
	source := wrapped(head, `description = "${var.a} ${var.b} ${var.c} ${var.d} ${var.e.name}${var.e.size}"
inject "nat_cutoff" "one" { cluster = "web" }`)
	file, diags := experiments.Parse("a.hcl", source, experiments.Options{
		Kinds:    kinds(),
		Vars:     map[string]string{"d": "flag", "e": `{ name = "n" }`},
		VarFiles: []string{first, second},
		Environ:  []string{"GAMEDAY_VAR_a=env", "GAMEDAY_VAR_b=env", "GAMEDAY_VAR_other=ignored", "PATH=/bin"},
	})
	if len(diags) > 0 {
		t.Fatal(text(t, diags))
	}
	if got := file.Experiments[0].Description; got != "env first second flag n3" {
		t.Errorf("values: %s", got)
	}
	again, diags := experiments.Parse("a.hcl", source, experiments.Options{Kinds: kinds(), Vars: file.Vars})
	if len(diags) > 0 {
		t.Fatal(text(t, diags))
	}
	if got, want := again.Experiments[0].Description, file.Experiments[0].Description; got != want {
		t.Errorf("with Vars %v it reads %q, before it read %q", file.Vars, got, want)
	}
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"b.hcl":     string(wrapped(`variable "size" { type = number }`, `inject "nat_cutoff" "one" { cluster = "b" }`)),
		"a.hcl":     string(wrapped(`variable "who" {}`, `inject "nat_cutoff" "one" { cluster = var.who }`)),
		"notes.txt": "not HCL",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := experiments.Options{Kinds: kinds(), Vars: map[string]string{"size": "3", "who": "a"}}
	files, diags := experiments.ReadFiles([]string{dir, filepath.Join(dir, "b.hcl")}, o)
	if len(diags) > 0 {
		t.Fatal(text(t, diags))
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f.Name))
	}
	if !reflect.DeepEqual(names, []string{"a.hcl", "b.hcl"}) {
		t.Errorf("read %v", names)
	}

	o.Vars["sise"] = "3"
	_, diags = experiments.ReadFiles([]string{dir, filepath.Join(dir, "c.hcl"), t.TempDir()}, o)
	got := text(t, diags)
	for _, want := range []string{`Unknown variable "sise"`, `Did you mean "size"?`, "c.hcl\n\nNo such file", "Nothing to read in"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestFormat(t *testing.T) {
	got, diags := experiments.Format("a.hcl", []byte("experiment \"a\"   {\nbaseline=\"1m\"\n  observe =   \"2m\"\n}\n"))
	if want := "experiment \"a\" {\n  baseline = \"1m\"\n  observe  = \"2m\"\n}\n"; len(diags) > 0 || string(got) != want {
		t.Errorf("%v, got:\n%s", diags, got)
	}
	if got, diags := experiments.Format("a.hcl", []byte("experiment \"a\" {\nbaseline=\n")); got != nil || !diags.HasErrors() {
		t.Errorf("broken syntax: %v, formatted as %s", diags, got)
	}
}

func TestFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`upper("a")`: "A", `join("-", ["a", "b"])`: "a-b", `format("%03d", 7)`: "007", `length("häß")`: "3",
		`length([1, 2])`: "2", `length({ a = 1 })`: "1", `replace("a1b2", "/[0-9]/", "x")`: "axbx",
		`replace("a.b", ".", "-")`: "a-b", `base64encode("u:p")`: "dTpw", `base64decode("dTpw")`: "u:p",
		`urlencode("a b&c")`: "a+b%26c", `startswith("abc", "ab")`: "true", `endswith("abc", "ab")`: "false",
		`alltrue([true, false])`: "false", `alltrue([])`: "true", `anytrue([false, true])`: "true", `anytrue([])`: "false",
		`try(local.map.nope, "else")`: "else", `can(local.map.a)`: "true", `lookup(local.map, "a", "b")`: "1",
		`jsonencode({ a = [1, null] })`: `{"a":[1,null]}`, `max(1, 5, 3)`: "5", `tostring(tonumber("12"))`: "12",
		`coalesce(null, "b")`: "b", `join(",", [for k, v in merge(local.map, { c = 3 }) : "${k}${v}"])`: "a1,c3",
		`join(",", formatlist("i-%s", sort(distinct(["b", "a", "b"]))))`: "i-a,i-b",
	} {
		source := wrapped("locals {\n  map = { a = 1 }\n  it  = "+expr+"\n}", `description = tostring(local.it)
inject "nat_cutoff" "one" { cluster = "web" }`)
		file, diags := experiments.Parse("a.hcl", source, experiments.Options{Kinds: kinds()})
		if len(diags) > 0 {
			t.Errorf("%s: %s", expr, text(t, diags))
		} else if got := file.Experiments[0].Description; got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
}

// TestSourceIsShownWithoutSecrets because a report holds the file, and its readers are not those who may know them.
func TestSourceIsShownWithoutSecrets(t *testing.T) {
	head := `variable "token" {
  sensitive = true
  default   = "hunter2-default"
}

variable "key" {
  sensitive = true
  default   = <<-EOT
    hunter2-first
    ok
  EOT
}

variable "cluster" {
  default = "web"
}
`
	source := wrapped(head, "")
	o := experiments.Options{Kinds: kinds(), Vars: map[string]string{"token": "something-else"}}
	f, diags := experiments.Parse("it.hcl", source, o)
	if diags.HasErrors() {
		t.Fatal(text(t, diags))
	}
	for _, secret := range []string{"hunter2", "ok\n"} {
		if strings.Contains(f.Shown, secret) {
			t.Errorf("%q is still in\n%s", secret, f.Shown)
		}
	}
	if !strings.Contains(f.Shown, "default   = (sensitive)\n}") || !strings.Contains(f.Shown, `default = "web"`) || !strings.HasSuffix(f.Shown, string(wrapped("", ""))) {
		t.Errorf("what is no secret is not as it was written:\n%s", f.Shown)
	}
}

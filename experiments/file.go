package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Options is what a file is read with.
type Options struct {
	Kinds    Kinds
	Vars     map[string]string // from --var
	VarFiles []string          // from --var-file; later ones win
	Environ  []string          // as os.Environ gives it; GAMEDAY_VAR_name sets the variable name
	Speed    float64           // what durations are divided by; 0 is 1
}

// ReadFiles reads every file that the arguments name: files, and directories for the *.hcl files in them. It reports
// all mistakes of all files at once; where one of them is an error, there are no files. A variable that is set
// must be declared by one of the files at least.
func ReadFiles(args []string, o Options) ([]*File, hcl.Diagnostics) {
	names, diags := Gather(args)
	given, more := readVarFiles(o.VarFiles)
	diags = append(diags, more...)
	var readers []*reader
	var files []*File
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			diags = append(diags, unreadable(name, err))
			continue
		}
		r := newReader(name, source, o, given)
		files = append(files, r.file())
		diags = append(diags, r.finished()...)
		readers = append(readers, r)
	}
	if len(readers) == len(names) {
		diags = append(diags, undeclared(o, given, readers)...)
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return files, diags
}

// Parse reads one file from source and reports all of its mistakes at once, in the order of the file; where one of
// them is an error, there is no File. It asks nobody: no network, no credentials.
func Parse(name string, source []byte, o Options) (*File, hcl.Diagnostics) {
	given, diags := readVarFiles(o.VarFiles)
	r := newReader(name, source, o, given)
	file := r.file()
	diags = append(diags, r.finished()...)
	diags = append(diags, undeclared(o, given, []*reader{r})...)
	if diags.HasErrors() {
		return nil, diags
	}
	return file, diags
}

// Gather lists the files that the arguments name, each once, directories in the order of their entries' names.
func Gather(args []string) (names []string, diags hcl.Diagnostics) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			diags = append(diags, unreadable(arg, err))
		case !info.IsDir():
			names = append(names, arg)
		default:
			found, err := hclFiles(arg)
			if err != nil {
				diags = append(diags, unreadable(arg, err))
			} else if len(found) == 0 {
				diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf("Nothing to read in %s", arg),
					Detail: "The directory holds no file whose name ends in .hcl, and those in folders below it are not read: name the folder that holds them."})
			}
			names = append(names, found...)
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		again := seen[filepath.Clean(name)]
		seen[filepath.Clean(name)] = true
		return again
	}), diags
}

// hclFiles lists the *.hcl files of a directory in the order of their names.
func hclFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) == ".hcl" {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}

func unreadable(name string, err error) *hcl.Diagnostic {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf("Cannot read %s", name), Detail: sentence(err.Error())}
}

// reader reads one file. Whatever it finds wrong, it goes on.
type reader struct {
	scope
	mistakes
	name   string
	source []byte
	body   *hclsyntax.Body
	o      Options
	given  []varFile

	secrets map[string]bool
}

func newReader(name string, source []byte, o Options, given []varFile) *reader {
	if o.Speed == 0 {
		o.Speed = 1
	}
	r := &reader{
		scope: scope{functions: functions(), variables: map[string]*variable{}, locals: map[string]*local{}},
		name:  name, source: source, o: o, given: given, secrets: map[string]bool{},
	}
	r.body = r.parse()
	return r
}

// parse reads the syntax. Where it is broken, the body holds what could be read all the same.
func (r *reader) parse() *hclsyntax.Body {
	at := hcl.Range{Filename: r.name, Start: hcl.InitialPos, End: hcl.InitialPos}
	if why := indigestible(r.source); why != "" {
		r.mistake(at, "This is no experiment file", why)
		r.torn, r.source = true, nil // of which no line would tell anybody anything
		return &hclsyntax.Body{SrcRange: at, EndRange: at}
	}
	file, diags := hclsyntax.ParseConfig(r.source, r.name, hcl.InitialPos)
	r.syntax(diags)
	return file.Body.(*hclsyntax.Body)
}

// topLevel is what may stand in a file.
type topLevel struct {
	Variables   []*hclsyntax.Block `hcl:"variable,block"`
	Locals      []*hclsyntax.Block `hcl:"locals,block"`
	Experiments []*hclsyntax.Block `hcl:"experiment,block"`
}

// file decodes the whole file: what is referred to first, whatever the order in which it is written.
func (r *reader) file() *File {
	var top topLevel
	r.decode(place{body: r.body, header: r.body.MissingItemRange(), what: "an experiment file"}, target{into: &top})
	r.declareVariables(top.Variables)
	r.declareLocals(top.Locals)
	r.settleVariables()
	r.settleLocals()
	r.validateVariables()
	sum := sha256.Sum256(r.source)
	f := &File{Name: r.name, SHA256: hex.EncodeToString(sum[:]), Source: r.source, Shown: r.shown(), Vars: r.texts()}
	seen := map[string]hcl.Range{}
	for _, b := range top.Experiments {
		if r.addressed(seen, b, "NAME") {
			f.Experiments = append(f.Experiments, r.experiment(b))
		}
	}
	if len(top.Experiments) == 0 && !r.torn {
		r.mistake(r.body.MissingItemRange(), "No experiment", "This file has no experiment block. gameday init writes a first one to edit.")
	}
	f.Secrets = slices.Sorted(maps.Keys(r.secrets))
	return f
}

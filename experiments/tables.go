package experiments

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"gameday/internal/load/traffic"
)

// files makes a function that says that files are to be read, and how. It reads nothing itself, so that an expression
// depends on nothing but the file that it stands in.
func files(how string) function.Function {
	name := function.Parameter{Name: "file", Type: cty.String}
	return function.New(&function.Spec{
		Params:   []function.Parameter{name},
		VarParam: &name,
		Type:     function.StaticReturnType(filesType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.ObjectVal(map[string]cty.Value{"read": cty.StringVal(how), "files": cty.ListVal(args)}), nil
		},
	})
}

var filesType = cty.Object(map[string]cty.Type{"read": cty.String, "files": cty.List(cty.String)})

// named evaluates an attribute that names files by one of the functions, and returns which one and the files, as they
// are written. Where it does not, the advice says how to write it.
func (r *reader) named(a *hclsyntax.Attribute, advice string, hows ...string) (how string, names []string) {
	v, ok := r.value(a.Expr)
	if !ok {
		return "", nil
	}
	if v, ok = r.reveal(v, a, ""); !ok || v.IsNull() {
		return "", nil
	}
	if !v.Type().Equals(filesType) || !slices.Contains(hows, v.GetAttr("read").AsString()) {
		r.mistake(a.Expr.Range(), fmt.Sprintf("Wrong value for %q", a.Name), advice)
		return "", nil
	}
	for _, name := range v.GetAttr("files").AsValueSlice() {
		names = append(names, name.AsString())
	}
	return v.GetAttr("read").AsString(), names
}

// beside is the path of a file that is named in the experiment file: relative to that.
func (r *reader) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.name), name)
}

// isFile returns why a path is not one of a file, "" if it is.
func isFile(path string) string {
	switch info, err := os.Stat(path); {
	case os.IsNotExist(err):
		return fmt.Sprintf("There is no file %s. Names are relative to the folder of the experiment file.", path)
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %s.", path, errors.Unwrap(err))
	case info.IsDir():
		return fmt.Sprintf("%s is a folder. Name the files in it, like %q.", path, filepath.Join(path, "*"))
	case !info.Mode().IsRegular():
		return fmt.Sprintf("%s is no ordinary file.", path)
	}
	return ""
}

// table is what placeholders are filled in from. That of a load without values is nil.
type table struct {
	*traffic.Values // nil where they could not be read
	name            string
}

// values reads the table of a load.
func (r *reader) values(b *hclsyntax.Block) *table {
	a := b.Body.Attributes["values"]
	if a == nil {
		return nil
	}
	how, names := r.named(a, "Name the file that has them: csv(\"users.csv\"), or jsonl(\"users.jsonl\").", "csv", "jsonl")
	if how == "" {
		return &table{}
	}
	if len(names) > 1 {
		r.mistake(a.Expr.Range(), "Several tables", "Values come from one file. Join them, or write a load for each.")
		return &table{}
	}
	read := map[string]func(io.Reader) (*traffic.Values, error){"csv": traffic.ReadCSV, "jsonl": traffic.ReadJSONLines}[how]
	path := r.beside(names[0])
	values, why := readTable(path, read)
	if why != "" {
		r.mistake(a.Expr.Range(), "Values that cannot be read", why)
	}
	return &table{values, path}
}

func readTable(path string, read func(io.Reader) (*traffic.Values, error)) (values *traffic.Values, why string) {
	if why := isFile(path); why != "" {
		return nil, why
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, sentence(err.Error())
	}
	defer f.Close()
	if values, err = read(f); err != nil {
		return nil, fmt.Sprintf("%s, %s.", path, err)
	}
	return values, ""
}

// cannotFill says what to do about a placeholder that stands for nothing, "" where it stands for something.
func (t *table) cannotFill(name string) string {
	known := traffic.Always()
	switch {
	case slices.Contains(known, name), t != nil && t.Values == nil:
		return ""
	case t != nil && slices.Contains(t.Columns, name):
		return ""
	case t == nil:
		return "Without values there are {{n}}, the number of the request, and {{uuid}}. For others, add values = csv(\"FILE\") with a column of that name."
	}
	known = append(slices.Clone(t.Columns), known...)
	if s := suggest(name, known); s != "" {
		return fmt.Sprintf("Did you mean {{%s}}?", s)
	}
	return fmt.Sprintf("There are {{%s}}.", strings.Join(known, "}}, {{"))
}

// unfitForHeader says which value of a column cannot stand in a header, "" where all can.
func (t *table) unfitForHeader(column string) string {
	if t == nil || t.Values == nil {
		return ""
	}
	if why := t.UnfitForHeader(column); why != "" {
		return fmt.Sprintf("%s, %s.", t.name, why)
	}
	return ""
}

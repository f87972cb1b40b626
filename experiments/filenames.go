package experiments

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
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

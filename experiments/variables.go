package experiments

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// environPrefix and a variable's name make the environment variable that sets it.
const environPrefix = "GAMEDAY_VAR_"

// variableBlock is the body of `variable "name" {}`.
type variableBlock struct {
	Type        hclsyntax.Expression `hcl:"type,optional"`
	Default     hclsyntax.Expression `hcl:"default,optional"`
	Description string               `hcl:"description,optional"`
	Sensitive   bool                 `hcl:"sensitive,optional"`
	Validations []validationBlock    `hcl:"validation,block"`
}

// validationBlock is a rule that a variable's value must keep.
type validationBlock struct {
	Condition    hclsyntax.Expression `hcl:"condition"`
	ErrorMessage hclsyntax.Expression `hcl:"error_message"`
}

// variable is a declared variable, and its value once that is settled.
type variable struct {
	variableBlock
	name     string
	header   hcl.Range
	ty       cty.Type
	defaults *typeexpr.Defaults // of optional object attributes
	fallback cty.Value          // NilVal where there is no default

	value cty.Value // unknown until settled, and where its mistake has been reported
	at    hcl.Range // where the value is written
	from  string    // where it comes from, if not from a file
}

// varFile is a file of values for variables.
type varFile struct {
	name   string
	source []byte
	values hcl.Attributes
	torn   bool        // the syntax is broken, so nobody knows where its values begin and end
	blocks []hcl.Range // which have no business there, from brace to brace
}

// readVarFiles reads files of `name = value` lines, or of JSON where their name ends in .json.
func readVarFiles(names []string) (files []varFile, diags hcl.Diagnostics) {
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			diags = append(diags, unreadable(name, err))
			continue
		}
		f := varFile{name: name, source: source}
		m := mistakes{}
		f.parse(&m)
		diags = append(diags, m.inOrder(excerpts{}.with(f, f.hidden(nil)))...)
		files = append(files, f)
	}
	return files, diags
}

func (f *varFile) parse(m *mistakes) {
	if why := indigestible(f.source); why != "" {
		m.mistake(hcl.Range{Filename: f.name, Start: hcl.InitialPos, End: hcl.InitialPos}, "This is no file of variables", why)
		f.torn = true
		return
	}
	parsed, diags := f.syntax()
	f.torn = diags.HasErrors()
	for _, d := range diags {
		if strings.Contains(d.Detail, `"`) {
			d.Detail = "What is written there is not shown, because it may be a secret."
		}
	}
	if parsed != nil && parsed.Body != nil {
		values, more := parsed.Body.JustAttributes()
		for _, d := range more {
			d.Detail = "A file of variables consists of lines like: cluster = \"web\""
		}
		f.values, diags = values, append(diags, more...)
		if body, is := parsed.Body.(*hclsyntax.Body); is {
			for _, b := range body.Blocks {
				f.blocks = append(f.blocks, hcl.RangeBetween(b.OpenBraceRange, b.CloseBraceRange))
			}
		}
	}
	m.syntax(diags)
}

func (f *varFile) syntax() (*hcl.File, hcl.Diagnostics) {
	if strings.HasSuffix(f.name, ".json") {
		return hcljson.Parse(f.source, f.name)
	}
	return hclsyntax.ParseConfig(f.source, f.name, hcl.InitialPos)
}

// hidden is where the values stand of which it is not known that they may be shown.
func (f varFile) hidden(declared map[string]*variable) []hcl.Range {
	ranges := slices.Clone(f.blocks)
	for name, a := range f.values {
		if declared[name] == nil || declared[name].Sensitive {
			ranges = append(ranges, a.Expr.Range())
		}
	}
	return ranges
}

// with adds a file of variables to what is quoted from, if it can be told what must not be shown of it.
func (x excerpts) with(f varFile, hidden []hcl.Range) excerpts {
	if !f.torn {
		x[f.name] = excerptSource{source: f.source, hidden: hidden}
	}
	return x
}

// undeclared reports values for variables that none of the files declares. In a file of variables that is a
// warning only, because several sets of experiments may share one.
func undeclared(o Options, given []varFile, readers []*reader) hcl.Diagnostics {
	declared := map[string]bool{}
	for _, r := range readers {
		if r.torn {
			return nil
		}
		for name := range r.variables {
			declared[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(declared))
	m, sources := mistakes{}, excerpts{}
	for _, name := range slices.Sorted(maps.Keys(o.Vars)) {
		if !declared[name] {
			m.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf("Unknown variable %q", name),
				Detail: "It is set with --var, and no file declares it. " + DidYouMean(name, names)})
		}
	}
	for _, f := range given {
		sources = sources.with(f, f.hidden(nil))
		for name, a := range f.values {
			if !declared[name] {
				m.report(&hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: fmt.Sprintf("Unknown variable %q", name),
					Detail: "No file declares it, so its value is not used. " + DidYouMean(name, names), Subject: a.NameRange.Ptr()})
			}
		}
	}
	return m.inOrder(sources)
}

func (r *reader) declareVariables(blocks []*hclsyntax.Block) {
	r.constant = true
	defer func() { r.constant = false }()
	seen := map[string]hcl.Range{}
	for _, b := range blocks {
		if !r.addressed(seen, b, "NAME") || r.variables[b.Labels[0]] != nil {
			continue
		}
		v := &variable{name: b.Labels[0], header: b.DefRange(), value: cty.DynamicVal}
		if !r.decode(placeOf(b), target{into: &v.variableBlock}) && b.Body.Attributes["sensitive"] != nil {
			v.Sensitive = true // better so than shown by mistake
		}
		if v.Sensitive && v.Default != nil {
			r.hide(v.Default.Range())
		}
		r.settleType(v)
		r.variables[v.name] = v
	}
}

// settleType finds out what values v may have. Without a type, that is the type of its default, or text.
func (r *reader) settleType(v *variable) {
	v.ty, v.at = cty.String, v.header
	if v.Type != nil {
		ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(v.Type)
		for _, d := range diags {
			r.mistake(*d.Subject, "Unknown type", d.Detail+" "+adviseOnType(hcl.ExprAsKeyword(v.Type)))
		}
		v.ty, v.defaults = ty, defaults
		if diags.HasErrors() {
			v.ty = cty.DynamicPseudoType
		}
	}
	if v.Default == nil {
		return
	}
	v.at = v.Default.Range()
	v.fallback = cty.DynamicVal
	value, ok := r.value(v.Default)
	if !ok {
		return
	}
	if v.Type == nil && !value.IsNull() {
		v.ty = value.Type()
		if !v.ty.IsPrimitiveType() {
			v.ty = cty.DynamicPseudoType
		}
	}
	v.fallback = r.conform(v, value)
}

func adviseOnType(word string) string {
	if s := suggest(word, []string{"string", "number", "bool", "any"}); s != "" && s != word {
		return fmt.Sprintf("Did you mean %s?", s)
	}
	return "Types are string, number, bool, any, list(...), set(...), map(...), tuple([...]) and object({...})."
}

// conform converts a value to the type of v. Its mistake is reported where v.at says.
func (r *reader) conform(v *variable, value cty.Value) cty.Value {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	converted, err := convert.Convert(value, v.ty)
	if err != nil {
		r.mistake(v.at, fmt.Sprintf("Wrong type for variable %q", v.name), sentence(misfit(value.Type(), v.ty, nil)+v.from))
		return cty.DynamicVal
	}
	return converted
}

// settleVariables gives every variable the last of its values: default, environment, files in order, --var.
func (r *reader) settleVariables() {
	environ := environment(r.o.Environ)
	for _, name := range slices.Sorted(maps.Keys(r.variables)) {
		v := r.variables[name]
		v.value = r.settled(v, environ)
		if v.Sensitive {
			collectSecrets(r.secrets, v.value)
			v.value = v.value.Mark(sensitive)
		}
	}
}

func (r *reader) settled(v *variable, environ map[string]string) cty.Value {
	if text, set := r.o.Vars[v.name]; set {
		return r.fromText(v, text, "--var")
	}
	for _, f := range slices.Backward(r.given) {
		if a, set := f.values[v.name]; set {
			v.at = a.Expr.Range()
			value, diags := a.Expr.Value(nil)
			for _, d := range diags {
				r.evaluation(d, v.Sensitive)
			}
			if diags.HasErrors() {
				return cty.DynamicVal
			}
			return r.conform(v, value)
		}
	}
	if text, set := environ[v.name]; set {
		return r.fromText(v, text, environPrefix+v.name)
	}
	if v.fallback == cty.NilVal {
		r.mistake(v.header, fmt.Sprintf("No value for variable %q", v.name),
			fmt.Sprintf("It has no default. Set it with --var %s=VALUE, in a file given with --var-file, or in the environment as %s%s.", v.name, environPrefix, v.name))
		return cty.DynamicVal
	}
	return v.fallback
}

// fromText reads a value from the command line or the environment: as it stands for a variable of a simple type,
// as an expression for others.
func (r *reader) fromText(v *variable, text, source string) cty.Value {
	v.at, v.from = v.header, fmt.Sprintf(" (set with %s)", source)
	if v.ty.IsPrimitiveType() {
		return r.conform(v, cty.StringVal(text))
	}
	if why := indigestible([]byte(text)); why != "" {
		r.mistake(v.at, fmt.Sprintf("Wrong value for variable %q", v.name), why)
		return cty.DynamicVal
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), source, hcl.InitialPos)
	value := cty.DynamicVal
	if !diags.HasErrors() {
		value, diags = expr.Value(nil)
	}
	if diags.HasErrors() {
		r.mistake(v.at, fmt.Sprintf("Wrong value for variable %q", v.name),
			sentence(fmt.Sprintf("it must be written as in a file, like %s%s", example(v.ty), v.from)))
		return cty.DynamicVal
	}
	return r.conform(v, value)
}

// example shows how a value of a type that is not simple is written.
func example(ty cty.Type) string {
	switch {
	case ty.IsMapType(), ty.IsObjectType():
		return `{ a = "b" }`
	case ty.IsCollectionType(), ty.IsTupleType():
		return `["a", "b"]`
	}
	return `"text", 12 or ["a", "b"]`
}

// Environ is what os.Environ would have to say for the variables to have these values.
func Environ(values map[string]string) (environ []string) {
	for name, value := range values {
		environ = append(environ, environPrefix+name+"="+value)
	}
	return environ
}

// environment returns the variables that environ sets, without the prefix.
func environment(environ []string) map[string]string {
	set := map[string]string{}
	for _, e := range environ {
		if rest, ours := strings.CutPrefix(e, environPrefix); ours {
			name, value, _ := strings.Cut(rest, "=")
			set[name] = value
		}
	}
	return set
}

// validateVariables checks the rules that variables come with.
func (r *reader) validateVariables() {
	for _, name := range slices.Sorted(maps.Keys(r.variables)) {
		for _, rule := range r.variables[name].Validations {
			if rule.Condition != nil && rule.ErrorMessage != nil {
				r.enforce(r.variables[name], rule)
			}
		}
	}
}

func (r *reader) enforce(v *variable, rule validationBlock) {
	message := r.message(rule)
	kept, ok := r.value(rule.Condition)
	if !ok {
		return
	}
	kept, _ = kept.UnmarkDeep()
	kept, err := convert.Convert(kept, cty.Bool)
	if err != nil || kept.IsNull() {
		r.mistake(rule.Condition.Range(), "Wrong type for condition", "A condition must be true or false.")
		return
	}
	if kept.False() {
		r.mistake(v.at, fmt.Sprintf("Wrong value for variable %q", v.name),
			fmt.Sprintf("%s\nSo says the rule in line %d%s.", message, rule.Condition.Range().Start.Line, v.from))
	}
}

// message is what a rule has to say to whoever breaks it.
func (r *reader) message(rule validationBlock) string {
	v, ok := r.value(rule.ErrorMessage)
	if !ok {
		return "The value breaks a rule."
	}
	if v.ContainsMarked() {
		r.mistake(rule.ErrorMessage.Range(), "Sensitive value in an error message", "Error messages are shown. Say what is wrong without the value.")
		return "The value breaks a rule."
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		r.mistake(rule.ErrorMessage.Range(), "Wrong type for error_message", "An error message must be a string.")
		return "The value breaks a rule."
	}
	return v.AsString()
}

// texts is what --var would have to say for every variable to have the value that it has. Sensitive ones are left out.
func (r *reader) texts() map[string]string {
	texts := map[string]string{}
	for name, v := range r.variables {
		switch {
		case v.Sensitive || !v.value.IsWhollyKnown() || v.value.IsNull():
		case v.ty.IsPrimitiveType():
			text, err := convert.Convert(v.value, cty.String)
			if err != nil {
				panic("experiments: a simple value that is no text: " + err.Error())
			}
			texts[name] = text.AsString()
		default:
			texts[name] = string(hclwrite.TokensForValue(v.value).Bytes())
		}
	}
	return texts
}

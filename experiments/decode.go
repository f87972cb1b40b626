package experiments

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"

	"gameday/internal/attr"
)

// place is a body of the file, and how to speak of it.
type place struct {
	body   *hclsyntax.Body
	header hcl.Range // where to point at what is missing
	what   string    // `inject "instance_kill"`
}

func placeOf(b *hclsyntax.Block) place {
	what := b.Type
	if len(b.Labels) > 0 {
		what += fmt.Sprintf(" %q", b.Labels[0])
	}
	return place{body: b.Body, header: b.DefRange(), what: what}
}

// target is a pointer to a struct whose hcl tags say what it takes from a body. Several targets share one body:
// a kind's own attributes stand next to those that all kinds have.
type target struct {
	into    any
	private string // why a sensitive value has no business here; empty where it has
	lenient bool   // more may stand in the body than the targets take
}

// field is one tagged field of a target.
type field struct {
	name     string
	value    reflect.Value
	block    bool
	required bool
	private  string
	doc      string // what it is for, from its doc tag
}

var (
	expressionType = reflect.TypeFor[hclsyntax.Expression]()
	blocksType     = reflect.TypeFor[[]*hclsyntax.Block]()
	wordsType      = reflect.TypeFor[attr.Words]()
)

// decode reads a body into the structs behind targets and reports every mistake. A field whose mistake was reported
// keeps the value it had, so that checks below can count on every value being a valid one. It is ok where there
// was no mistake.
//
// The tags are gohcl's (attribute, optional, block, label), and so is what they mean. gohcl itself is not used, because
// its messages speak of Go types, it stops where this goes on, and it cannot tell a sensitive value from another.
func (r *reader) decode(at place, targets ...target) (ok bool) {
	d := decoding{reader: r, at: at, bad: map[string]bool{}}
	for _, t := range targets {
		d.lenient = d.lenient || t.lenient
		d.fields = append(d.fields, fieldsOf(t, d.fields)...)
	}
	d.attributes()
	d.blocks()
	d.missing()
	for _, t := range targets {
		if v, validates := t.into.(attr.Validator); validates {
			d.problems(v)
		}
	}
	return len(d.bad) == 0
}

// fieldsOf lists the tagged fields of a target. A name that is taken is a bug: no file could say which one it means.
func fieldsOf(t target, taken []field) (fields []field) {
	v := reflect.ValueOf(t.into).Elem()
	for i := range v.NumField() {
		tag, tagged := v.Type().Field(i).Tag.Lookup("hcl")
		if !tagged {
			continue
		}
		name, kind, _ := strings.Cut(tag, ",")
		f := field{name: name, value: v.Field(i), private: t.private, doc: v.Type().Field(i).Tag.Get("doc")}
		switch kind {
		case "":
			f.required = f.value.Kind() != reflect.Pointer
		case "optional":
		case "block":
			f.block = true
			f.required = f.value.Kind() == reflect.Struct
		case "label":
			continue
		default:
			panic(fmt.Sprintf("experiments: %s.%s: hcl tag %q is not known", v.Type(), v.Type().Field(i).Name, tag))
		}
		if f.value.Type() == reflect.TypeFor[time.Duration]() {
			panic(fmt.Sprintf("experiments: %s.%s: 60 would be 60 nanoseconds: make it an attr.Duration", v.Type(), v.Type().Field(i).Name))
		}
		for _, other := range taken {
			if other.name == name {
				panic(fmt.Sprintf("experiments: %s.%s: every block of this type has an attribute %q already", v.Type(), v.Type().Field(i).Name, name))
			}
		}
		fields = append(fields, f)
	}
	return fields
}

// decoding is one call of decode.
type decoding struct {
	*reader
	at      place
	fields  []field
	lenient bool
	bad     map[string]bool // attributes and blocks whose mistakes have been reported
}

func (d *decoding) field(name string) (field, bool) {
	for _, f := range d.fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func (d *decoding) attributes() {
	for _, a := range inOrder(d.at.body.Attributes) {
		f, known := d.field(a.Name)
		switch {
		case known && f.block:
			d.mistake(a.NameRange, fmt.Sprintf("%q is a block", a.Name), fmt.Sprintf("Write it without the equals sign: %s { ... }", a.Name))
		case known:
			if !d.assign(f, a) {
				d.bad[a.Name] = true
			}
			continue
		case !d.lenient:
			d.mistake(a.NameRange, fmt.Sprintf("Unknown attribute %q", a.Name), d.adviseOnUnknown(a.Name, false))
		}
		d.bad[a.Name] = true
		d.value(a.Expr)
	}
}

func (d *decoding) blocks() {
	seen := map[string]*hclsyntax.Block{}
	for _, b := range d.at.body.Blocks {
		f, known := d.field(b.Type)
		switch {
		case known && !f.block:
			d.mistake(b.TypeRange, fmt.Sprintf("%q is an attribute", b.Type), fmt.Sprintf("Write it with an equals sign: %s = ...", b.Type))
		case known && f.value.Kind() != reflect.Slice && seen[b.Type] != nil:
			d.mistake(b.DefRange(), fmt.Sprintf("Duplicate block %q", b.Type), fmt.Sprintf("There can be one only, and it is in line %d.", seen[b.Type].TypeRange.Start.Line))
		case known:
			seen[b.Type] = b
			if !d.nest(f, b) {
				d.bad[b.Type] = true
			}
			continue
		case !d.lenient:
			d.mistake(b.TypeRange, fmt.Sprintf("Unknown block %q", b.Type), d.adviseOnUnknown(b.Type, true))
		}
		d.bad[b.Type] = true
		d.evaluateAll(b.Body)
	}
}

// evaluateAll reports the mistakes in the expressions of a body that nobody decodes.
func (r *reader) evaluateAll(body *hclsyntax.Body) {
	for _, a := range inOrder(body.Attributes) {
		r.value(a.Expr)
	}
	for _, b := range body.Blocks {
		r.evaluateAll(b.Body)
	}
}

// missing reports the required fields that the body does not have.
func (d *decoding) missing() {
	for _, f := range d.fields {
		if !f.required || d.at.body.Attributes[f.name] != nil || d.has(f.name) {
			continue
		}
		d.bad[f.name] = true
		if d.torn {
			continue
		}
		what, like := "attribute", f.name+" = ..."
		if f.block {
			what, like = "block", f.name+" { ... }"
		}
		if f.doc != "" {
			like += "\n" + sentence(f.doc)
		}
		d.mistake(d.at.header, fmt.Sprintf("Missing %s %q", what, f.name), fmt.Sprintf("Add it to %s: %s", d.at.what, like))
	}
}

func (d *decoding) has(block string) bool {
	for _, b := range d.at.body.Blocks {
		if b.Type == block {
			return true
		}
	}
	return false
}

// adviseOnUnknown says what else may be meant by a name that nothing here has.
func (d *decoding) adviseOnUnknown(name string, block bool) string {
	var attributes, blocks []string
	for _, f := range d.fields {
		if f.block {
			blocks = append(blocks, f.name)
		} else {
			attributes = append(attributes, f.name)
		}
	}
	if s := suggest(name, append(attributes, blocks...)); s != "" {
		return fmt.Sprintf("Did you mean %q?", s)
	}
	if names := attributes; len(names) > 0 && !block {
		return fmt.Sprintf("The attributes of %s are %s.", d.at.what, listed(names))
	}
	if len(blocks) > 0 {
		return fmt.Sprintf("The blocks of %s are %s.", d.at.what, listed(blocks))
	}
	return fmt.Sprintf("There are no blocks in %s.", d.at.what)
}

// assign evaluates an attribute into its field. null counts as not written.
func (d *decoding) assign(f field, a *hclsyntax.Attribute) (ok bool) {
	if f.value.Type() == expressionType {
		f.value.Set(reflect.ValueOf(a.Expr))
		return true
	}
	v, ok := d.value(a.Expr)
	if !ok {
		return false
	}
	if v, ok = d.reveal(v, a, f.private); !ok {
		return false
	}
	if v.IsNull() {
		if f.required {
			d.mistake(a.Expr.Range(), fmt.Sprintf("Missing value for %q", a.Name), "It is null here, and it is required.")
		}
		return !f.required
	}
	if f.value.Type() == wordsType && v.Type() == cty.String {
		v = cty.ListVal([]cty.Value{v})
	}
	want, err := gocty.ImpliedType(f.value.Interface())
	if err != nil {
		panic(fmt.Sprintf("experiments: attribute %q: %v", a.Name, err))
	}
	converted, err := convert.Convert(v, want)
	if err != nil {
		d.mistake(a.Expr.Range(), fmt.Sprintf("Wrong type for %q", a.Name), sentence(misfit(v.Type(), want, f.value.Type())))
		return false
	}
	fresh := reflect.New(f.value.Type())
	if err := gocty.FromCtyValue(converted, fresh.Interface()); err != nil {
		d.mistake(a.Expr.Range(), fmt.Sprintf("Wrong value for %q", a.Name), sentence(unfit(converted, f.value.Type())))
		return false
	}
	if err := check(fresh.Elem()); err != nil {
		d.mistake(a.Expr.Range(), fmt.Sprintf("Wrong value for %q", a.Name), sentence(err.Error()))
		return false
	}
	f.value.Set(fresh.Elem())
	return true
}

// reveal takes the mark off a sensitive value, or refuses it where it would come to light.
func (r *reader) reveal(v cty.Value, a *hclsyntax.Attribute, private string) (cty.Value, bool) {
	if !v.ContainsMarked() {
		return v, true
	}
	if private != "" {
		r.mistake(a.Expr.Range(), fmt.Sprintf("Sensitive value for %q", a.Name), private)
		return v, false
	}
	plain, marks := v.UnmarkDeepWithPaths()
	for _, m := range marks {
		part, err := m.Path.Apply(plain)
		if err != nil { // a set: its elements have no paths of their own
			part = plain
		}
		collectSecrets(r.secrets, part)
	}
	return plain, true
}

// nest decodes a block into its field.
func (d *decoding) nest(f field, b *hclsyntax.Block) (ok bool) {
	if f.value.Type() == blocksType {
		f.value.Set(reflect.Append(f.value, reflect.ValueOf(b)))
		return true
	}
	ty := f.value.Type()
	if ty.Kind() == reflect.Slice {
		ty = ty.Elem()
	}
	pointer := ty.Kind() == reflect.Pointer
	if pointer {
		ty = ty.Elem()
	}
	fresh := reflect.New(ty)
	switch { // defaults stay where nothing is written
	case f.value.Kind() == reflect.Struct:
		fresh.Elem().Set(f.value)
	case f.value.Kind() == reflect.Pointer && !f.value.IsNil():
		fresh.Elem().Set(f.value.Elem())
	}
	ok = d.label(fresh.Elem(), b)
	ok = d.decode(placeOf(b), target{into: fresh.Interface(), private: f.private}) && ok
	if !pointer {
		fresh = fresh.Elem()
	}
	if f.value.Kind() == reflect.Slice {
		fresh = reflect.Append(f.value, fresh)
	}
	f.value.Set(fresh)
	return ok
}

// label fills the label fields of a nested block's struct.
func (d *decoding) label(v reflect.Value, b *hclsyntax.Block) bool {
	var names []string
	var fields []reflect.Value
	for i := range v.NumField() {
		if name, is := strings.CutSuffix(v.Type().Field(i).Tag.Get("hcl"), ",label"); is {
			names, fields = append(names, strings.ToUpper(name)), append(fields, v.Field(i))
		}
	}
	if !d.labelled(b, names...) {
		return false
	}
	for i, f := range fields {
		f.SetString(b.Labels[i])
	}
	return true
}

// labelled reports whether a block has exactly the labels it should have, each of them a name.
func (r *reader) labelled(b *hclsyntax.Block, names ...string) bool {
	like := b.Type
	for _, name := range names {
		like += fmt.Sprintf(" %q", name)
	}
	switch {
	case len(b.Labels) < len(names):
		if !r.torn {
			r.mistake(b.DefRange(), fmt.Sprintf("Incomplete %s", b.Type), fmt.Sprintf("Write it as: %s { ... }", like))
		}
		return false
	case len(b.Labels) > len(names):
		r.mistake(b.LabelRanges[len(names)], fmt.Sprintf("Unexpected label %q", b.Labels[len(names)]), fmt.Sprintf("Write it as: %s { ... }", like))
		return false
	}
	for i, label := range b.Labels {
		if !hclsyntax.ValidIdentifier(label) {
			r.mistake(b.LabelRanges[i], fmt.Sprintf("%q is not a name", label), "Names consist of letters, digits, _ and -, and begin with a letter.")
			return false
		}
	}
	return true
}

// problems reports what a struct has to say against its own values. Where some could not be read, only what it
// says of those that could be: the rest may follow from what was reported already.
func (d *decoding) problems(v attr.Validator) {
	clean, told := len(d.bad) == 0, map[string]bool{}
	for _, p := range v.Validate() {
		at, written := d.at.header, false
		if a := d.at.body.Attributes[p.Attr]; a != nil {
			at, written = a.Expr.Range(), true
		}
		for _, b := range d.at.body.Blocks {
			if b.Type == p.Attr {
				at, written = b.DefRange(), true
				break
			}
		}
		if clean && !(d.torn && !written) || written && !d.bad[p.Attr] {
			d.mistake(at, p.Summary, p.Detail)
		}
		told[p.Attr] = true
	}
	maps.Copy(d.bad, told)
}

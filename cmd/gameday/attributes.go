package main

import (
	"fmt"
	"reflect"
	"strings"

	"gameday/internal/attr"
)

// attribute is one line of the reference of a kind, read from the struct that HCL is decoded into.
type attribute struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
	Default  string `json:"default,omitempty"`
	Doc      string `json:"doc"`
}

// attributes reads the reference of a kind from its struct: names and optionality from the hcl tags, defaults from
// the values that a fresh one has, the explanation from the doc tags.
func attributes(kind any) []attribute {
	v := reflect.Indirect(reflect.ValueOf(kind))
	var all []attribute
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag, tagged := field.Tag.Lookup("hcl")
		if !tagged {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		a := attribute{Name: name, Type: typeName(field.Type), Required: option == "", Doc: field.Tag.Get("doc")}
		if option == "optional" && !v.Field(i).IsZero() {
			a.Default = fmt.Sprint(reflect.Indirect(v.Field(i)).Interface())
			if field.Type.Kind() == reflect.String {
				a.Default = fmt.Sprintf("%q", a.Default)
			}
		}
		all = append(all, a)
	}
	return all
}

// typeName is what an author calls the type.
func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[attr.Duration](), reflect.TypeFor[attr.Timeout]():
		return "duration"
	case reflect.TypeFor[attr.Words]():
		return "string or list"
	case reflect.TypeFor[attr.Rate]():
		return "rate"
	case reflect.TypeFor[attr.Share]():
		return "share"
	case reflect.TypeFor[attr.Growth]():
		return "growth"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "blocks"
		}
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map of " + typeName(t.Elem())
	case reflect.Struct:
		return "block"
	default:
		return "number"
	}
}

// attributeTable is the reference as a table in Markdown, as it stands in the kind's page.
func attributeTable(all []attribute) string {
	var b strings.Builder
	b.WriteString("| attribute | type | default | what it is |\n|---|---|---|---|\n")
	for _, a := range all {
		value := a.Default
		if a.Required {
			value = "required"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", a.Name, a.Type, value, a.Doc)
	}
	return b.String()
}

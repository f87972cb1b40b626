package experiments

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"gameday/internal/attr"
)

// check returns the first mistake in the durations, rates and shares of an attribute, however deep.
func check(v reflect.Value) error {
	if q, is := v.Interface().(attr.Checked); is && v.Kind() != reflect.Pointer {
		return q.Check()
	}
	return each(v, check)
}

// scale divides every duration in a decoded kind by speed, defaults included.
func scale(v reflect.Value, speed float64) {
	if d, is := v.Interface().(attr.Duration); is {
		if v.CanSet() {
			v.Set(reflect.ValueOf(d.Scale(speed)))
		}
		return
	}
	_ = each(v, func(inner reflect.Value) error {
		scale(inner, speed)
		return nil
	})
}

// each visits what v consists of: elements, values of a map, fields with an hcl tag. Values of a map are visited
// as copies that replace the original.
func each(v reflect.Value, visit func(reflect.Value) error) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return visit(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := visit(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			inner := reflect.New(v.Type().Elem()).Elem()
			inner.Set(v.MapIndex(key))
			if err := visit(inner); err != nil {
				return err
			}
			v.SetMapIndex(key, inner)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if _, tagged := v.Type().Field(i).Tag.Lookup("hcl"); tagged {
				if err := visit(v.Field(i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// misfit says why a value of one type cannot be used where another is wanted. The holder is the Go type that waits
// for it, nil where there is none.
func misfit(have, want cty.Type, holder reflect.Type) string {
	text := "it must be " + kindOf(want)
	if like, is := written[holder]; is {
		text = "it must be " + like
	}
	switch {
	case sequence(want) && sequence(have), mapping(want) && mapping(have):
		return text + ", and something else is among them"
	case sequence(want) && have.IsPrimitiveType():
		return text + ", and this is " + kindOf(have) + ": put it in brackets"
	}
	return text + ", and this is " + kindOf(have)
}

// written shows how quantities are written.
var written = map[reflect.Type]string{
	reflect.TypeFor[attr.Duration]():  `a duration, like "90s"`,
	reflect.TypeFor[*attr.Duration](): `a duration, like "90s"`,
	reflect.TypeFor[attr.Timeout]():   `a duration, like "10s"`,
	reflect.TypeFor[attr.Rate]():      `a rate, like "50/s"`,
	reflect.TypeFor[*attr.Rate]():     `a rate, like "50/s"`,
	reflect.TypeFor[attr.LoadRate]():  `a rate, like "50/s"`,
	reflect.TypeFor[attr.Words]():     `a string or a list of strings`,
	reflect.TypeFor[attr.Share]():     `a share, like "34%"`,
	reflect.TypeFor[*attr.Share]():    `a share, like "34%"`,
	reflect.TypeFor[attr.Growth]():    `a growth, like "300%"`,
}

func sequence(ty cty.Type) bool { return ty.IsListType() || ty.IsSetType() || ty.IsTupleType() }
func mapping(ty cty.Type) bool  { return ty.IsMapType() || ty.IsObjectType() }

// kindOf names a type for somebody who writes a file.
func kindOf(ty cty.Type) string {
	switch {
	case ty == cty.String:
		return "a string"
	case ty == cty.Number:
		return "a number"
	case ty == cty.Bool:
		return "true or false"
	case ty.IsTupleType():
		return "a list"
	case ty.IsObjectType():
		return "a map"
	case ty.IsMapType():
		return "a map of " + manyOf(ty.ElementType())
	case ty.IsCollectionType():
		return "a list of " + manyOf(ty.ElementType())
	}
	return "a value"
}

func manyOf(ty cty.Type) string {
	switch ty {
	case cty.String:
		return "strings"
	case cty.Number:
		return "numbers"
	case cty.Bool:
		return "true or false"
	}
	return strings.TrimPrefix(kindOf(ty), "a ") + "s"
}

// unfit says why a value of the right type does not fit into the Go type that holds it.
func unfit(v cty.Value, holder reflect.Type) string {
	for holder.Kind() == reflect.Pointer {
		holder = holder.Elem()
	}
	switch {
	case v.Type() != cty.Number:
		return "a value in it is null"
	case !v.AsBigFloat().IsInt() && holder.Kind() != reflect.Float64:
		return "it must be a whole number"
	case holder.Kind() >= reflect.Uint && holder.Kind() <= reflect.Uint64 && v.AsBigFloat().Cmp(new(big.Float)) < 0:
		return "it must be 0 or more"
	}
	return fmt.Sprintf("%s is too large", v.AsBigFloat().Text('g', 6))
}

// sentence makes a sentence of an error.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// collectSecrets adds the text of every string and number in v to secrets.
func collectSecrets(secrets map[string]bool, v cty.Value) {
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		switch {
		case !part.IsKnown() || part.IsNull():
			return false, nil
		case part.Type() == cty.String:
			if part.AsString() != "" {
				secrets[part.AsString()] = true
			}
		case part.Type() == cty.Number:
			secrets[part.AsBigFloat().Text('f', -1)] = true
		}
		return true, nil
	})
}

package services

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"gameday/internal/lab/wire/protocol"
)

// number is how the SDK holds the counts and sizes of the world.
func number[N ~int](n N) *int32 {
	i := int32(n)
	return &i
}

// wholeSeconds is a duration in the unit of most of AWS. It rounds up: the lab runs faster than AWS can say, and what
// takes half a second must not be told as nothing.
func wholeSeconds(d time.Duration) *int32 {
	return number(int((d + time.Second - 1) / time.Second))
}

// moment is nil for what has not happened.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// only refuses parameters that the lab has no effect for, instead of ignoring them. The code is the service's own.
func only(code string, in any, known ...string) error {
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && !v.Field(i).IsZero() && !slices.Contains(known, f.Name) {
			return protocol.Faultf(code, "The lab does not simulate the parameter %s.", f.Name)
		}
	}
	return nil
}

// optional is nil for what is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// count is a number from a request, nil where there is none.
func count(n *int32) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}

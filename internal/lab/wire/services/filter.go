package services

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"gameday/internal/lab/wire/protocol"
)

// filterable is what a describe call of EC2 can be filtered by: the values of an item under each filter's name.
// tag:KEY, tag-key and tag-value come for free with tags.
type filterable[T any] struct {
	tags   func(T) map[string]string
	values map[string]func(T) []string
}

// apply keeps the items that match every filter. Within a filter, one of its values has to match; values may
// contain * and ?.
func (f filterable[T]) apply(filters []ec2types.Filter, items []T) ([]T, error) {
	for _, filter := range filters {
		values, err := f.lookup(aws.ToString(filter.Name))
		if err != nil {
			return nil, err
		}
		items = slices.DeleteFunc(slices.Clone(items), func(item T) bool {
			return !slices.ContainsFunc(values(item), func(value string) bool {
				return slices.ContainsFunc(filter.Values, func(pattern string) bool { return wildcard(pattern, value) })
			})
		})
	}
	return items, nil
}

func (f filterable[T]) lookup(name string) (func(T) []string, error) {
	if values, ok := f.values[name]; ok {
		return values, nil
	}
	key, isTag := strings.CutPrefix(name, "tag:")
	switch {
	case f.tags == nil:
	case isTag:
		return func(item T) []string {
			if value, ok := f.tags(item)[key]; ok {
				return []string{value}
			}
			return nil
		}, nil
	case name == "tag-key":
		return func(item T) []string { return slices.Collect(maps.Keys(f.tags(item))) }, nil
	case name == "tag-value":
		return func(item T) []string { return slices.Collect(maps.Values(f.tags(item))) }, nil
	}
	return nil, protocol.Faultf("InvalidParameterValue", "The filter '%s' is invalid", name)
}

// one is a filter over a single value.
func one[T any, S ~string](value func(T) S) func(T) []string {
	return func(item T) []string { return []string{string(value(item))} }
}

// wildcard matches as EC2's filters do: * is any text, ? any one character, and \ takes the next one literally.
func wildcard(pattern, text string) bool {
	for pattern != "" {
		switch c := pattern[0]; {
		case c == '*':
			for i := range len(text) + 1 {
				if wildcard(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case text == "":
			return false
		case c == '?':
		case c == '\\' && len(pattern) > 1:
			pattern = pattern[1:]
			fallthrough
		default:
			if pattern[0] != text[0] {
				return false
			}
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}

package protocol

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// naming is how a query protocol calls the fields of the SDK's types.
type naming struct {
	param   func(owner reflect.Type, f reflect.StructField) string // in a request
	infix   string                                                 // between a list's name and an index, in a request
	element func(owner reflect.Type, f reflect.StructField) string // in an answer
	item    string                                                 // the elements of a list, in an answer
}

var (
	timeType = reflect.TypeFor[time.Time]()
	blobType = reflect.TypeFor[[]byte]()
)

// Form splits a query request into what its routing needs.
func Form(body []byte) (action, version string, err error) {
	form, err := url.ParseQuery(string(body))
	return form.Get("Action"), form.Get("Version"), err
}

// readForm fills in from a form whose names are paths ("Filter.1.Value.2"). It returns the first parameter,
// in alphabetical order, that in has no place for.
func readForm(body []byte, n naming, in any) (unknown string, err error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", err
	}
	root := &node{}
	for name, values := range form {
		if name == "Action" || name == "Version" || strings.HasPrefix(name, "X-Amz-") { // routing, and a presigned URL's signature
			continue
		}
		root.at(strings.Split(name, ".")).value = &values[0]
	}
	if err := root.fill(n, reflect.ValueOf(in).Elem(), ""); err != nil {
		return "", err
	}
	return root.unread(""), nil
}

// node is a form taken apart at the dots of its names.
type node struct {
	value    *string
	children map[string]*node
}

func (n *node) at(path []string) *node {
	if len(path) == 0 {
		return n
	}
	child, ok := n.children[path[0]]
	if !ok {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		child = &node{}
		n.children[path[0]] = child
	}
	return child.at(path[1:])
}

// fill writes the node into v and removes what it has read from the tree.
func (n *node) fill(names naming, v reflect.Value, path string) error {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return n.fill(names, v.Elem(), path)
	case v.Kind() == reflect.Struct && v.Type() != timeType:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			name := names.param(v.Type(), f)
			child, ok := n.children[name]
			if !ok {
				continue
			}
			if err := child.fill(names, v.Field(i), path+name+"."); err != nil {
				return err
			}
			if child.value == nil && len(child.children) == 0 {
				delete(n.children, name)
			}
		}
		return nil
	case v.Kind() == reflect.Slice && v.Type() != blobType:
		return n.fillList(names, v, path)
	}
	if n.value == nil {
		return fmt.Errorf("parameter %s must be a single value", strings.TrimSuffix(path, "."))
	}
	if err := fillScalar(v, *n.value); err != nil {
		return fmt.Errorf("value (%s) for parameter %s is invalid: %w", *n.value, strings.TrimSuffix(path, "."), err)
	}
	n.value = nil
	return nil
}

func (n *node) fillList(names naming, v reflect.Value, path string) error {
	if n.value != nil && *n.value == "" { // how SDKs write an empty list
		n.value = nil
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	list := n
	if names.infix != "" {
		if list = n.children[names.infix]; list == nil {
			return nil
		}
	}
	var indices []int
	for key := range list.children {
		if i, err := strconv.Atoi(key); err == nil {
			indices = append(indices, i)
		}
	}
	slices.Sort(indices)
	for _, i := range indices {
		key := strconv.Itoa(i)
		child, ok := list.children[key]
		if !ok {
			return fmt.Errorf("index of parameter %s is invalid", path)
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := child.fill(names, item, path+key+"."); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
		if child.value == nil && len(child.children) == 0 {
			delete(list.children, key)
		}
	}
	if list != n && len(list.children) == 0 {
		delete(n.children, names.infix)
	}
	return nil
}

// unread is the first name left in the tree, or "".
func (n *node) unread(path string) string {
	if n.value != nil {
		return path
	}
	first := ""
	for key, child := range n.children {
		name := key
		if path != "" {
			name = path + "." + key
		}
		if left := child.unread(name); left != "" && (first == "" || left < first) {
			first = left
		}
	}
	return first
}

func fillScalar(v reflect.Value, s string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("expected true or false")
		}
		v.SetBool(b)
	case reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("expected an integer")
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return fmt.Errorf("expected a number")
		}
		v.SetFloat(f)
	case reflect.Slice:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return fmt.Errorf("expected base64")
		}
		v.SetBytes(b)
	case reflect.Struct:
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return fmt.Errorf("expected a time in ISO 8601")
		}
		v.Set(reflect.ValueOf(t))
	default:
		return fmt.Errorf("a value of this kind is not understood")
	}
	return nil
}

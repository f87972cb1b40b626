package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// plainJSON is JSON for clients that carry no shapes: members are called as their fields are in Go. Times are seconds since 1970.
type plainJSON struct {
	members map[string]string // "PlacementStrategy.Type": "type", where a member's name is not its field's
}

func (p plainJSON) member(owner reflect.Type, f reflect.StructField) string {
	if name, ok := p.members[owner.Name()+"."+f.Name]; ok {
		return name
	}
	return f.Name
}

func (p plainJSON) read(body []byte, in any) error {
	_, err := p.fill(body, in)
	return err
}

// fill reads body into in, and returns the first member, in alphabetical order, that in has no place for. An empty body is an
// object without members.
func (p plainJSON) fill(body []byte, in any) (unknown string, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return "", fmt.Errorf("the JSON is broken: %w", err)
	}
	if d.More() {
		return "", fmt.Errorf("there is something behind the JSON")
	}
	var left []string
	if err := p.readValue(reflect.ValueOf(in).Elem(), value, "", &left); err != nil {
		return "", err
	}
	if len(left) > 0 {
		unknown = slices.Min(left)
	}
	return unknown, nil
}

// readValue reads value into v, and adds to left the paths of what there is no place for. Null leaves v as it is.
func (p plainJSON) readValue(v reflect.Value, value any, path string, left *[]string) error {
	if value == nil {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch value := value.(type) {
	case map[string]any:
		return p.readObject(v, value, path, left)
	case []any:
		if v.Kind() != reflect.Slice {
			break
		}
		v.Set(reflect.MakeSlice(v.Type(), len(value), len(value)))
		for i, item := range value {
			if err := p.readValue(v.Index(i), item, fmt.Sprintf("%s[%d]", path, i), left); err != nil {
				return err
			}
		}
		return nil
	case string:
		if v.Kind() == reflect.String {
			v.SetString(value)
			return nil
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(value)
			return nil
		}
	case json.Number:
		if v.Type() == timeType {
			seconds, err := value.Float64()
			whole, part := math.Modf(seconds)
			v.Set(reflect.ValueOf(time.Unix(int64(whole), int64(math.Round(part*1000))*int64(time.Millisecond)).UTC()))
			return err
		}
		if v.CanInt() || v.CanFloat() {
			if err := fillScalar(v, value.String()); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return nil
		}
	}
	return fmt.Errorf("%s has a value of the wrong type", path)
}

func (p plainJSON) readObject(v reflect.Value, object map[string]any, path string, left *[]string) error {
	switch {
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range slices.Sorted(maps.Keys(object)) {
			item := reflect.New(v.Type().Elem()).Elem()
			if err := p.readValue(item, object[key], path+"."+key, left); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
		}
		return nil
	case v.Kind() != reflect.Struct || v.Type() == timeType:
		return fmt.Errorf("%s has a value of the wrong type", path)
	}
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && f.Name != sdkLeftout {
			fields[p.member(v.Type(), f)] = v.Field(i)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name := strings.TrimPrefix(path+"."+key, ".")
		field, ok := fields[key]
		if !ok {
			*left = append(*left, name)
			continue
		}
		if err := p.readValue(field, object[key], name, left); err != nil {
			return err
		}
	}
	return nil
}

func (p plainJSON) write(out any) []byte {
	b, err := json.Marshal(p.plain(reflect.ValueOf(out)))
	if err != nil {
		panic(fmt.Sprintf("write %T: %v", out, err))
	}
	return b
}

// plain turns values of the SDK into what encoding/json writes as AWS does. What is not set is left out.
func (p plainJSON) plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		return p.plain(v.Elem())
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return float64(at.UnixMilli()) / 1000
		}
		members := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != sdkLeftout && isSet(v.Field(i)) {
				members[p.member(v.Type(), f)] = p.plain(v.Field(i))
			}
		}
		return members
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = p.plain(v.Index(i))
		}
		return items
	case reflect.Map:
		items := map[string]any{}
		for _, key := range v.MapKeys() {
			items[key.String()] = p.plain(v.MapIndex(key))
		}
		return items
	default:
		return v.Interface()
	}
}

func (p plainJSON) fail(f *Fault) []byte {
	b, err := json.Marshal(map[string]string{"__type": f.Code, "Message": f.Message})
	if err != nil {
		panic(err) // strings can always be written
	}
	return b
}

// ReadByName fills in, a pointer to an SDK input of any service, from JSON whose members are called as the fields are in Go: "InstanceIds".
// A member that in has no place for is an error, as is anything else that does not fit.
func ReadByName(body []byte, in any) error {
	unknown, err := plainJSON{}.fill(body, in)
	if err != nil {
		return err
	}
	if unknown != "" {
		return fmt.Errorf("the field '%s' is not supported", unknown)
	}
	return nil
}

package protocol

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/prelude"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// codec turns the SDK's client protocols around. The wire does not care for direction: what a client writes as
// a request is, byte for byte, what a server writes as an answer, and likewise for reading.
type codec struct {
	client smithyhttp.ClientProtocol
}

// anyOperation only says that there is a body both ways.
var anyOperation = smithy.NewOperationSchema(
	smithy.NewSchema(smithy.ShapeID{Namespace: "gameday", Name: "Any"}, smithy.ShapeTypeOperation, 0), prelude.Unit, prelude.Document)

func (c codec) read(body []byte, in any) error {
	shape := schemaOf(in.(smithy.Serializable))
	response := &smithyhttp.Response{Response: &http.Response{
		StatusCode: http.StatusOK,
		Body:       io.NopCloser(bytes.NewReader(body)),
	}}
	return c.client.DeserializeResponse(context.Background(), anyOperation, nil, response, input{shape, reflect.ValueOf(in).Elem()})
}

func (c codec) write(out any) []byte {
	typed := out.(smithy.Serializable)
	shape := schemaOf(typed)
	if shape == nil { // an output without members
		return c.serialize(typed)
	}
	return c.serialize(output{shape, reflect.ValueOf(out)})
}

func (c codec) fail(f *Fault) []byte { return c.serialize(f) }

func (c codec) serialize(out smithy.Serializable) []byte {
	request := smithyhttp.NewStackRequest().(*smithyhttp.Request)
	if err := c.client.SerializeRequest(context.Background(), anyOperation, out, request); err != nil {
		panic(fmt.Sprintf("write %T: %v", out, err))
	}
	if request.GetStream() == nil {
		return nil
	}
	body, err := io.ReadAll(request.GetStream())
	if err != nil {
		panic(err) // a reader over memory
	}
	return body
}

// input reads any SDK input. The SDK has code to read outputs only, but shapes for both.
type input struct {
	shape *smithy.Schema
	value reflect.Value
}

// Deserialize implements smithy.Deserializable.
func (i input) Deserialize(d smithy.ShapeDeserializer) error {
	return readShape(d, i.shape, i.value)
}

func readShape(d smithy.ShapeDeserializer, s *smithy.Schema, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		return smithy.ReadStruct(d, s, func(member *smithy.Schema) error {
			name := member.MemberName()
			return readShape(d, member, v.FieldByName(strings.ToUpper(name[:1])+name[1:]))
		})
	case smithy.ShapeTypeList:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return smithy.ReadList(d, s, func() error {
			item := reflect.New(v.Type().Elem()).Elem()
			if err := readShape(d, s.ListMember(), item); err != nil {
				return err
			}
			v.Set(reflect.Append(v, item))
			return nil
		})
	case smithy.ShapeTypeMap:
		v.Set(reflect.MakeMap(v.Type()))
		return smithy.ReadMap(d, s, func(key string) error {
			item := reflect.New(v.Type().Elem()).Elem()
			if err := readShape(d, s.MapValue(), item); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(key), item)
			return nil
		})
	case smithy.ShapeTypeString, smithy.ShapeTypeEnum:
		var text string
		if err := d.ReadString(s, &text); err != nil {
			return err
		}
		v.SetString(text)
		return nil
	case smithy.ShapeTypeBoolean:
		return d.ReadBool(s, v.Addr().Interface().(*bool))
	case smithy.ShapeTypeInteger:
		return d.ReadInt32(s, v.Addr().Interface().(*int32))
	case smithy.ShapeTypeLong:
		return d.ReadInt64(s, v.Addr().Interface().(*int64))
	case smithy.ShapeTypeDouble:
		return d.ReadFloat64(s, v.Addr().Interface().(*float64))
	case smithy.ShapeTypeTimestamp:
		return d.ReadTime(s, v.Addr().Interface().(*time.Time))
	default:
		return fmt.Errorf("member %s has a type that is not understood", s.MemberName())
	}
}

// output writes any SDK output. The SDK's own code to write leaves out zeros and false, which AWS does send.
type output struct {
	shape *smithy.Schema
	value reflect.Value
}

// Serialize implements smithy.Serializable.
func (o output) Serialize(s smithy.ShapeSerializer) {
	writeShape(s, o.shape, o.value)
}

func writeShape(s smithy.ShapeSerializer, shape *smithy.Schema, v reflect.Value) {
	v = reflect.Indirect(v)
	switch shape.Type() {
	case smithy.ShapeTypeStructure:
		s.WriteStruct(shape)
		for i := range v.NumField() {
			member := memberOf(shape, v.Type().Field(i))
			if member != nil && isSet(v.Field(i)) {
				writeShape(s, member, v.Field(i))
			}
		}
		s.CloseStruct()
	case smithy.ShapeTypeList:
		s.WriteList(shape)
		for i := range v.Len() {
			writeShape(s, shape.ListMember(), v.Index(i))
		}
		s.CloseList()
	case smithy.ShapeTypeMap:
		s.WriteMap(shape)
		for _, key := range sortedKeys(v) {
			s.WriteKey(shape.MapKey(), key.String())
			writeShape(s, shape.MapValue(), v.MapIndex(key))
		}
		s.CloseMap()
	case smithy.ShapeTypeString, smithy.ShapeTypeEnum:
		s.WriteString(shape, v.String())
	case smithy.ShapeTypeBoolean:
		s.WriteBool(shape, v.Bool())
	case smithy.ShapeTypeInteger:
		s.WriteInt32(shape, int32(v.Int()))
	case smithy.ShapeTypeLong:
		s.WriteInt64(shape, v.Int())
	case smithy.ShapeTypeDouble:
		s.WriteFloat64(shape, v.Float())
	case smithy.ShapeTypeTimestamp:
		s.WriteTime(shape, v.Interface().(time.Time))
	default:
		panic(fmt.Sprintf("no way to write %s", shape.ID()))
	}
}

// memberOf finds the member behind a field of Go, whose name starts in upper case where the shape's may not.
func memberOf(shape *smithy.Schema, f reflect.StructField) *smithy.Schema {
	if member := shape.Member(f.Name); member != nil {
		return member
	}
	return shape.Member(strings.ToLower(f.Name[:1]) + f.Name[1:])
}

// isSet is false for what is left out of an answer: nil, and an enum without a value.
func isSet(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return !v.IsNil()
	case reflect.String:
		return v.Len() > 0
	default:
		return true
	}
}

// faultShape is how both schema-based protocols write errors.
var (
	faultShape   = smithy.NewSchema(smithy.ShapeID{Namespace: "gameday", Name: "Fault"}, smithy.ShapeTypeStructure, 2)
	faultType    = faultShape.AddMember("__type", prelude.String)
	faultMessage = faultShape.AddMember("message", prelude.String)
)

// Serialize implements smithy.Serializable.
func (f *Fault) Serialize(s smithy.ShapeSerializer) {
	name := f.Code
	if f.Shape != "" {
		name = f.Shape
	}
	s.WriteStruct(faultShape)
	s.WriteString(faultType, name)
	s.WriteString(faultMessage, f.Message)
	s.CloseStruct()
}

// schemaOf asks an input or output for its shape, which it tells to whom it is written.
func schemaOf(in smithy.Serializable) *smithy.Schema {
	var l listener
	in.Serialize(&l)
	return l.shape
}

// listener is a serializer that only hears the outermost shape.
type listener struct{ shape *smithy.Schema }

func (l *listener) WriteStruct(s *smithy.Schema) {
	if l.shape == nil {
		l.shape = s
	}
}

func (l *listener) Bytes() []byte                                { return nil }
func (l *listener) WriteInt8(*smithy.Schema, int8)               {}
func (l *listener) WriteInt16(*smithy.Schema, int16)             {}
func (l *listener) WriteInt32(*smithy.Schema, int32)             {}
func (l *listener) WriteInt64(*smithy.Schema, int64)             {}
func (l *listener) WriteFloat32(*smithy.Schema, float32)         {}
func (l *listener) WriteFloat64(*smithy.Schema, float64)         {}
func (l *listener) WriteBool(*smithy.Schema, bool)               {}
func (l *listener) WriteString(*smithy.Schema, string)           {}
func (l *listener) WriteBigInt(*smithy.Schema, *big.Int)         {}
func (l *listener) WriteBigFloat(*smithy.Schema, *big.Float)     {}
func (l *listener) WriteBlob(*smithy.Schema, []byte)             {}
func (l *listener) WriteTime(*smithy.Schema, time.Time)          {}
func (l *listener) WriteUnion(_, _ *smithy.Schema)               {}
func (l *listener) CloseUnion()                                  {}
func (l *listener) WriteDocument(*smithy.Schema, document.Value) {}
func (l *listener) WriteNil(*smithy.Schema)                      {}
func (l *listener) CloseStruct()                                 {}
func (l *listener) WriteList(*smithy.Schema)                     {}
func (l *listener) CloseList()                                   {}
func (l *listener) WriteMap(*smithy.Schema)                      {}
func (l *listener) WriteKey(*smithy.Schema, string)              {}
func (l *listener) CloseMap()                                    {}

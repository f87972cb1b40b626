package protocol

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"
)

const (
	xmlHeader  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	xmlTime    = "2006-01-02T15:04:05.000Z"
	sdkLeftout = "ResultMetadata" // a field of every output that is the client's own
)

// writeMembers writes the fields of a struct of the SDK that are set.
func writeMembers(b *bytes.Buffer, n naming, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && f.Name != sdkLeftout {
			writeValue(b, n, n.element(v.Type(), f), v.Field(i))
		}
	}
}

// writeValue writes one element. What is not set (a nil pointer or list, an empty enum) is left out.
func writeValue(b *bytes.Buffer, n naming, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface: // a union, which no service of the lab answers with
		if !v.IsNil() {
			panic(fmt.Sprintf("no XML for %s of type %s", name, v.Elem().Type()))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() == reflect.String {
			writeText(b, name, v.Elem().String())
			return
		}
		writeValue(b, n, name, v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		b.WriteString("<" + name + ">")
		for i := range v.Len() {
			writeValue(b, n, n.item, v.Index(i))
		}
		b.WriteString("</" + name + ">")
	case reflect.Map:
		if v.IsNil() {
			return
		}
		b.WriteString("<" + name + ">")
		for _, key := range sortedKeys(v) {
			b.WriteString("<entry>")
			writeText(b, "key", key.String())
			writeValue(b, n, "value", v.MapIndex(key))
			b.WriteString("</entry>")
		}
		b.WriteString("</" + name + ">")
	case reflect.Struct:
		if v.Type() == timeType {
			writeText(b, name, v.Interface().(time.Time).UTC().Format(xmlTime))
			return
		}
		b.WriteString("<" + name + ">")
		writeMembers(b, n, v)
		b.WriteString("</" + name + ">")
	case reflect.String:
		if v.String() != "" {
			writeText(b, name, v.String())
		}
	case reflect.Bool:
		writeText(b, name, strconv.FormatBool(v.Bool()))
	case reflect.Int32, reflect.Int64:
		writeText(b, name, strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		writeText(b, name, strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default:
		panic(fmt.Sprintf("no XML for %s of type %s", name, v.Type()))
	}
}

// sortedKeys makes answers that do not change from one call to the next.
func sortedKeys(v reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int {
		return cmp.Compare(a.String(), b.String())
	})
}

func writeText(b *bytes.Buffer, name, text string) {
	b.WriteString("<" + name + ">")
	if err := xml.EscapeText(b, []byte(text)); err != nil {
		panic(err) // a buffer takes every write
	}
	b.WriteString("</" + name + ">")
}

func sendXML(w http.ResponseWriter, c Call, status int, body []byte) {
	send(w, c, "text/xml;charset=UTF-8", status, body)
}

// send ends an answer. A client that is gone has no use for an error.
func send(w http.ResponseWriter, c Call, contentType string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amzn-RequestId", c.ID)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

package execprobe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// measurement is what a command says: {"value": 0.02, "of": 150, "note": "two workers busy"}.
type measurement struct {
	Value, Of float64
	Note      string
}

// parse reads what a command printed: a number, JSON that is one, or a JSON object with a "value" and perhaps "of" and
// "note"; where field is not empty, one of these is looked for there. A null is no measurement, and no error.
func parse(out []byte, field string) (*measurement, error) {
	text := strings.TrimSpace(string(out))
	if text == "" {
		return nil, errors.New("it printed nothing")
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && field == "" {
		return number(v)
	}
	var said any
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	if err := d.Decode(&said); err != nil {
		return nil, fmt.Errorf("it printed %s, which is neither a number nor JSON", excerpt(text))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it printed more than one value: %s", excerpt(text))
	}
	said, err := walk(said, field)
	if err != nil {
		return nil, err
	}
	object, ok := said.(map[string]any)
	if !ok {
		return value(said)
	}
	inner, ok := object["value"]
	if !ok {
		return nil, fmt.Errorf(`it printed %s, which has no "value": set field to where it is`, excerpt(text))
	}
	m, err := value(inner)
	if m == nil || err != nil {
		return m, err
	}
	m.Note, _ = object["note"].(string)
	if of, ok := object["of"]; ok {
		total, err := value(of)
		if err != nil || total == nil {
			return nil, fmt.Errorf(`"of" is %v, which is not a number`, of)
		}
		m.Of = total.Value
	}
	return m, nil
}

// walk follows a path of keys and indexes, "data.result.0.value".
func walk(at any, field string) (any, error) {
	if field == "" {
		return at, nil
	}
	for step := range strings.SplitSeq(field, ".") {
		var next any
		found := false
		switch here := at.(type) {
		case map[string]any:
			next, found = here[step]
		case []any:
			if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(here) {
				next, found = here[i], true
			}
		}
		if !found {
			return nil, fmt.Errorf("what it printed has no field %q (looked for %q)", step, field)
		}
		at = next
	}
	return at, nil
}

// value turns a JSON number into a measurement, or a string that is one: Prometheus, for example, quotes its numbers.
func value(v any) (*measurement, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		return value(v.String())
	case string:
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", v)
		}
		return number(f)
	default:
		return nil, fmt.Errorf("%v is not a number", v)
	}
}

func number(v float64) (*measurement, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, fmt.Errorf("%v is not a number that can be compared", v)
	}
	return &measurement{Value: v}, nil
}

// excerpt is enough of a text to recognise it.
func excerpt(text string) string {
	const enough = 100
	if len(text) > enough {
		text = text[:enough] + "..."
	}
	return strconv.Quote(text)
}

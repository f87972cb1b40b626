package execprobe

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		out, field string
		want       measurement
	}{
		{"42\n", "", measurement{Value: 42}},
		{" -1.5e3 ", "", measurement{Value: -1500}},
		{"007", "", measurement{Value: 7}},
		{`"12.5"`, "", measurement{Value: 12.5}},
		{`{"value": 1.2}`, "", measurement{Value: 1.2}},
		{`{"value": 0.02, "of": 150, "note": "busy"}`, "", measurement{0.02, 150, "busy"}},
		{`{"queue": {"length": 7}}`, "queue.length", measurement{Value: 7}},
		{`{"data": {"result": [{"value": [1700000000, "0.25"]}]}}`, "data.result.0.value.1", measurement{Value: 0.25}},
		{`[{"value": 1}, {"value": 2, "note": "second"}]`, "1", measurement{Value: 2, Note: "second"}},
		{`{"a b": 3}`, "a b", measurement{Value: 3}},
	} {
		got, err := parse([]byte(c.out), c.field)
		if err != nil || got == nil || *got != c.want {
			t.Errorf("parse(%s, %q) = %+v, %v, want %+v", c.out, c.field, got, err, c.want)
		}
	}
}

func TestNullIsNoMeasurement(t *testing.T) {
	for out, field := range map[string]string{"null": "", `{"value": null}`: "", `{"a": {"value": null}}`: "a", `{"a": null}`: "a"} {
		if got, err := parse([]byte(out), field); got != nil || err != nil {
			t.Errorf("parse(%s, %q) = %+v, %v, want nothing", out, field, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ out, field, want string }{
		{"", "", "printed nothing"},
		{" \n", "", "printed nothing"},
		{"many", "", `"many", which is neither a number nor JSON`},
		{"1 2", "", "more than one value"},
		{"1\n{}", "", "more than one value"},
		{"NaN", "", "can be compared"},
		{"+Inf", "", "can be compared"},
		{"true", "", "true is not a number"},
		{`{"value": "lots"}`, "", `"lots" is not a number`},
		{`{"count": 1}`, "", `has no "value"`},
		{`{"value": 1, "of": "all"}`, "", `"of" is all`},
		{`{"a": {"b": 1}}`, "a.c", `no field "c" (looked for "a.c")`},
		{`[1]`, "1", `no field "1"`},
		{`[1]`, "-1", `no field "-1"`},
		{"42", "value", `no field "value"`},
		{strings.Repeat("x", 500), "", `xxx..."`},
	} {
		got, err := parse([]byte(c.out), c.field)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("parse(%s, %q) = %+v, %v, want an error that says %q", c.out, c.field, got, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"data": {"result": [{"value": [1, "0.25"]}]}}`), "data.result.0.value.1")
	f.Add([]byte("42"), "")
	f.Fuzz(func(t *testing.T, out []byte, field string) {
		if m, err := parse(out, field); m != nil && err != nil {
			t.Errorf("both %+v and %v", m, err)
		}
	})
}

package traffic_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"gameday/internal/load/traffic"
)

// packed is text in gzip.
func packed(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(io.Reader) (*traffic.Values, error)
		text string
		want string // the table, or what is wrong with it
	}{
		{"csv", traffic.ReadCSV, "id,name\n1,ann\n2,\"bob, \"\"b\"\"\"\n", `[id name] [[1 ann] [2 bob, "b"]]`},
		{"csv of Windows", traffic.ReadCSV, "\ufeffid , name\r\n1,ann", `[id name] [[1 ann]]`},
		{"one column", traffic.ReadCSV, "id\na\n\nb\n", `[id] [[a] [b]]`},
		{"a field too many", traffic.ReadCSV, "id,name\n1,ann\n2,bob,x\n", "line 3: it has 3 fields, and the first line has 2"},
		{"a quote", traffic.ReadCSV, "id,name\n1,ann\n2,b\"ob\n", `line 3: bare " in non-quoted-field`},
		{"no names", traffic.ReadCSV, "", "it has no rows"},
		{"no rows", traffic.ReadCSV, "id,name\n", "it has no rows"},
		{"gzip", traffic.ReadCSV, packed("id\n1\n2\n"), "[id] [[1] [2]]"},
		{"half of gzip", traffic.ReadCSV, packed("id\n1\n2\n")[:15], "it is compressed, and damaged: unexpected EOF"},
		{"an empty name", traffic.ReadCSV, "id,\n1,2\n", "line 1: a column has no name: the first line must hold the names"},
		{"twice", traffic.ReadCSV, "id,id\n1,2\n", `line 1: two columns are called "id"`},
		{"taken", traffic.ReadCSV, "id,uuid\n1,2\n", "line 1: {{uuid}} has a meaning of its own: rename the column"},
		{"braces", traffic.ReadCSV, "{id}\n1\n", `line 1: "{id}" cannot be the name of a column`},
		{"latin 1", traffic.ReadCSV, "id\nfine\n\xfc\n", `line 3: "id" is no UTF-8 text`},
		{"too long", traffic.ReadCSV, "id\n" + strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 17), "it is longer than 16 MiB: take a sample"},
		{"too many", traffic.ReadCSV, "id\n" + strings.Repeat("x\n", 100_001), "line 100002: a table may have 100000 rows at most: take a sample"},
		{"json", traffic.ReadJSONLines, "{\"id\":7,\"name\":\"a\\n\\u00fc\",\"more\":{\"b\": [1, 2]}}\n\n{\"more\":null,\"id\":1.50,\"name\":true,\"x\":1}", "[id more name] [[7 {\"b\":[1,2]} a\nü] [1.50  true]]"},
		{"a value missing", traffic.ReadJSONLines, "{\"id\":7}\n{\"di\":8}", `line 2: it has no "id", and the first line has`},
		{"a list", traffic.ReadJSONLines, "[{\"id\":7}]", "line 1: it is no JSON object"},
		{"null", traffic.ReadJSONLines, "null", "line 1: it is no JSON object"},
		{"half", traffic.ReadJSONLines, "{\"id\":7}\n{\"id\":", "line 2: it is no JSON object"},
		{"empty", traffic.ReadJSONLines, "\n\n", "it has no rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := c.read(strings.NewReader(c.text))
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprint(v.Columns, v.Rows)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestValuesOfManyLinesFitNoHeader(t *testing.T) {
	v, err := traffic.ReadCSV(strings.NewReader("id,text\n1,\"a\nb\"\n2,c\n3,\"d\r\ne\""))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.UnfitForHeader("text"); got != "line 2: the value of text has more than one line" {
		t.Error(got)
	}
	if got := v.UnfitForHeader("id"); got != "" {
		t.Error(got)
	}
}

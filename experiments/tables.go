package experiments

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"gameday/internal/load/traffic"
)

// table is what placeholders are filled in from. That of a load without values is nil.
type table struct {
	*traffic.Values // nil where they could not be read
	name            string
}

// values reads the table of a load.
func (r *reader) values(b *hclsyntax.Block) *table {
	a := b.Body.Attributes["values"]
	if a == nil {
		return nil
	}
	how, names := r.named(a, "Name the file that has them: csv(\"users.csv\"), or jsonl(\"users.jsonl\").", "csv", "jsonl")
	if how == "" {
		return &table{}
	}
	if len(names) > 1 {
		r.mistake(a.Expr.Range(), "Several tables", "Values come from one file. Join them, or write a load for each.")
		return &table{}
	}
	read := map[string]func(io.Reader) (*traffic.Values, error){"csv": traffic.ReadCSV, "jsonl": traffic.ReadJSONLines}[how]
	path := r.beside(names[0])
	values, why := readTable(path, read)
	if why != "" {
		r.mistake(a.Expr.Range(), "Values that cannot be read", why)
	}
	return &table{values, path}
}

func readTable(path string, read func(io.Reader) (*traffic.Values, error)) (values *traffic.Values, why string) {
	if why := isFile(path); why != "" {
		return nil, why
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, sentence(err.Error())
	}
	defer f.Close()
	if values, err = read(f); err != nil {
		return nil, fmt.Sprintf("%s, %s.", path, err)
	}
	return values, ""
}

// cannotFill says what to do about a placeholder that stands for nothing, "" where it stands for something.
func (t *table) cannotFill(name string) string {
	known := traffic.Always()
	switch {
	case slices.Contains(known, name), t != nil && t.Values == nil:
		return ""
	case t != nil && slices.Contains(t.Columns, name):
		return ""
	case t == nil:
		return "Without values there are {{n}}, the number of the request, and {{uuid}}. For others, add values = csv(\"FILE\") with a column of that name."
	}
	known = append(slices.Clone(t.Columns), known...)
	if s := suggest(name, known); s != "" {
		return fmt.Sprintf("Did you mean {{%s}}?", s)
	}
	return fmt.Sprintf("There are {{%s}}.", strings.Join(known, "}}, {{"))
}

// unfitForHeader says which value of a column cannot stand in a header, "" where all can.
func (t *table) unfitForHeader(column string) string {
	if t == nil || t.Values == nil {
		return ""
	}
	if why := t.UnfitForHeader(column); why != "" {
		return fmt.Sprintf("%s, %s.", t.name, why)
	}
	return ""
}

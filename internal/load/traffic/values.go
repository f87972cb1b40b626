package traffic

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// How much a table may hold. It is kept in memory, and sent to every machine that makes a part of the load.
const (
	maxValues = 16 << 20 // bytes
	maxRows   = 100_000
)

// ReadCSV reads a table whose first line has the names of its columns.
func ReadCSV(from io.Reader) (*Values, error) {
	plain, err := unpacked(from)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(&bounded{from: plain, left: maxValues})
	v := &Values{}
	for {
		row, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return v, v.settle()
		case err != nil:
			return nil, explain(err, len(row), len(v.Columns))
		}
		line, _ := in.FieldPos(0)
		if v.Columns == nil {
			if v.Columns, err = columns(row); err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			continue
		}
		if err := v.add(line, row); err != nil {
			return nil, err
		}
	}
}

// explain says what is wrong with a line in fewer words than encoding/csv.
func explain(err error, has, wants int) error {
	var at *csv.ParseError
	switch {
	case !errors.As(err, &at):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d: it has %d fields, and the first line has %d", at.StartLine, has, wants)
	}
	return fmt.Errorf("line %d: %w", at.Line, at.Err)
}

// ReadJSONLines reads a table of one JSON object a line. Its columns are the names in the first one. Strings are taken
// as they are, null as nothing, and everything else as it is written.
func ReadJSONLines(from io.Reader) (*Values, error) {
	unpacked, err := unpacked(from)
	if err != nil {
		return nil, err
	}
	in := bufio.NewScanner(&bounded{from: unpacked, left: maxValues})
	in.Buffer(nil, maxValues)
	v := &Values{}
	for line := 1; in.Scan(); line++ {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(in.Bytes(), &object); err != nil || object == nil {
			return nil, fmt.Errorf("line %d: it is no JSON object", line)
		}
		if v.Columns == nil {
			if v.Columns, err = columns(slices.Sorted(maps.Keys(object))); err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
		}
		row := make([]string, len(v.Columns))
		for i, name := range v.Columns {
			value, has := object[name]
			if !has {
				return nil, fmt.Errorf("line %d: it has no %q, and the first line has", line, name)
			}
			row[i] = plain(value)
		}
		if err := v.add(line, row); err != nil {
			return nil, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	return v, v.settle()
}

// plain is a JSON value as it stands in a request.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil { // also null
		return text
	}
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return string(value)
	}
	return b.String()
}

func columns(names []string) ([]string, error) {
	var all []string
	for _, name := range names {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		switch {
		case name == "":
			return nil, errors.New("a column has no name: the first line must hold the names")
		case strings.ContainsAny(name, "{}\r\n") || !utf8.ValidString(name):
			return nil, fmt.Errorf("%q cannot be the name of a column", name)
		case slices.Contains(Always(), name):
			return nil, fmt.Errorf("{{%s}} has a meaning of its own: rename the column", name)
		case slices.Contains(all, name):
			return nil, fmt.Errorf("two columns are called %q", name)
		}
		all = append(all, name)
	}
	return all, nil
}

func (v *Values) add(line int, row []string) error {
	for i, value := range row {
		if !utf8.ValidString(value) {
			return fmt.Errorf("line %d: %q is no UTF-8 text", line, v.Columns[i])
		}
	}
	if len(v.Rows) == maxRows {
		return fmt.Errorf("line %d: a table may have %d rows at most: take a sample", line, maxRows)
	}
	v.Rows, v.lines = append(v.Rows, row), append(v.lines, line)
	return nil
}

// settle looks at the table as a whole.
func (v *Values) settle() error {
	if len(v.Rows) == 0 {
		return errors.New("it has no rows")
	}
	return nil
}

// UnfitForHeader says which value of a column cannot stand in a header, "" where all can.
func (v *Values) UnfitForHeader(column string) string {
	i := slices.Index(v.Columns, column)
	for n, row := range v.Rows {
		if i >= 0 && strings.ContainsAny(row[i], "\r\n\x00") {
			return fmt.Sprintf("line %d: the value of %s has more than one line", v.lines[n], column)
		}
	}
	return ""
}

// bounded fails where there is more than so much to read.
type bounded struct {
	from io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fmt.Errorf("it is longer than %d MiB: take a sample", maxValues>>20)
	}
	return n, err
}

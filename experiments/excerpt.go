package experiments

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/width"
)

// excerpt is the line of a file that a diagnostic is about. Diagnostics carry it as their Extra, so that whoever
// shows them needs no files.
type excerpt struct {
	context  string // the blocks around it: `experiment "x", inject "instance_kill" "one"`
	line     string // printable, and without what must not be shown
	from, to int    // the guilty part, in bytes of line
}

// excerpts are the files to quote from, by name.
type excerpts map[string]excerptSource

type excerptSource struct {
	source []byte
	body   *hclsyntax.Body // nil where it is not known
	hidden []hcl.Range
}

// of returns the excerpt for a place, nil where the file is not known.
func (x excerpts) of(at hcl.Range) *excerpt {
	from, known := x[at.Filename]
	start := min(at.Start.Byte, len(from.source))
	if !known {
		return nil
	}
	begin := bytes.LastIndexByte(from.source[:start], '\n') + 1
	end := len(from.source)
	if n := bytes.IndexByte(from.source[start:], '\n'); n >= 0 {
		end = start + n
	}
	line := bytes.Clone(from.source[begin:end])
	for _, secret := range from.hidden {
		if secret.Filename == at.Filename {
			blank(line, secret.Start.Byte-begin, secret.End.Byte-begin)
		}
	}
	e := &excerpt{}
	if from.body != nil {
		e.context = surroundings(from.body, at.Start.Byte)
	}
	until := max(start, min(at.End.Byte, end))
	e.line = printable(line[:start-begin])
	e.from = len(e.line)
	e.line += printable(line[start-begin : until-begin])
	e.to = len(e.line)
	e.line += printable(line[until-begin:])
	return e
}

// blank overwrites what must not be shown, without moving the rest.
func blank(line []byte, from, to int) {
	for i := max(0, from); i < min(to, len(line)); i++ {
		line[i] = '*'
	}
}

// printable replaces what would move a terminal's cursor.
func printable(line []byte) string {
	return strings.Map(func(c rune) rune {
		if c != '\t' && !unicode.IsPrint(c) {
			return utf8.RuneError
		}
		return c
	}, strings.TrimSuffix(string(line), "\r"))
}

// indent is as wide as what comes before the guilty part.
func (e *excerpt) indent() string {
	var b strings.Builder
	for _, c := range e.line[:e.from] {
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", cell(c)))
		}
	}
	return b.String()
}

// width is how many columns the guilty part takes, at least one.
func (e *excerpt) width() (n int) {
	for _, c := range e.line[e.from:e.to] {
		n += cell(c)
	}
	return max(1, n)
}

// cell is how many columns a terminal gives to a character.
func cell(c rune) int {
	if unicode.In(c, unicode.Mn, unicode.Me) {
		return 0
	}
	if k := width.LookupRune(c).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// surroundings names the blocks around an offset, from the outside in.
func surroundings(body *hclsyntax.Body, offset int) string {
	for _, b := range body.Blocks {
		if !b.Range().ContainsOffset(offset) {
			continue
		}
		name := b.Type
		for _, label := range b.Labels {
			name += fmt.Sprintf(" %q", label)
		}
		if inner := surroundings(b.Body, offset); inner != "" {
			return name + ", " + inner
		}
		return name
	}
	return ""
}

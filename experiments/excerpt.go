package experiments

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
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
	if begin == 0 && bytes.HasPrefix(from.source, byteOrderMark) {
		begin = len(byteOrderMark)
	}
	start = max(start, begin)
	until := max(start, min(at.End.Byte, end))
	hidden := from.hiddenIn(at.Filename, begin, end)
	for _, secret := range hidden { // a part of one is all of it
		if secret.from < until && start < secret.to {
			start, until = min(start, secret.from), max(until, secret.to)
		}
	}
	e := &excerpt{}
	if from.body != nil {
		e.context = surroundings(from.body, at.Start.Byte)
	}
	e.line = from.shown(hidden, begin, start)
	e.from = len(e.line)
	e.line += from.shown(hidden, start, until)
	e.to = len(e.line)
	e.line += from.shown(hidden, until, end)
	e.shorten()
	return e
}

// A line of which more than longLine bytes are on either side of where the guilty part begins is cut there.
const (
	longLine = 120
	ellipsis = "..."
)

func (e *excerpt) shorten() {
	if from := e.from - longLine; from > 0 {
		for !utf8.RuneStart(e.line[from]) {
			from++
		}
		e.line = ellipsis + e.line[from:]
		e.from, e.to = e.from-from+len(ellipsis), e.to-from+len(ellipsis)
	}
	if to := e.from + longLine; to < len(e.line) {
		for !utf8.RuneStart(e.line[to]) {
			to++
		}
		e.line = e.line[:to] + ellipsis
		e.to = min(e.to, to)
	}
}

// byteOrderMark is what some editors begin a file with. It takes no room on the screen.
var byteOrderMark = []byte("\uFEFF")

// stretch is a part of a source, in bytes.
type stretch struct{ from, to int }

// hiddenIn lists what must not be shown between begin and end, in order and without overlaps.
func (x excerptSource) hiddenIn(file string, begin, end int) (hidden []stretch) {
	for _, secret := range x.hidden {
		h := stretch{max(begin, secret.Start.Byte), min(end, secret.End.Byte)}
		if secret.Filename == file && h.from < h.to {
			hidden = append(hidden, h)
		}
	}
	slices.SortFunc(hidden, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	apart := hidden[:0]
	for _, h := range hidden {
		if n := len(apart); n > 0 && h.from < apart[n-1].to {
			apart[n-1].to = max(apart[n-1].to, h.to)
		} else {
			apart = append(apart, h)
		}
	}
	return apart
}

// shown is a part of the source as it may be seen. What is hidden becomes the same word however long it is.
func (x excerptSource) shown(hidden []stretch, from, to int) string {
	var b strings.Builder
	for _, h := range hidden {
		if h.from >= from && h.to <= to {
			b.WriteString(printable(x.source[from:h.from]) + Redacted)
			from = h.to
		}
	}
	return b.String() + printable(x.source[from:to])
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

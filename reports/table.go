package reports

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Table writes rows of plain text in columns, indented by two. Nothing in them commands the terminal or ends a row.
func Table(b *bytes.Buffer, rows [][]string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.Map(Harmless, strings.ReplaceAll(cell, "\n", " "))
		}
		fmt.Fprintf(t, "  %s\n", strings.Join(cells, "\t"))
	}
	t.Flush() // a buffer takes everything
}

// Harmless keeps what names and messages bring along from commanding the terminal: mapped over text, it leaves a space
// for each such character.
func Harmless(r rune) rune {
	if unicode.IsControl(r) && r != '\n' {
		return ' '
	}
	return r
}

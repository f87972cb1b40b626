package across

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gameday/reports"
)

// WriteList writes a line for each run: which, its verdict, how long it took, the time to recover, and its sentence. Lines are cut to a
// width, the sentence first; 0 is any width.
func WriteList(w io.Writer, runs []Summary, width int) error {
	rows := [][4]string{{"RUN", "VERDICT", "TOOK", "RECOVERED"}}
	for _, s := range runs {
		rows = append(rows, [4]string{s.Run, verdictOf(s), took(s), recovered(s)})
	}
	var widths [4]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	b := bufio.NewWriter(w)
	for i, row := range rows {
		line := fmt.Sprintf("%-*s  %-*s  %*s  %*s  ", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3])
		if i > 0 {
			line += runs[i-1].Sentence
		}
		line = strings.Map(reports.Harmless, strings.ReplaceAll(line, "\n", " "))
		fmt.Fprintln(b, strings.TrimRight(cut(line, width), " "))
	}
	return b.Flush()
}

// cut shortens a line to a width, and shows where it did.
func cut(line string, width int) string {
	if width <= 0 || utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}

func verdictOf(s Summary) string {
	if s.Verdict == "" {
		return "no result"
	}
	return string(s.Verdict)
}

func took(s Summary) string {
	if s.Ended.IsZero() {
		return "–"
	}
	return reports.Span(s.Ended.Sub(s.Started))
}

func recovered(s Summary) string {
	if s.Recovery == nil {
		return "–"
	}
	return reports.Value(s.Recovery.SinceFault, "s")
}

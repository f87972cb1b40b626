package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Value writes v as people write it in an experiment file, with as many digits as matter: "3.2s", "0.1%", "12". The
// unit is a Probe's.
func Value(v float64, unit string) string {
	switch unit {
	case "s":
		return Span(time.Duration(v * float64(time.Second)))
	case "%":
		return strconv.FormatFloat(significant(v*100), 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(significant(v), 'f', -1, 64)
}

// significant rounds to four digits, or to a whole number where that has more.
func significant(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	scale := max(1, math.Pow(10, 4-math.Ceil(math.Log10(math.Abs(v)))))
	return math.Round(v*scale) / scale
}

// Span writes a duration with as many digits as matter: "1h30m", "12s", "3.25s", "20.5ms".
func Span(d time.Duration) string {
	short := d
	switch {
	case d >= 10*time.Second:
		short = d.Round(time.Second)
	case d >= time.Second:
		short = d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		short = d.Round(10 * time.Microsecond)
	}
	text := short.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func seconds(s float64) string { return Span(time.Duration(s * float64(time.Second))) }

// clock writes the time of day, in UTC like every time in a report.
func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

// clockOr writes the time of day, or a dash for what never happened.
func clockOr(t *time.Time) string {
	if t == nil {
		return "–"
	}
	return clock(*t)
}

// Counted writes "1 probe" and "2 probes".
func Counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Grouped writes a count with its digits in threes: "1,234,567".
func Grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

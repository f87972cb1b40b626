package reports

import (
	"slices"
	"time"
)

// mostRows is how many rows a table behind a chart has at most, or a page would be made of them.
const mostRows = 400

// Rows are the readings of a probe as its table shows them: all, or of each few in a row the one that is worst, for as
// long as they all speak of.
func (p Probe) Rows() []Reading {
	all := p.marked()
	each := p.PerRow()
	if each == 1 {
		return all
	}
	var rows []Reading
	for few := range slices.Chunk(all, each) {
		row := slices.MaxFunc(few, func(a, b Reading) int {
			switch {
			case a.Out != b.Out && a.Out, a.Out == b.Out && p.badness(a.Value) > p.badness(b.Value):
				return 1
			case a.Out == b.Out && p.badness(a.Value) == p.badness(b.Value):
				return 0
			}
			return -1
		})
		last := few[len(few)-1]
		row.At, row.Span = few[0].At, last.At.Sub(few[0].At).Seconds()+last.Span
		rows = append(rows, row)
	}
	return rows
}

// mostTold is how many times out of bounds a page tells in words. Whoever flaps all through an hour has said enough by then.
const mostTold = 50

// Told are the times that the probe was out of bounds of which a page tells.
func (p Probe) Told() []Violation { return p.Violations[:min(len(p.Violations), mostTold)] }

// Untold is how many times more than Told the probe was out of bounds.
func (p Probe) Untold() int { return len(p.Violations) - len(p.Told()) }

// PerRow is how many readings a row of the table stands for.
func (p Probe) PerRow() int { return perRow(len(p.Readings)) }

func perRow(n int) int { return max(1, (n+mostRows-1)/mostRows) }

// SecondsRow is a row of the table behind a load's charts: one second or a few.
type SecondsRow struct {
	At                      time.Time
	Scheduled, Sent, Errors uint64
	P50, P99, Max           float64 // of the worst second
}

// Rows are the seconds of a load as its table shows them: each, or a few in a row added up.
func (l Load) Rows() []SecondsRow {
	var rows []SecondsRow
	for few := range slices.Chunk(l.Seconds, l.PerRow()) {
		row := SecondsRow{At: few[0].At}
		for _, s := range few {
			row.Scheduled, row.Sent, row.Errors = row.Scheduled+s.Scheduled, row.Sent+s.Sent, row.Errors+s.Errors
			row.P50, row.P99, row.Max = max(row.P50, s.P50), max(row.P99, s.P99), max(row.Max, s.Max)
		}
		rows = append(rows, row)
	}
	return rows
}

// PerRow is how many seconds a row of the table stands for.
func (l Load) PerRow() int { return perRow(len(l.Seconds)) }

package live

import (
	"strings"

	"gameday/experiments"
)

// levels are the heights of a sparkline, from nothing to the highest.
var levels = []rune("▁▂▃▄▅▆▇█")

// spark draws the newest readings as a line of n cells at most, from zero to the largest of them. Those out of bounds
// are drawn as trouble.
func spark(samples []experiments.Sample, n int) string {
	samples = samples[max(0, len(samples)-n):]
	largest := 0.0
	for _, s := range samples {
		largest = max(largest, s.Value)
	}
	var b strings.Builder
	for _, s := range samples {
		level := 0
		if largest > 0 {
			level = int(max(0, s.Value) / largest * float64(len(levels)-1))
		}
		style := quiet
		if s.Out {
			style = trouble
		}
		b.WriteString(style.Render(string(levels[level])))
	}
	return b.String()
}

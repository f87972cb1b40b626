package experiments

import (
	"fmt"
	"strings"

	"gameday/internal/load/traffic"
	"gameday/reports"
)

// most is how many of a load's requests a plan shows.
const most = 5

// Mix says what the requests of a load are, a line each, where there are several. The queries of those in logs are not
// shown: they may hold what is none of the reader's business.
func (p *Plan) Mix(name string) (lines []string) {
	requests, log := p.Loads[name].Source.Requests, p.Traffic[name].Log
	if len(requests) < 2 && log == nil {
		return nil
	}
	var all uint64
	for _, q := range requests {
		all += q.Weight
	}
	if log != nil {
		lines = replayed(log)
	}
	for i, q := range requests {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(requests)-most))
			break
		}
		what, path := q.Name+": ", q.Path
		if log != nil {
			path, _, _ = strings.Cut(q.Path, "?")
			what = ""
		}
		lines = append(lines, fmt.Sprintf("%.3g%% %s%s %s", 100*float64(q.Weight)/float64(all), what, q.Method, path))
	}
	return lines
}

// replayed says what logs come to.
func replayed(log *traffic.Log) []string {
	text := fmt.Sprintf("replays %d requests, %d different", log.Used, len(log.Requests))
	if log.Sampled > 0 {
		text += fmt.Sprintf(", a sample that also stands for the other %d", log.Sampled)
	}
	lines := []string{text}
	if len(log.LeftOut) > 0 {
		lines = append(lines, "leaves out "+reports.Tally(log.LeftOut))
	}
	return lines
}

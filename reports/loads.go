package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Times is one way to look at how long the requests of a load took, at the quantiles that reports show.
type Times struct {
	What string
	At   []string // one for each of quantiles, "–" where there is none
}

// quantiles are those that reports show.
var quantiles = [...]string{"p50", "p90", "p99", "p99.9", "max"}

// Times shows the latency of the load, all in all and by phase, and what it is made of.
func (l Load) Times() []Times {
	times := []Times{timesOf("latency", l.Latency)}
	for _, p := range l.Phases {
		times = append(times, timesOf("latency, "+p.Name, p.Latency))
	}
	return append(times, timesOf("service time", l.Service), timesOf("send lag", l.Lag))
}

func timesOf(what string, of map[string]float64) Times {
	t := Times{What: what}
	for _, name := range quantiles {
		text := "–"
		if v, ok := of[name]; ok {
			text = Value(v, "s")
		}
		t.At = append(t.At, text)
	}
	return t
}

// Asked is how many requests a second were asked for, and the most, where they grew.
func (l Load) Asked() string {
	most := 0.0
	for _, s := range l.Seconds {
		most = max(most, float64(s.Scheduled))
	}
	text := Value(l.Rate, "") + "/s"
	if most >= l.Rate+1 {
		text += " to " + Value(most, "") + "/s"
	}
	return text
}

// Replayed says what the logs came to that the load repeated, "" where it repeated none.
func (l Load) Replayed() string {
	r := l.Replay
	if r == nil {
		return ""
	}
	text := fmt.Sprintf("%s replays %s of logs, %d different", l.Name, Counted(int(r.Requests), "request"), r.Different)
	if r.Sampled > 0 {
		text += fmt.Sprintf(", a sample that also stands for the other %d", r.Sampled)
	}
	if len(r.LeftOut) > 0 {
		text += ", and leaves out " + Tally(r.LeftOut)
	}
	return text + "."
}

// Tally writes counts by name, the largest first: "12 connection reset, 3 timeout".
func Tally(counts map[string]uint64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
		}
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, ", ")
}

// Errors is how many requests failed, or were answered by an error of the server's.
func (l Load) Errors() uint64 {
	n := l.Answered["5xx"]
	for _, failed := range l.Failed {
		n += failed
	}
	return n
}

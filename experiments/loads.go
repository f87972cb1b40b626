package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"gameday/internal/load"
	"gameday/reports"
)

// tolerated is the share of requests that may leave late or not at all because of this machine.
const tolerated = 0.05

// overrun says which load was not what it should have been because this machine could not keep up, "" if all were. It
// looks minute by minute: a long calm must not make up for a peak that was not sent.
func (x *execution) overrun() string {
	x.mu.Lock()
	phases := slices.Clone(x.phases)
	x.mu.Unlock()
	for _, p := range phases {
		for _, w := range minutes(p) {
			if text := x.lacked(w); text != "" {
				return text + ", so what was measured under it says nothing; " + remedy(text)
			}
		}
	}
	return ""
}

// minutes cuts a phase into stretches of a minute, and of not quite two where they do not come out even.
func minutes(p reports.Phase) (all []window) {
	to := p.To
	if to.IsZero() {
		to = time.Now()
	}
	for from := p.From; ; from = from.Add(time.Minute) {
		if to.Sub(from) < 2*time.Minute {
			return append(all, window{from, to})
		}
		all = append(all, window{from, from.Add(time.Minute)})
	}
}

// lacked says which load this machine could not keep up with in w, and for want of what, "" if it could.
func (x *execution) lacked(w window) string {
	for _, l := range x.plan.Experiment.Loads {
		recording := x.env.Loads[l.Name].Recording()
		behind, all := recording.BehindBetween(w.from, w.to)
		if float64(behind) <= tolerated*float64(all) {
			continue
		}
		why := "was too slow"
		for cause := range recording.Between(w.from, w.to).NotSent {
			if lack, ours := strings.CutPrefix(cause, "this machine: "); ours && lack != "too slow" {
				why = "had " + lack
			}
		}
		return fmt.Sprintf("this machine %s for load %q: from %s to %s %d of %d requests left late or not at all", why, l.Name, clock(w.from), clock(w.to), behind, all)
	}
	return ""
}

// remedy is what to do about what this machine lacked.
func remedy(lacked string) string {
	if strings.Contains(lacked, "too many open files") {
		return "let it open more files, as with ulimit -n 65536"
	}
	return "lower the rate or use a larger machine"
}

// sound leaves out what the probe of t measured while this machine could not keep up, and of the rest what is its doing.
func (x *execution) sound(t track) track {
	kept := track{probe: t.probe}
	for i, s := range t.spans {
		if x.lacked(s) == "" {
			r := t.readings[i]
			r.Value -= r.Ours
			kept.readings, kept.spans = append(kept.readings, r), append(kept.spans, s)
		}
	}
	return kept
}

// fruitless says which load has been given nothing but errors, "" if none: then it is not the traffic that was meant,
// and a fault could do it no harm.
func (x *execution) fruitless() string {
	for _, l := range x.plan.Experiment.Loads {
		total := x.env.Loads[l.Name].Recording().Total()
		answers, counts := uint64(0), maps.Clone(total.Failed)
		good := false
		for status, n := range total.Answered {
			answers += n
			counts[fmt.Sprint(status)] += n
			good = good || status >= 200 && status < 400
		}
		switch {
		case good || total.Sent == 0:
		case answers == 0:
			return fmt.Sprintf("load %q: none of %d requests was answered (%s)", l.Name, total.Sent, reports.Tally(counts))
		default:
			return fmt.Sprintf("load %q: none of %d answers was 2xx or 3xx (%s): see whether its path is right", l.Name, answers, reports.Tally(counts))
		}
	}
	return ""
}

// loadReports writes down what each load did.
func (x *execution) loadReports() []reports.Load {
	x.mu.Lock()
	phases := slices.Clone(x.phases)
	x.mu.Unlock()
	var all []reports.Load
	for _, l := range x.plan.Experiment.Loads {
		recording := x.env.Loads[l.Name].Recording()
		total := recording.Total()
		r := reports.Load{
			Name: l.Name, Target: x.plan.Loads[l.Name].URL, Rate: x.plan.Loads[l.Name].Rate, Engine: string(x.plan.Loads[l.Name].Engine),
			Scheduled: total.Scheduled, Sent: total.Sent, NotSent: total.NotSent, Failed: total.Failed,
			Answered: map[string]uint64{},
			Latency:  quantiles(total.Latency), Service: quantiles(total.Service), Lag: quantiles(total.Lag),
		}
		if log := x.plan.Traffic[l.Name].Log; log != nil {
			r.Replay = &reports.Replay{Requests: log.Used, Different: len(log.Requests), Sampled: log.Sampled, LeftOut: log.LeftOut}
		}
		for status, n := range total.Answered {
			r.Answered[fmt.Sprintf("%dxx", status/100)] += n
		}
		for s := range recording.Each(x.started, time.Now()) {
			r.Seconds = append(r.Seconds, secondReport(s))
		}
		for _, p := range phases {
			if s := recording.Between(p.From, p.To); s.Scheduled > 0 {
				r.Phases = append(r.Phases, phaseReport(p.Name, s))
			}
		}
		all = append(all, r)
	}
	return all
}

func secondReport(s load.Second) reports.LoadSecond {
	r := reports.LoadSecond{
		At: s.At, Scheduled: s.Scheduled, Sent: s.Sent,
		P50: seconds(s.Latency.ValueAtQuantile(50)), P99: seconds(s.Latency.ValueAtQuantile(99)), Max: seconds(s.Latency.Max()),
	}
	r.Errors = failures(s)
	if s.Sent > 0 {
		r.Histogram = histogram(s.Latency)
	}
	return r
}

// histogram keeps of a second's three digits what a picture of it takes.
func histogram(h *hdrhistogram.Histogram) *reports.Histogram {
	var coarse reports.Histogram
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			coarse.Add(seconds(bar.From), uint64(bar.Count))
		}
	}
	return &coarse
}

func phaseReport(name string, s load.Second) reports.LoadPhase {
	return reports.LoadPhase{
		Name: name, Scheduled: s.Scheduled, Sent: s.Sent, Errors: failures(s),
		Latency: quantiles(s.Latency), Service: quantiles(s.Service), Lag: quantiles(s.Lag),
	}
}

// failures is how many requests failed or were answered by an error.
func failures(s load.Second) (n uint64) {
	for _, failed := range s.Failed {
		n += failed
	}
	for status, answered := range s.Answered {
		if status >= 500 {
			n += answered
		}
	}
	return n
}

// quantiles picks the ones that reports show.
func quantiles(h *hdrhistogram.Histogram) map[string]float64 {
	return map[string]float64{
		"p50": seconds(h.ValueAtQuantile(50)), "p90": seconds(h.ValueAtQuantile(90)), "p99": seconds(h.ValueAtQuantile(99)),
		"p99.9": seconds(h.ValueAtQuantile(99.9)), "max": seconds(h.Max()),
	}
}

func seconds(us int64) float64 { return float64(us) / 1e6 }
